"""Handlers of activities: one is entered, corrected by another, or taken back."""

from dataclasses import replace

from services.committee import entering
from services.committee.activities import store
from services.committee.activities.model import Activity, checked
from services.committee.deps import Deps
from services.committee.entries import Draft, Kept, again
from shared.db import Tx
from shared.security.visibility import Viewer


async def enter(
    tx: Tx, deps: Deps, viewer: Viewer, draft: Draft, activity: Activity
) -> Kept[Activity]:
    """An entry of the viewer's own committee, once however often it is sent.

    Raises `Invalid` naming a field, and `Conflict` where another has this id, or where the one that
    it is to replace holds no more.
    """
    await entering.own(tx, viewer, draft.committee_id)
    country = deps.jurisdiction
    place = country.territories.place(activity.territory, "territory")
    wanted = replace(activity, territory=place.code, present=tuple(sorted(activity.present)))
    known = await store.find(tx, draft.committee_id, draft.entry_id)
    if known is not None:
        return again(known, draft, wanted)
    entering.dated(tx, deps, draft, "happened_on")
    checked(activity, [country.age_band(lowest) for lowest in country.profile.age_bands])
    kept = await entering.begun(tx, viewer, draft, wanted, store.end)
    await store.save(tx, kept)
    return kept


async def withdraw(tx: Tx, viewer: Viewer, committee_id: str, entry_id: str, because: str) -> None:
    """It was entered in error: it counts no more, and stays in its story."""
    await entering.own(tx, viewer, committee_id)
    await entering.ended(tx, viewer, (committee_id, entry_id), because, store.end)
