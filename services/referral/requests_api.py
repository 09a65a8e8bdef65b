"""Routes about service requests, for the coordinators of their territories."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.referral import bodies, views
from services.referral.handlers import casework, lists
from services.referral.handlers.find import find_request
from services.referral.routing import DepsOf, InTx
from services.referral.showing import request_view
from services.referral.store import decisions
from shared.http.schemas import PathId
from shared.http.web import Viewing

router = APIRouter()


@router.get("/service-requests")
async def list_service_requests(
    tx: InTx,
    deps: DepsOf,
    viewer: Viewing,
    wanted: Annotated[bodies.Wanted, Query()],
) -> views.ServiceRequests:
    """Service requests of a coordinator's territories: by risk, then who waits longest.

    Those that have ended come last. With ``fulfilment=exhausted`` it is the waiting list. ``next``
    is the ``cursor`` of the page behind this one.
    """
    page = await lists.service_requests(tx, deps, viewer, wanted)
    shown = [request_view(deps, each, viewer) for each in page.rows]
    return views.ServiceRequests(service_requests=shown, next=page.next)


@router.get("/service-requests/{service_request_id}")
async def show_service_request(
    service_request_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing
) -> views.ServiceRequestView:
    """One service request with every decision that was taken for it, and why."""
    found = await find_request(tx, deps, viewer, service_request_id)
    kept = await decisions.of_request(tx, found.id)
    return request_view(deps, found, viewer, told=tx.now, kept=kept)


@router.post("/service-requests/{service_request_id}/offers")
async def add_candidate(
    service_request_id: PathId,
    tx: InTx,
    deps: DepsOf,
    viewer: Viewing,
    body: bodies.AddCandidate,
) -> views.ServiceRequestView:
    """A coordinator has one more service asked."""
    found = await casework.add_candidate(tx, deps, viewer, service_request_id, body.service)
    return request_view(deps, found, viewer)


@router.post("/service-requests/{service_request_id}/void")
async def void_service_request(
    service_request_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing, body: bodies.Void
) -> views.ServiceRequestView:
    """The whole service request was entered in error."""
    found = await casework.void_request(tx, deps, viewer, service_request_id, body.reason)
    return request_view(deps, found, viewer)
