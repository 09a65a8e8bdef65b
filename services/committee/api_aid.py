"""Routes of aid: a committee's own secretary enters it, its members read what they did not leave.

They parse, hand on and return. No rule and no SQL stands here.
"""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.committee import entering
from services.committee.aid import handlers, store
from services.committee.aid.model import Aid
from services.committee.bodies_activities import AidBody, WithdrawalBody
from services.committee.bodies_appeals import OwnId
from services.committee.callers import DepsOf, KeepingTx, SittingTx
from services.committee.entries import Draft, Kept
from services.committee.listing import MOST, EntryPosition, Year, YearQuery, behind, of_year
from services.committee.registry.handlers import own
from services.committee.tables import aid_text
from services.committee.views_activities import AidsView, AidView, DecidedView, DecisionsView
from services.committee.views_report import Said
from shared.csv_text import Variant
from shared.errors import NotFound
from shared.http.pages import filled
from shared.http.schemas import PathId
from shared.http.tables import TEXT, Table, table
from shared.http.web import Viewing

router = APIRouter()
MOST_DECISIONS = 100


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
    await entering.withdraw(tx, viewer, entry_id, body.reason, store.end)


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


@router.get("/aid-decisions")
async def list_decisions(tx: SittingTx, viewer: Viewing) -> DecisionsView:
    """Decisions by which something may be given: those of closed minutes, the latest first."""
    committee = await own(tx, viewer)
    return DecisionsView.of(await store.decisions(tx, committee.committee_id, MOST_DECISIONS))


@router.get("/aid-decisions/{decision_id}")
async def show_decision(decision_id: PathId, tx: SittingTx, viewer: Viewing) -> DecidedView:
    """One of them, however old."""
    committee = await own(tx, viewer)
    found = await store.decided(tx, committee.committee_id, decision_id)
    if found is None:
        raise NotFound("no such decision")
    return DecidedView.of(found)


@router.get("/aid.csv", response_class=Table, responses=TEXT)
async def download_aid(
    tx: SittingTx, deps: DepsOf, viewer: Viewing, year: Year, variant: Variant = Variant.PLAIN
) -> Response:
    """Those of a year as a table."""
    committee = await own(tx, viewer)
    found = await store.listed(tx, committee.committee_id, of_year(year), behind(None), MOST)
    return table(aid_text(found, Said(deps.jurisdiction, viewer.language), variant), f"aid-{year}")


@router.get("/aid/{entry_id}")
async def show_aid(entry_id: OwnId, tx: SittingTx) -> AidsView:
    """One with all that it replaced and all that replaced it, oldest first."""
    found = await store.story(tx, entry_id)
    if not found:
        raise NotFound("no such entry")
    return AidsView.of(found)
