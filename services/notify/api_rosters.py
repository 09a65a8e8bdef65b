"""Routes of rosters: they are kept, overridden and read, and say who is on duty.

They parse, hand on and return. No rule and no SQL stands here.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from services.notify.bodies import OverrideBody, RosterBody
from services.notify.callers import AdministratorTx, Asked, DepsOf, KeepingTx, StaffTx
from services.notify.people import store as people
from services.notify.rosters import handlers, overrides, weeks
from services.notify.rosters.model import YEARS
from services.notify.rosters.weeks import Empty
from services.notify.views import NameView
from services.notify.views_rosters import (
    DutyView,
    EmptiesView,
    OverrideView,
    RosterView,
    WeekView,
)
from services.notify.visibility import must_see_rosters, must_serve
from shared.errors import Invalid
from shared.events.words import Role
from shared.http.pages import Cursor, Position, filled
from shared.http.schemas import PathId
from shared.http.web import Viewing
from shared.times import Day

router = APIRouter()
LONGEST = 35
"""Days of a week that is asked for: a month and what stands beside it on a page."""
AT_ONCE = 50
"""Organisations looked through at once for empty shifts."""
First = Annotated[Day, Query(alias="from", description="Its first day, on the local clock.")]
Days = Annotated[int, Query(ge=1, le=LONGEST)]
Limit = Annotated[int, Query(ge=1, le=100, description="Organisations of a page.")]


class EmptyPosition(Position):
    """Where the list of empty shifts goes on."""

    of: Literal["empty-shifts"] = "empty-shifts"
    organisation: Annotated[str, Field(max_length=120)]


@router.put("/rosters/{roster_id}", status_code=204)
async def put_roster(
    roster_id: PathId, tx: AdministratorTx, deps: DepsOf, viewer: Viewing, body: RosterBody
) -> None:
    """Makes or changes a roster. For administrators."""
    await handlers.put_roster(deps.jurisdiction, tx, body.roster(roster_id), viewer.staff_id)


@router.get("/rosters")
async def list_rosters(
    organisation: Asked, tx: StaffTx, deps: DepsOf, viewer: Viewing
) -> list[RosterView]:
    """The rosters of an organisation, the first tier first, as far as the caller may see them.

    For administrators, coordinators of its territory, and its own workers: names only.
    """
    await must_serve(tx, viewer, deps.exclusions)
    found = await handlers.of_organisation(tx, organisation)
    keeps = viewer.has(Role.ADMINISTRATOR)
    return [RosterView.of(each, known, keeps=keeps) for each, known in found]


@router.get("/rosters/week")
async def show_week(
    organisation: Asked,
    first: First,
    tx: StaffTx,
    deps: DepsOf,
    viewer: Viewing,
    days: Days = 7,
) -> WeekView:
    """Who serves when in an organisation, shift by shift, and when nobody does.

    For those who may see its rosters; to others it is not found.
    """
    await must_serve(tx, viewer, deps.exclusions)
    await must_see_rosters(tx, viewer, organisation)
    if first.year not in YEARS:
        raise Invalid("from", f"must be from {YEARS[0]} to {YEARS[-1]}")
    span = [first + timedelta(days=number) for number in range(days)]
    found = await weeks.week(tx, viewer.staff_id, organisation, span, deps.days)
    return WeekView.of(found, deps.days.zone.key)


@router.get("/rosters/gaps")
async def list_gaps(
    tx: KeepingTx,
    deps: DepsOf,
    viewer: Viewing,
    limit: Limit = AT_ONCE,
    cursor: Cursor | None = None,
) -> EmptiesView:
    """In which organisations nobody will be on duty at some time of the next 7 days.

    For coordinators, of their territory, and administrators, of all.
    """
    await must_serve(tx, viewer, deps.exclusions)

    async def read(
        after: EmptyPosition | None, most: int
    ) -> Sequence[tuple[EmptyPosition, Empty | None]]:
        names = await people.kept_by(tx, after.organisation if after else "", most)
        found = await weeks.empty(tx, viewer.staff_id, names, deps.days)
        return [
            (EmptyPosition(organisation=each.organisation), each if each.gaps else None)
            for each in found
        ]

    return EmptiesView.of(await filled(read, EmptyPosition.at(cursor), limit, AT_ONCE))


@router.get("/rosters/{roster_id}")
async def show_roster(roster_id: PathId, tx: StaffTx, deps: DepsOf, viewer: Viewing) -> RosterView:
    """A roster; who may not see it finds none. The duty number is shown to who keeps it."""
    await must_serve(tx, viewer, deps.exclusions)
    roster, known = await handlers.show(tx, roster_id)
    return RosterView.of(roster, known, keeps=viewer.has(Role.ADMINISTRATOR))


@router.delete("/rosters/{roster_id}", status_code=204)
async def remove_roster(roster_id: PathId, tx: AdministratorTx, viewer: Viewing) -> None:
    """Nobody is on duty by it any more. Who removed it and what it said is kept."""
    await handlers.remove(tx, roster_id, viewer.staff_id)


@router.post("/rosters/{roster_id}/overrides", status_code=201)
async def make_override(
    roster_id: PathId, tx: AdministratorTx, viewer: Viewing, body: OverrideBody
) -> OverrideView:
    """Somebody is absent, stands in or serves as well for a while. For administrators.

    Who made it and why is recorded; the newest holds over the ones before.
    """
    wanted = body.override(roster_id, tx.ids.new(), viewer.staff_id, tx.now)
    return OverrideView.of(wanted, await overrides.make(tx, wanted))


@router.delete("/rosters/{roster_id}/overrides/{override_id}", status_code=204)
async def take_override_back(
    roster_id: PathId, override_id: PathId, tx: AdministratorTx, viewer: Viewing
) -> None:
    """The roster holds again as if it had not been made; a second time changes nothing."""
    await overrides.take_back(tx, roster_id, override_id, viewer.staff_id)


@router.get("/on-duty")
async def on_duty(
    organisation: Asked, tx: StaffTx, deps: DepsOf, viewer: Viewing
) -> list[DutyView]:
    """Who is on duty now, tier by tier, as far as the caller may see them."""
    await must_serve(tx, viewer, deps.exclusions)
    serving = await handlers.who_is_on_duty(tx, organisation, deps.days)
    return [
        DutyView(tier=tier, people=[NameView.of(person) for person in staff])
        for tier, staff in sorted(serving.items())
    ]
