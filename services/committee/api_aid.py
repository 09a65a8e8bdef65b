"""Routes of aid: a committee's own secretary enters it, its members read what they did not leave.

They parse, hand on and return. No rule and no SQL stands here.
"""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query

from services.committee.aid import handlers, store
from services.committee.aid.model import Aid
from services.committee.bodies_activities import AidBody, WithdrawalBody
from services.committee.bodies_appeals import OwnId
from services.committee.callers import DepsOf, KeepingTx, SittingTx
from services.committee.entries import Draft, Kept
from services.committee.listing import EntryPosition, YearQuery, behind
from services.committee.registry.handlers import own
from services.committee.views_activities import AidsView, AidView
from shared.errors import NotFound
from shared.http.pages import filled
from shared.http.web import Viewing

router = APIRouter()


@router.put("/aid/{entry_id}")
async def enter_aid(
    entry_id: OwnId,
    tx: KeepingTx,
    deps: DepsOf,
    viewer: Viewing,
    body: AidBody,
) -> AidView:
    """What was given by a decision; or the correction of an entry, which then holds no more."""
    draft = Draft(entry_id=entry_id, happened_on=body.given_on, replaces=body.replaces)
    return AidView.of(await handlers.enter(tx, deps, viewer, draft, body.aid()))


@router.post("/aid/{entry_id}/withdraw", status_code=204)
async def withdraw_aid(
    entry_id: OwnId, tx: KeepingTx, viewer: Viewing, body: WithdrawalBody
) -> None:
    """It was entered in error, and counts no more."""
    await handlers.withdraw(tx, viewer, entry_id, body.reason)


@router.get("/aid")
async def list_aid(
    tx: SittingTx,
    viewer: Viewing,
    asked: Annotated[YearQuery, Query()],
) -> AidsView:
    """Those of a year that hold, latest first."""
    committee = await own(tx, viewer)

    async def read(
        after: EntryPosition | None, most: int
    ) -> Sequence[tuple[EntryPosition, Kept[Aid]]]:
        found = await store.listed(tx, committee.committee_id, asked.span, behind(after), most)
        return [(EntryPosition.of_entry(each), each) for each in found]

    page = await filled(read, EntryPosition.at(asked.cursor), asked.limit)
    return AidsView.of(page.rows, page.next)


@router.get("/aid/{entry_id}")
async def show_aid(entry_id: OwnId, tx: SittingTx) -> AidsView:
    """One with all that it replaced and all that replaced it, oldest first."""
    found = await store.story(tx, entry_id)
    if not found:
        raise NotFound("no such entry")
    return AidsView.of(found)
