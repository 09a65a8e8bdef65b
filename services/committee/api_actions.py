"""Routes of actions: what is to be done by when, and what became of it."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from services.committee import about
from services.committee.actions import handlers, store
from services.committee.actions.model import Action, Status, Terms
from services.committee.bodies_sittings import ReportBody, TermsBody
from services.committee.callers import DepsOf, KeepingTx, SittingTx
from services.committee.deps import Deps
from services.committee.registry import handlers as registry
from services.committee.registry import store as committees
from services.committee.views_sittings import ActionStoryView, ActionsView, ActionView
from shared.db import Tx
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


async def _views(tx: Tx, deps: Deps, actions: Sequence[Action]) -> list[ActionView]:
    told, today = await about.of(tx, {each.matter_id for each in actions}), registry.today(tx, deps)
    return [ActionView.of(each, told[each.matter_id], today) for each in actions]


async def _story(tx: Tx, deps: Deps, action: Action) -> ActionStoryView:
    (view,) = await _views(tx, deps, [action])
    return ActionStoryView.told(view, await store.story(tx, action.action_id))


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
    return ActionsView(actions=await _views(tx, deps, page.rows), next=page.next)


@router.get("/actions/{action_id}")
async def show_action(action_id: PathId, tx: SittingTx, deps: DepsOf) -> ActionStoryView:
    """One action, and how it stood before."""
    return await _story(tx, deps, await store.find(tx, action_id))


@router.put("/actions/{action_id}/terms")
async def change_terms(
    action_id: PathId, tx: KeepingTx, deps: DepsOf, viewer: Viewing, body: TermsBody
) -> ActionStoryView:
    """Another day, or another member sees to it; what was before is kept. For an open one."""
    terms = Terms(body.due, body.person)
    return await _story(
        tx, deps, await handlers.change(tx, deps, action_id, terms, viewer.staff_id)
    )


@router.put("/actions/{action_id}/report")
async def report(
    action_id: PathId, tx: KeepingTx, deps: DepsOf, viewer: Viewing, body: ReportBody
) -> ActionStoryView:
    """What became of it, and when that was reported; what was said before is kept. For the
    committee's own secretary."""
    found = await handlers.report(tx, deps, action_id, body.report(), viewer.staff_id)
    return await _story(tx, deps, found)
