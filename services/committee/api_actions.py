"""Routes of actions: what is to be done by when, and what became of it."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from services.committee.actions import handlers, store
from services.committee.actions.model import Action, Status
from services.committee.bodies_sittings import ReportBody
from services.committee.callers import DepsOf, KeepingTx, SittingTx
from services.committee.registry import handlers as registry
from services.committee.registry import store as committees
from services.committee.views_sittings import ActionsView, ActionView
from shared.http.pages import Cursor, Position, filled
from shared.http.schemas import PathId
from shared.http.web import Viewing

router = APIRouter()
Limit = Annotated[int, Query(ge=1, le=200, description="Actions of a page.")]


class ActionsPosition(Position):
    """Where the list of actions goes on."""

    of: Literal["actions"] = "actions"
    due: date
    action_id: str


@router.get("/committees/{committee_id}/actions")
async def list_actions(
    committee_id: PathId,
    tx: SittingTx,
    deps: DepsOf,
    status: Status | None = None,
    limit: Limit = 100,
    cursor: Cursor | None = None,
) -> ActionsView:
    """Actions of a committee by the day on which they are due, page by page."""
    await committees.find(tx, committee_id)

    async def read(
        after: ActionsPosition | None, most: int
    ) -> Sequence[tuple[ActionsPosition, Action]]:
        behind = (after.due, after.action_id) if after else (date.min, "")
        found = await store.listed(tx, committee_id, status, behind, most)
        return [(ActionsPosition(due=each.due, action_id=each.action_id), each) for each in found]

    page = await filled(read, ActionsPosition.at(cursor), limit)
    today = registry.today(tx, deps)
    return ActionsView(actions=[ActionView.of(each, today) for each in page.rows], next=page.next)


@router.get("/actions/{action_id}")
async def show_action(action_id: PathId, tx: SittingTx, deps: DepsOf) -> ActionView:
    """One action."""
    return ActionView.of(await store.find(tx, action_id), registry.today(tx, deps))


@router.put("/actions/{action_id}/report")
async def report(
    action_id: PathId, tx: KeepingTx, deps: DepsOf, viewer: Viewing, body: ReportBody
) -> ActionView:
    """What became of it, and when that was reported. For the committee's own secretary."""
    found = await handlers.report(tx, deps, action_id, body.report(), viewer.staff_id)
    return ActionView.of(found, registry.today(tx, deps))
