"""Routes of the plan of work: the own committee's, and what others plan with one's organisation.

They parse, hand on and return. No rule and no SQL stands here.
"""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query

from services.committee.bodies_appeals import OwnId
from services.committee.bodies_plan import DoneBody, JointQuery, JointReplyBody, PlanItemBody
from services.committee.callers import AnsweringTx, DepsOf, KeepingTx, SittingTx
from services.committee.plan import handlers, store
from services.committee.plan.model import Item
from services.committee.registry.handlers import own, today
from services.committee.views_plan import ItemView, JointItemsView, JointItemView, PlanView
from shared.http.pages import Position, filled
from shared.http.schemas import PathId
from shared.http.web import Viewing

router = APIRouter()
Year = Annotated[int, Path(ge=2000, le=2200)]


class JointPosition(Position):
    """Where the list of what others plan goes on."""

    of: Literal["joint"] = "joint"
    year: int
    quarter: int
    item_id: str


@router.get("/plans/{year}")
async def show_plan(year: Year, tx: SittingTx, viewer: Viewing) -> PlanView:
    """The plan of the caller's committee for a year; without what the caller left."""
    committee = await own(tx, viewer)
    return PlanView.of(year, await store.of_year(tx, committee.committee_id, year))


@router.put("/plan-items/{item_id}")
async def plan_item(
    item_id: OwnId, tx: KeepingTx, deps: DepsOf, viewer: Viewing, body: PlanItemBody
) -> ItemView:
    """Enters a row under an id of the caller's, or changes one that is not done. Another body's yes
    is asked for anew where it would be to something else. Repeating it changes nothing."""
    return ItemView.of(await handlers.plan(tx, deps, viewer, body.item(item_id)))


@router.delete("/plan-items/{item_id}", status_code=204)
async def drop_item(item_id: PathId, tx: KeepingTx, viewer: Viewing) -> None:
    """Takes out a row that was a mistake: neither done nor agreed on."""
    await handlers.drop(tx, viewer, item_id)


@router.put("/plan-items/{item_id}/done")
async def finish_item(
    item_id: PathId, tx: KeepingTx, deps: DepsOf, viewer: Viewing, body: DoneBody
) -> ItemView:
    """It was done on this day; null takes that back."""
    return ItemView.of(await handlers.finish(tx, deps, viewer, item_id, body.done_on))


@router.get("/joint-items")
async def list_joint(
    tx: AnsweringTx, deps: DepsOf, viewer: Viewing, asked: Annotated[JointQuery, Query()]
) -> JointItemsView:
    """What committees plan together with the caller's organisation, this year and later."""
    since = today(tx, deps).year

    async def read(after: JointPosition | None, most: int) -> Sequence[tuple[JointPosition, Item]]:
        behind = (after.year, after.quarter, after.item_id) if after else (0, 0, "")
        found = await store.joint(tx, viewer.organisation, since, behind, most)
        return [(_position(each), each) for each in found]

    page = await filled(read, JointPosition.at(asked.cursor), asked.limit)
    return JointItemsView(items=[JointItemView.of(each) for each in page.rows], next=page.next)


@router.put("/joint-items/{item_id}/answer")
async def reply_joint(
    item_id: PathId, tx: AnsweringTx, viewer: Viewing, body: JointReplyBody
) -> JointItemView:
    """The yes or no of the other body, by somebody who serves there. It may be changed until it is
    done. Repeating it changes nothing."""
    return JointItemView.of(await handlers.reply(tx, viewer, item_id, body.version, yes=body.yes))


def _position(item: Item) -> JointPosition:
    return JointPosition(year=item.terms.year, quarter=item.terms.quarter, item_id=item.item_id)
