"""Routes about the directory: services, their free places, and the closed lists."""

from typing import Annotated

from fastapi import APIRouter, Path

from services.referral import bodies
from services.referral.deps import Deps
from services.referral.directory_views import Rooms, RoomView
from services.referral.handlers import places
from services.referral.handlers.places import Room
from services.referral.routing import DepsOf, InTx
from services.referral.vocabularies import Term, vocabularies
from shared.http.web import Viewing
from shared.security.visibility import Viewer

router = APIRouter()


@router.get("/vocabularies")
async def list_vocabularies(deps: DepsOf, viewer: Viewing) -> dict[str, list[Term]]:
    """Every closed list with its codes and their words in the caller's language. For everybody."""
    return vocabularies(deps.jurisdiction, viewer.language)


def _room(deps: Deps, viewer: Viewer, room: Room) -> RoomView:
    return RoomView.of(room, deps.type_name(room.service.service_type, viewer.language))


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
