"""Routes of referral's HTTP: they parse, hand on and return. No rule and no SQL stands here."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from services.referral import bodies, views
from services.referral.deps import Deps
from services.referral.handlers import answers, casework, lists
from services.referral.handlers.answers import Answering
from services.referral.handlers.find import FoundOffer, find_case, find_offer, find_request
from services.referral.model import casework as acts
from services.referral.model.service_request import ServiceRequest
from services.referral.store import decisions
from services.referral.visibility import seen_by
from services.referral.vocabularies import Term, vocabularies
from shared.db import Tx
from shared.events.words import Answer, Channel
from shared.http.schemas import PathId, PublicId
from shared.http.web import Db, Viewing
from shared.security.visibility import Viewer

router = APIRouter()


async def deps_of(request: Request) -> Deps:
    """What this process decides by, with the directory as its file is now."""
    deps: Deps = request.app.state.deps
    await deps.live.refresh()
    return deps


DepsOf = Annotated[Deps, Depends(deps_of)]


async def transaction(viewer: Viewing, db: Db) -> AsyncIterator[Tx]:
    """One transaction a request; it commits before the answer is sent."""
    async with seen_by(db, viewer) as tx:
        yield tx


InTx = Annotated[Tx, Depends(transaction, scope="function")]


def _view(
    deps: Deps, found: FoundOffer, viewer: Viewer, ticket: str | None = None
) -> views.OfferView:
    mine = found.held_by(viewer)
    raion = deps.raion(found.request)
    view = views.OfferView.of(found.request, found.offer, raion, mine=mine, ticket=ticket)
    return view.named(deps.names(found.request, viewer.language))


def _whole(
    deps: Deps, request: ServiceRequest, viewer: Viewer, kept: list[decisions.Record] | None = None
) -> views.ServiceRequestView:
    view = views.ServiceRequestView.of(request, deps.raion(request), kept)
    return view.named(deps.names(request, viewer.language))


@router.get("/vocabularies")
async def list_vocabularies(deps: DepsOf, viewer: Viewing) -> dict[str, list[Term]]:
    """Every closed list with its codes and their words in the caller's language. For everybody."""
    return vocabularies(deps.jurisdiction, viewer.language)


@router.get("/queue")
async def queue(
    tx: InTx, deps: DepsOf, viewer: Viewing, asked: Annotated[bodies.Asked, Query()]
) -> views.Queue:
    """Open offers to the caller's organisation, then what it holds; most urgent first.

    By risk, then by what is ``due``. ``next`` is the ``cursor`` of the page behind this one.
    """
    page = await lists.queue(tx, deps, viewer, asked)
    return views.Queue(offers=[_view(deps, each, viewer) for each in page.rows], next=page.next)


@router.get("/cases/{public_id}")
async def show_case(
    public_id: Annotated[PublicId, Path()], tx: InTx, deps: DepsOf, viewer: Viewing
) -> views.FoundView:
    """What is called so: the offers to the caller's organisation, to a coordinator the whole."""
    found = await find_case(tx, deps, viewer, public_id)
    return views.FoundView(
        service_request=_whole(deps, found.request, viewer) if found.coordinated else None,
        offers=[_view(deps, each, viewer) for each in found.offers],
    )


@router.get("/offers/{offer_id}")
async def show_offer(offer_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing) -> views.OfferView:
    """One offer to the caller's organisation, or in a coordinator's territory."""
    return _view(deps, await find_offer(tx, deps, viewer, offer_id), viewer)


def _by(viewer: Viewer, said: Answer, body: bodies.ByDesk) -> Answering:
    reason = body.reason if isinstance(body, bodies.Reject) else None
    channel = Channel.DESK if body.on_behalf_of else Channel.API
    return Answering(viewer, said, reason, channel, body.on_behalf_of, body.claimed_at)


async def _answer(tx: Tx, deps: Deps, by: Answering, offer_id: str) -> views.OfferView:
    found = await answers.answer(tx, deps, by, offer_id)
    return _view(deps, found, by.viewer, answers.ticket(deps, found, by.viewer, tx.now))


@router.post("/offers/{offer_id}/received")
async def receive(
    offer_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing, body: bodies.ByDesk
) -> views.OfferView:
    """Seen, not decided: the ladder waits for the decision."""
    return await _answer(tx, deps, _by(viewer, Answer.RECEIVED, body), offer_id)


@router.post("/offers/{offer_id}/accept")
async def accept(
    offer_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing, body: bodies.ByDesk
) -> views.OfferView:
    """Yes. The first one stands; its giver gets a disclosure ticket."""
    return await _answer(tx, deps, _by(viewer, Answer.ACCEPT, body), offer_id)


