"""Handlers of aid: it is entered, corrected by another entry, or taken back."""

from services.committee import entering
from services.committee.aid import deciding, store
from services.committee.aid.model import Aid, checked
from services.committee.deps import Deps
from services.committee.entries import STANDS_ALREADY, Draft, Kept, again
from shared.db import Tx
from shared.errors import Conflict, Invalid
from shared.security.visibility import Viewer


async def enter(tx: Tx, deps: Deps, viewer: Viewer, draft: Draft, aid: Aid) -> Kept[Aid]:
    """An entry of the viewer's own committee, once however often it is sent.

    Raises `Invalid` naming a field, and the same for a matter that is none as for one that is
    hidden from the viewer; `Conflict` where another has this id, or where the one that it is to
    replace holds no more.
    """
    await entering.own(tx, viewer, draft.committee_id)
    known = await store.find(tx, draft.committee_id, draft.entry_id)
    if known is not None:
        return again(known, draft, aid)
    entering.dated(tx, deps, draft, "given_on")
    checked(aid)
    if not await store.has_matter(tx, draft.committee_id, aid.matter_id):
        raise Invalid("matter_id", "is no matter of this committee")
    if not await deciding.decided(tx, draft.committee_id, aid.matter_id, aid.decision_id):
        raise Invalid("decision_id", "is no decision of this committee in this matter")
    kept = await entering.begun(tx, viewer, draft, aid, store.end)
    if not await store.save(tx, kept):
        raise Conflict(STANDS_ALREADY)
    return kept


async def withdraw(tx: Tx, viewer: Viewer, committee_id: str, entry_id: str, because: str) -> None:
    """It was entered in error: it counts no more, and stays in its story."""
    await entering.own(tx, viewer, committee_id)
    await entering.ended(tx, viewer, (committee_id, entry_id), because, store.end)
