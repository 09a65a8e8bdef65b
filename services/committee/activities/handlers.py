"""Handlers of activities: one is entered, or corrected by another."""

from dataclasses import replace

from services.committee import entering, once
from services.committee.activities import store
from services.committee.activities.model import Activity, checked
from services.committee.deps import Deps
from services.committee.entries import STANDS_ALREADY, Draft, Kept, again
from services.committee.registry.handlers import own
from shared.db import Tx
from shared.errors import Conflict
from shared.security.visibility import Viewer


async def enter(
    tx: Tx, deps: Deps, viewer: Viewer, draft: Draft, activity: Activity
) -> Kept[Activity]:
    """An entry of the viewer's own committee, once however often it is sent.

    Raises `Invalid` naming a field, and `Conflict` where another has this id, or where the one that
    it is to replace holds no more.
    """
    committee_id = (await own(tx, viewer)).committee_id
    country = deps.jurisdiction
    place = country.territories.place(activity.territory, "territory")
    wanted = replace(activity, territory=place.code, present=tuple(sorted(activity.present)))
    await once.alone(tx, draft.entry_id)
    known = await store.find(tx, draft.entry_id)
    if known is not None:
        return again(known, draft, wanted)
    entering.dated(tx, deps, draft, "happened_on")
    checked(activity, [country.age_band(lowest) for lowest in country.profile.age_bands])
    kept = await entering.begun(tx, viewer, draft, wanted, store.end)
    if not await store.save(tx, committee_id, kept):
        raise Conflict(STANDS_ALREADY)
    return kept
