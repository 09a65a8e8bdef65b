"""Routes of activities: a committee's own secretary enters them, its members read them.

They parse, hand on and return. No rule and no SQL stands here.
"""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.committee import entering
from services.committee.activities import handlers, store
from services.committee.activities.model import Activity
from services.committee.bodies_activities import ActivitiesQuery, ActivityBody, WithdrawalBody
from services.committee.bodies_appeals import OwnId
from services.committee.callers import DepsOf, KeepingTx, SittingTx
from services.committee.deps import Deps
from services.committee.entries import Draft, Kept
from services.committee.listing import MOST, EntryPosition, Year, behind, of_year
from services.committee.registry.handlers import own
from services.committee.tables import activities_text
from services.committee.views_activities import ActivitiesView, ActivityView
from services.committee.views_report import Said
from shared.csv_text import Variant
from shared.errors import NotFound
from shared.http.pages import filled
from shared.http.tables import TEXT, Table, table
from shared.http.web import Viewing
from shared.security.visibility import Viewer

router = APIRouter()


def _view(deps: Deps, viewer: Viewer, kept: Kept[Activity]) -> ActivityView:
    place = deps.jurisdiction.territories.place(kept.what.territory)
    return ActivityView.of(kept, place.name(viewer.language))


@router.put("/activities/{entry_id}")
async def enter_activity(
    entry_id: OwnId,
    tx: KeepingTx,
    deps: DepsOf,
    viewer: Viewing,
    body: ActivityBody,
) -> ActivityView:
    """A meeting, a training or informing; or the correction of one, which then holds no more."""
    draft = Draft(entry_id=entry_id, happened_on=body.happened_on, replaces=body.replaces)
    return _view(deps, viewer, await handlers.enter(tx, deps, viewer, draft, body.activity()))


@router.post("/activities/{entry_id}/withdraw", status_code=204)
async def withdraw_activity(
    entry_id: OwnId, tx: KeepingTx, viewer: Viewing, body: WithdrawalBody
) -> None:
    """It was entered in error, and counts no more."""
    await entering.withdraw(tx, viewer, entry_id, body.reason, store.end)


@router.get("/activities")
async def list_activities(
    tx: SittingTx,
    deps: DepsOf,
    viewer: Viewing,
    asked: Annotated[ActivitiesQuery, Query()],
) -> ActivitiesView:
    """Those of a year that hold, of one kind or all, latest first."""
    committee = await own(tx, viewer)
    wanted = store.Wanted(committee.committee_id, asked.span, asked.kind)

    async def read(
        after: EntryPosition | None, most: int
    ) -> Sequence[tuple[EntryPosition, Kept[Activity]]]:
        found = await store.listed(tx, wanted, behind(after), most)
        return [(EntryPosition.of_entry(each), each) for each in found]

    page = await filled(read, EntryPosition.at(asked.cursor), asked.limit)
    shown = [_view(deps, viewer, each) for each in page.rows]
    return ActivitiesView(activities=shown, next=page.next)


@router.get("/activities.csv", response_class=Table, responses=TEXT)
async def download_activities(
    tx: SittingTx, deps: DepsOf, viewer: Viewing, year: Year, variant: Variant = Variant.PLAIN
) -> Response:
    """Those of a year as a table."""
    committee = await own(tx, viewer)
    wanted = store.Wanted(committee.committee_id, of_year(year))
    found = await store.listed(tx, wanted, behind(None), MOST)
    said = Said(deps.jurisdiction, viewer.language)
    return table(activities_text(found, said, variant), f"activities-{year}")


@router.get("/activities/{entry_id}")
async def show_activity(
    entry_id: OwnId, tx: SittingTx, deps: DepsOf, viewer: Viewing
) -> ActivitiesView:
    """One with all that it replaced and all that replaced it, oldest first."""
    found = await store.story(tx, entry_id)
    if not found:
        raise NotFound("no such entry")
    return ActivitiesView(activities=[_view(deps, viewer, each) for each in found])
