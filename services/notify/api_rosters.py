"""Routes of rosters: they are kept and read, and say who is on duty.

They parse, hand on and return. No rule and no SQL stands here.
"""

from fastapi import APIRouter

from services.notify.bodies import RosterBody
from services.notify.callers import AdministratorTx, Asked, DepsOf, StaffTx
from services.notify.rosters import handlers
from services.notify.views import DutyView, NameView, RosterView
from services.notify.visibility import must_serve
from shared.events.words import Role
from shared.http.schemas import PathId
from shared.http.web import Viewing

router = APIRouter()


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


@router.get("/on-duty")
async def on_duty(
    organisation: Asked, tx: StaffTx, deps: DepsOf, viewer: Viewing
) -> list[DutyView]:
    """Who is on duty now, tier by tier, as far as the caller may see them."""
    await must_serve(tx, viewer, deps.exclusions)
    serving = await handlers.who_is_on_duty(tx, organisation, deps.jurisdiction.zone)
    return [
        DutyView(tier=tier, people=[NameView.of(person) for person in staff])
        for tier, staff in sorted(serving.items())
    ]
