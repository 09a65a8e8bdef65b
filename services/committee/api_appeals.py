"""Routes of the register of appeals; all are the caller's own committee's.

They parse, hand on and return. No rule and no SQL stands here.
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from services.committee.appeals import handlers, store
from services.committee.appeals.model import Appeal
from services.committee.bodies_appeals import AppealBody, AppealsQuery, LinkBody, OwnId, ReplyBody
from services.committee.callers import DepsOf, KeepingTx, SittingTx
from services.committee.deps import Deps
from services.committee.progress import store as progress
from services.committee.registry.handlers import own, today
from services.committee.views_appeals import AppealsView, AppealView
from shared.db import Tx
from shared.http.pages import Position, filled
from shared.http.schemas import PathId
from shared.http.web import Viewing

router = APIRouter()


class AppealsPosition(Position):
    """Where the register goes on."""

    of: Literal["appeals"] = "appeals"
    received_on: date
    appeal_id: str


async def _views(tx: Tx, deps: Deps, appeals: Sequence[Appeal]) -> list[AppealView]:
    day = today(tx, deps)
    needs = await progress.of(tx, [each.incident_id for each in appeals if each.incident_id])
    return [AppealView.of(each, day, needs.get(each.incident_id or "", ())) for each in appeals]


@router.get("/appeals")
async def list_appeals(
    tx: SittingTx,
    deps: DepsOf,
    viewer: Viewing,
    asked: Annotated[AppealsQuery, Query()],
) -> AppealsView:
    """The register, page by page, the last received first; without what the caller left."""
    committee = await own(tx, viewer)
    wanted = store.Wanted(
        committee_id=committee.committee_id,
        today=today(tx, deps),
        state=asked.state,
        late=asked.late,
        year=asked.year,
        dealt_with=asked.dealt_with,
    )

    async def read(
        after: AppealsPosition | None, most: int
    ) -> Sequence[tuple[AppealsPosition, Appeal]]:
        behind = (after.received_on, after.appeal_id) if after else None
        found = await store.listed(tx, wanted, behind, most)
        return [
            (AppealsPosition(received_on=each.received_on, appeal_id=each.appeal_id), each)
            for each in found
        ]

    page = await filled(read, AppealsPosition.at(asked.cursor), asked.limit)
    return AppealsView(appeals=await _views(tx, deps, page.rows), next=page.next)


@router.get("/appeals/{appeal_id}")
async def show_appeal(appeal_id: PathId, tx: SittingTx, deps: DepsOf) -> AppealView:
    """One appeal; an incident with how far each of its needs has come."""
    found = await store.find(tx, appeal_id)
    return (await _views(tx, deps, [found]))[0]


@router.put("/appeals/{appeal_id}")
async def enter_appeal(
    appeal_id: OwnId, tx: KeepingTx, deps: DepsOf, viewer: Viewing, body: AppealBody
) -> AppealView:
    """Enters an appeal under an id of the caller's, or corrects an open one. Repeating it changes
    nothing."""
    new = await handlers.enter(tx, deps, viewer, body.appeal(appeal_id))
    return (await _views(tx, deps, [new]))[0]


@router.put("/appeals/{appeal_id}/incident", status_code=204)
async def link_appeal(
    appeal_id: PathId, tx: KeepingTx, deps: DepsOf, viewer: Viewing, body: LinkBody
) -> None:
    """It is an incident, and was opened in intake by the caller, with the appeal's id for a key.
    Repeating it changes nothing. Its village is forgotten here: intake knows it."""
    await handlers.link(tx, deps, viewer, appeal_id, body.incident_id)


@router.put("/appeals/{appeal_id}/answer")
async def answer_appeal(
    appeal_id: PathId, tx: KeepingTx, deps: DepsOf, viewer: Viewing, body: ReplyBody
) -> AppealView:
    """It is no incident, and was answered: that closes it. Repeating it changes nothing."""
    new = await handlers.answer(tx, deps, viewer, appeal_id, body.reply())
    return (await _views(tx, deps, [new]))[0]
