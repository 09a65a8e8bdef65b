"""Routes about service requests, for the coordinators of their territories."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.referral import bodies, views
from services.referral.board_views import AttentionView, Board, Choices, NeededView
from services.referral.handlers import board, casework, lists
from services.referral.handlers.find import find_request
from services.referral.routing import DepsOf, InTx
from services.referral.showing import request_view
from services.referral.store import decisions
from services.referral.vocabularies import WHY_NOT
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


@router.get("/board")
async def show_board(
    tx: InTx, deps: DepsOf, viewer: Viewing, asked: Annotated[bodies.OnBoard, Query()]
) -> Board:
    """What of a coordinator's territories needs a person now: why, since when, what can be done.

    By risk, then who waits longest. ``next`` is the ``cursor`` of the page behind this one.
    """
    page = await board.board(tx, deps, viewer, asked)
    rows = [
        NeededView(
            attention=[AttentionView.of(one) for one in each.why],
            service_request=request_view(deps, each.request, viewer),
        )
        for each in page.rows
    ]
    return Board(needed=rows, next=page.next)


@router.get("/service-requests/{service_request_id}")
async def show_service_request(
    service_request_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing
) -> views.ServiceRequestView:
    """One service request with every decision that was taken for it, and why."""
    found = await find_request(tx, deps, viewer, service_request_id)
    kept = await decisions.of_request(tx, found.id)
    return request_view(deps, found, viewer, told=tx.now, kept=kept)


@router.get("/service-requests/{service_request_id}/candidates")
async def list_candidates(
    service_request_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing
) -> Choices:
    """Services that could be asked now, the best first; then those that could not, each with why.

    One of them is asked by ``POST …/offers``.
    """
    request, found = await board.candidates(tx, deps, viewer, service_request_id)
    say = deps.jurisdiction.wording.say
    words = {code: say(english, viewer.language) for code, english in WHY_NOT.items()}
    return Choices.of(request, found, deps.directory, words)


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


@router.post("/service-requests/{service_request_id}/close")
async def close_service_request(
    service_request_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing, body: bodies.Close
) -> views.ServiceRequestView:
    """Nobody can help, or it was helped otherwise: nobody is asked any more."""
    found = await casework.close_request(tx, deps, viewer, service_request_id, body.reason)
    return request_view(deps, found, viewer)


@router.post("/service-requests/{service_request_id}/open-again")
async def open_service_request_again(
    service_request_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing
) -> views.ServiceRequestView:
    """What was closed is referred again: a new round."""
    found = await casework.open_again(tx, deps, viewer, service_request_id)
    return request_view(deps, found, viewer)
