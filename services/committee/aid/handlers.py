"""Handlers of aid: it is entered, or corrected by another entry."""

from services.committee import entering, once
from services.committee.aid import store
from services.committee.aid.model import Aid, by, checked
from services.committee.deps import Deps
from services.committee.entries import STANDS_ALREADY, Draft, Kept, again
from services.committee.registry.handlers import own
from shared.db import Tx
from shared.errors import Conflict
from shared.security.visibility import Viewer


async def enter(tx: Tx, deps: Deps, viewer: Viewer, draft: Draft, aid: Aid) -> Kept[Aid]:
    """An entry of the viewer's own committee, once however often it is sent.

    Raises `Invalid` naming a field, and the same for no decision as for one in a matter that is
    hidden from the viewer; `Conflict` where another has this id, or where the one that it is to
    replace holds no more.
    """
    committee_id = (await own(tx, viewer)).committee_id
    await once.alone(tx, draft.entry_id)
    known = await store.find(tx, draft.entry_id)
    if known is not None:
        return again(known, draft, aid)
    entering.dated(tx, deps, draft, "given_on")
    by(checked(aid), await store.decided(tx, committee_id, aid.decision_id), draft.happened_on)
    kept = await entering.begun(tx, viewer, draft, aid, store.end)
    if not await store.save(tx, committee_id, kept):
        raise Conflict(STANDS_ALREADY)
    return kept
