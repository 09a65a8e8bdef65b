"""Routes of activities: a committee's own secretary enters them, its members read them.

They parse, hand on and return. No rule and no SQL stands here.
"""

from collections.abc import Sequence

from fastapi import APIRouter

from services.committee.activities import handlers, store
from services.committee.activities.model import Activity
from services.committee.bodies_activities import ActivityBody, WithdrawalBody
from services.committee.callers import DepsOf, KeepingTx, SittingTx
from services.committee.deps import Deps
from services.committee.entries import Draft, Kept
from services.committee.listing import EntryId, EntryPosition, Listing, behind
from services.committee.views_activities import ActivitiesView, ActivityView
from shared.errors import NotFound
from shared.http.pages import filled
from shared.http.schemas import PathId
from shared.http.web import Viewing
from shared.security.visibility import Viewer

router = APIRouter()


def _view(deps: Deps, viewer: Viewer, kept: Kept[Activity]) -> ActivityView:
    place = deps.jurisdiction.territories.place(kept.what.territory)
    return ActivityView.of(kept, place.name(viewer.language))


@router.put("/committees/{committee_id}/activities/{entry_id}")
async def enter_activity(
    committee_id: PathId,
    entry_id: EntryId,
    tx: KeepingTx,
    deps: DepsOf,
    viewer: Viewing,
    body: ActivityBody,
) -> ActivityView:
    """A meeting, a training or informing; or the correction of one, which then holds no more."""
    draft = Draft(
        committee_id=committee_id,
        entry_id=str(entry_id),
        happened_on=body.happened_on,
        replaces=body.replaces,
    )
    return _view(deps, viewer, await handlers.enter(tx, deps, viewer, draft, body.activity()))


@router.post("/committees/{committee_id}/activities/{entry_id}/withdraw", status_code=204)
async def withdraw_activity(
    committee_id: PathId, entry_id: EntryId, tx: KeepingTx, viewer: Viewing, body: WithdrawalBody
) -> None:
    """It was entered in error, and counts no more."""
    await handlers.withdraw(tx, viewer, committee_id, str(entry_id), body.reason)


@router.get("/committees/{committee_id}/activities")
async def list_activities(
    committee_id: PathId,
    tx: SittingTx,
    deps: DepsOf,
    viewer: Viewing,
    asked: Listing,
) -> ActivitiesView:
    """Those of a year that hold, latest first."""

    async def read(
        after: EntryPosition | None, most: int
    ) -> Sequence[tuple[EntryPosition, Kept[Activity]]]:
        found = await store.listed(tx, committee_id, asked.span, behind(after), most)
        return [(EntryPosition.of_entry(each), each) for each in found]

    page = await filled(read, EntryPosition.at(asked.cursor), asked.limit)
    shown = [_view(deps, viewer, each) for each in page.rows]
    return ActivitiesView(activities=shown, next=page.next)


@router.get("/committees/{committee_id}/activities/{entry_id}")
async def show_activity(
    committee_id: PathId, entry_id: EntryId, tx: SittingTx, deps: DepsOf, viewer: Viewing
) -> ActivitiesView:
    """One with all that it replaced and all that replaced it, oldest first."""
    found = await store.story(tx, committee_id, str(entry_id))
    if not found:
        raise NotFound("no such entry")
    return ActivitiesView(activities=[_view(deps, viewer, each) for each in found])