@router.post("/offers/{offer_id}/reject")
async def reject(
    offer_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing, body: bodies.Reject
) -> views.OfferView:
    """No, with a coded reason: the next candidate is asked at once."""
    return await _answer(tx, deps, _by(viewer, Answer.REJECT, body), offer_id)


@router.post("/offers/{offer_id}/ticket")
async def renew(offer_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing) -> views.TicketView:
    """A fresh disclosure ticket for the case holder."""
    return views.TicketView(ticket=await answers.renew_ticket(tx, deps, viewer, offer_id))


@router.post("/offers/{offer_id}/on-the-way")
async def on_the_way(offer_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing) -> views.OfferView:
    """The case holder is coming: recorded and shown, and no clock stops."""
    found = await casework.holder_act(tx, deps, viewer, offer_id, acts.on_the_way)
    return _view(deps, found, viewer)


@router.post("/offers/{offer_id}/start")
async def start(offer_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing) -> views.OfferView:
    """First contact, or she arrived, as the case holder says."""
    return _view(deps, await casework.holder_act(tx, deps, viewer, offer_id, acts.start), viewer)


@router.post("/offers/{offer_id}/hold")
async def hold(
    offer_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing, body: bodies.Hold
) -> views.OfferView:
    """Paused until a review date."""
    change = partial(acts.hold, reason=body.reason, review_at=body.review_at)
    return _view(deps, await casework.holder_act(tx, deps, viewer, offer_id, change), viewer)


@router.post("/offers/{offer_id}/resume")
async def resume(offer_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing) -> views.OfferView:
    """As it was before the pause."""
    return _view(deps, await casework.holder_act(tx, deps, viewer, offer_id, acts.resume), viewer)


@router.post("/offers/{offer_id}/complete")
async def complete(
    offer_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing, body: bodies.Complete
) -> views.OfferView:
    """Done, with a coded outcome."""
    change = partial(acts.complete, outcome=body.outcome)
    return _view(deps, await casework.holder_act(tx, deps, viewer, offer_id, change), viewer)


@router.post("/offers/{offer_id}/release")
async def release(offer_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing) -> views.OfferView:
    """Undo of one's own yes, within two minutes."""
    found = await casework.holder_act(tx, deps, viewer, offer_id, casework.undo(viewer))
    return _view(deps, found, viewer)


@router.post("/offers/{offer_id}/fail")
async def fail(
    offer_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing, body: bodies.Fail
) -> views.OfferView:
    """It came to nothing: the ladder goes on. By the case holder, or by a coordinator."""
    return _view(deps, await casework.fail(tx, deps, viewer, offer_id, body.reason), viewer)


@router.post("/offers/{offer_id}/handover")
async def hand_over(
    offer_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing, body: bodies.HandOver
) -> views.OfferView:
    """A colleague becomes the case holder. By the present one, or by a coordinator."""
    found = await casework.hand_over(tx, deps, viewer, offer_id, body.to, body.reason)
    return _view(deps, found, viewer)


@router.post("/offers/{offer_id}/cancel")
async def cancel(
    offer_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing, body: bodies.Cancel
) -> views.OfferView:
    """A coordinator takes an open offer back; the ladder goes on."""
    change = partial(acts.cancel, reason=body.reason)
    return _view(deps, await casework.coordinator_act(tx, deps, viewer, offer_id, change), viewer)


@router.post("/offers/{offer_id}/void")
async def void_offer(
    offer_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing, body: bodies.Void
) -> views.OfferView:
    """Entered in error."""
    change = partial(acts.void_offer, reason=body.reason)
    return _view(deps, await casework.coordinator_act(tx, deps, viewer, offer_id, change), viewer)


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
    shown = [_whole(deps, each, viewer) for each in page.rows]
    return views.ServiceRequests(service_requests=shown, next=page.next)


@router.get("/service-requests/{service_request_id}")
async def show_service_request(
    service_request_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing
) -> views.ServiceRequestView:
    """One service request with every decision that was taken for it, and why."""
    found = await find_request(tx, deps, viewer, service_request_id)
    kept = await decisions.of_request(tx, found.id)
    return _whole(deps, found, viewer, kept)


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
    return _whole(deps, found, viewer)


@router.post("/service-requests/{service_request_id}/void")
async def void_service_request(
    service_request_id: PathId, tx: InTx, deps: DepsOf, viewer: Viewing, body: bodies.Void
) -> views.ServiceRequestView:
    """The whole service request was entered in error."""
    found = await casework.void_request(tx, deps, viewer, service_request_id, body.reason)
    return _whole(deps, found, viewer)
