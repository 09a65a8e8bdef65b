"""Routes about the directory: services, their free places, and the closed lists."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from services.referral import bodies
from services.referral.deps import Deps
from services.referral.directory_views import (
    DirectoryView,
    Names,
    NameView,
    PoliciesView,
    Rooms,
    RoomView,
)
from services.referral.handlers import directory, places
from services.referral.handlers.places import Room
from services.referral.routing import DepsOf, InTx
from services.referral.showing_directory import organisation_view, policies_view
from services.referral.vocabularies import vocabularies
from shared.db import Tx
from shared.events.words import Role
from shared.http.web import Viewing, transaction
from shared.security.visibility import Viewer
from shared.terms import Term

router = APIRouter()
Asked = Annotated[str, Field(max_length=120)]
AnsweringTx = Annotated[Tx, transaction(Role.ADMINISTRATOR, Role.COORDINATOR)]
"""For those who answer for what the directory says."""


@router.get("/vocabularies")
async def list_vocabularies(deps: DepsOf, viewer: Viewing) -> dict[str, list[Term]]:
    """Every closed list with its codes and their words in the caller's language. For everybody."""
    return vocabularies(deps.jurisdiction, viewer.language)


def _room(deps: Deps, viewer: Viewer, room: Room) -> RoomView:
    return RoomView.of(room, deps.type_name(room.service.service_type, viewer.language))


@router.get("/directory")
async def list_directory(
    tx: AnsweringTx, deps: DepsOf, viewer: Viewing, wanted: Annotated[bodies.Listed, Query()]
) -> DirectoryView:
    """Organisations and services as they run now. For administrators and coordinators.

    ``next`` is the ``cursor`` of the page behind this one.
    """
    page = await directory.directory(tx, deps, viewer, wanted)
    return DirectoryView(
        change=deps.directory.change,
        organisations=[organisation_view(deps, each, viewer.language) for each in page.rows],
        next=page.next,
    )


@router.get("/organisations")
async def name_organisations(
    deps: DepsOf,
    _: Viewing,
    near: Annotated[str | None, Query(pattern="^[0-9]{1,20}$")] = None,
    organisation: Annotated[list[Asked] | None, Query(max_length=200)] = None,
) -> Names:
    """What the organisations of the oblast of a place are called, and those that serve beyond it;
    or these ones. For everybody: names are no secret, and whoever reports says where an accused
    serves."""
    these = directory.called(deps, organisation or ())
    found = these if near is None else directory.near(deps, near)
    return Names(organisations=[NameView.of(each) for each in found])


@router.get("/policies")
async def show_policies(tx: AnsweringTx, deps: DepsOf, viewer: Viewing) -> PoliciesView:
    """Timers and ladder as a service request opened now would keep them."""
    await places.must_serve(tx, deps, viewer)
    return policies_view(deps, viewer.language)


@router.get("/services")
async def list_services(tx: InTx, deps: DepsOf, viewer: Viewing) -> Rooms:
    """The services of the caller's organisation, with their free places."""
    found = await places.of_organisation(tx, deps, viewer)
    return Rooms(services=[_room(deps, viewer, each) for each in found])


@router.put("/services/{service}/places")
async def put_places(
    service: Annotated[str, Path(pattern="^[a-z0-9-]{1,80}$")],
    tx: InTx,
    deps: DepsOf,
    viewer: Viewing,
    body: bodies.FreePlaces,
) -> RoomView:
    """So many places are free now. By those who work there, and by its coordinators."""
    return _room(deps, viewer, await places.say(tx, deps, viewer, service, body.free))
