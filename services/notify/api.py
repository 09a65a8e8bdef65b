"""Routes of notify's HTTP: the register, rosters, who is on duty, who was told.

They parse, hand on and return. No rule and no SQL stands here.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from services.notify.bodies import PersonBody, RosterBody
from services.notify.delivery.store import deliveries
from services.notify.delivery.store.deliveries import Delivery
from services.notify.deps import Deps
from services.notify.people import handlers as people
from services.notify.people import store as register
from services.notify.rosters import handlers as rosters
from services.notify.views import DutyView, NameView, PersonView
from services.notify.visibility import must_coordinate
from shared.db import Tx
from shared.errors import Gone
from shared.events.words import Role
from shared.http.web import Viewing, transaction

router = APIRouter()
Id = Annotated[str, Path(max_length=120)]
Asked = Annotated[str, Query(min_length=1, max_length=120)]


def deps_of(request: Request) -> Deps:
    """What handlers of this process need besides the transaction."""
    deps: Deps = request.app.state.deps
    return deps


DepsOf = Annotated[Deps, Depends(deps_of)]


AdministratorTx = Annotated[Tx, transaction(Role.ADMINISTRATOR)]
StaffTx = Annotated[Tx, transaction(Role.WORKER, Role.COORDINATOR, Role.ADMINISTRATOR)]
CoordinatorTx = Annotated[Tx, transaction(Role.COORDINATOR)]


@router.put("/organisations/{organisation}", status_code=410, deprecated=True)
async def put_organisation(organisation: Id, tx: AdministratorTx) -> None:  # noqa: ARG001
    """Gone: which organisations there are, and of what kind, the directory says."""
    raise Gone("the directory says which organisations there are: change it there")


@router.put("/people/{staff_id}")
async def put_person(
    staff_id: Id, tx: AdministratorTx, deps: DepsOf, viewer: Viewing, body: PersonBody
) -> PersonView:
    """Makes or changes an entry of the register. For administrators."""
    wanted = body.person(staff_id)
    return PersonView.of(await people.put_person(deps.jurisdiction, tx, wanted, viewer.staff_id))


@router.get("/people")
async def list_people(organisation: Asked, tx: StaffTx) -> list[NameView]:
    """Names of an organisation's staff, as far as the caller may see them."""
    members = await register.of_organisations(tx, [organisation])
    return [NameView.of(person) for person in members[organisation]]


@router.put("/rosters/{roster_id}", status_code=204)
async def put_roster(roster_id: Id, tx: AdministratorTx, viewer: Viewing, body: RosterBody) -> None:
    """Makes or changes a roster. For administrators."""
    await rosters.put_roster(tx, body.roster(roster_id), viewer.staff_id)


@router.get("/on-duty")
async def on_duty(organisation: Asked, tx: StaffTx, deps: DepsOf) -> list[DutyView]:
    """Who is on duty now, tier by tier, as far as the caller may see them."""
    serving = await rosters.who_is_on_duty(tx, organisation, deps.jurisdiction.zone)
    return [
        DutyView(tier=tier, people=[NameView.of(person) for person in staff])
        for tier, staff in sorted(serving.items())
    ]


@router.get("/offers/{offer_id}/deliveries")
async def list_deliveries(
    offer_id: Id, tx: CoordinatorTx, deps: DepsOf, viewer: Viewing
) -> list[Delivery]:
    """Who was told of an offer, when, how, and what became of it. For its coordinators."""
    await must_coordinate(tx, viewer, await deliveries.offer(tx, offer_id), deps.exclusions)
    return await deliveries.deliveries(tx, offer_id)
