"""Referral over HTTP: parse, hand on, answer. No rule and no SQL stands here."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from services.referral import bodies, views
from services.referral.deps import Rules
from services.referral.handlers import answers, casework
from services.referral.handlers.answers import Answering
from services.referral.handlers.find import FoundOffer, find_offer, find_request
from services.referral.model import casework as acts
from services.referral.model.service_request import ServiceRequest
from services.referral.store import decisions, requests
from services.referral.visibility import areas_of, may_see, seen_by
from shared.db import Tx
from shared.errors import Forbidden
from shared.events.words import HELD, OPEN, Answer, Channel
from shared.http.web import Authenticated, Db
from shared.security.tokens import Caller

router = APIRouter()
MOST = 200
Id = Annotated[str, Path(max_length=64)]


async def rules_of(request: Request) -> Rules:
    """What this process decides by, with the directory as its file is now."""
    rules: Rules = request.app.state.deps
    await rules.live.refresh()
    return rules


RulesOf = Annotated[Rules, Depends(rules_of)]


async def transaction(rules: RulesOf, caller: Authenticated, db: Db) -> AsyncIterator[Tx]:
    """One transaction a request; it commits before the answer is sent."""
    async with seen_by(db, rules.jurisdiction, caller) as tx:
        yield tx


InTx = Annotated[Tx, Depends(transaction, scope="function")]


def _view(
    rules: Rules, found: FoundOffer, caller: Caller, ticket: str | None = None
) -> views.OfferView:
    mine = found.held_by(caller)
    raion = rules.raion(found.request)
    return views.OfferView.of(found.request, found.offer, raion, mine=mine, ticket=ticket)


def _whole(rules: Rules, request: ServiceRequest) -> views.ServiceRequestView:
    return views.ServiceRequestView.of(request, rules.raion(request))


@router.get("/queue")
async def queue(tx: InTx, rules: RulesOf, caller: Authenticated) -> views.Queue:
    """Open offers to the caller's organisation, and what it holds; most urgent first."""
    waiting = await requests.queue(tx, caller.organisation, OPEN | HELD, MOST)
    pairs = [
        FoundOffer(request, offer, own=True, coordinated=False)
        for request in waiting
        if may_see(rules.jurisdiction, request, caller)
        for offer in request.offers
        if offer.organisation == caller.organisation and offer.status in OPEN | HELD
    ]
    pairs.sort(
        key=lambda each: (
            each.offer.status in HELD,
            each.request.urgency.rank,
            each.offer.answer_by,
        )
    )
    return views.Queue(offers=[_view(rules, each, caller) for each in pairs])


@router.get("/offers/{offer_id}")
async def show_offer(
    offer_id: Id, tx: InTx, rules: RulesOf, caller: Authenticated
) -> views.OfferView:
    """One offer to the caller's organisation, or in a coordinator's territory."""
    return _view(rules, await find_offer(tx, rules, caller, offer_id), caller)


def _by(caller: Caller, said: Answer, body: bodies.ByDesk) -> Answering:
    reason = body.reason if isinstance(body, bodies.Reject) else None
    channel = Channel.DESK if body.on_behalf_of else Channel.API
    return Answering(caller, said, reason, channel, body.on_behalf_of, body.claimed_at)


async def _answer(tx: Tx, rules: Rules, by: Answering, offer_id: str) -> views.OfferView:
    found = await answers.answer(tx, rules, by, offer_id)
    return _view(rules, found, by.caller, answers.ticket(rules, found, by.caller, tx.now))


@router.post("/offers/{offer_id}/received")
async def receive(
    offer_id: Id, tx: InTx, rules: RulesOf, caller: Authenticated, body: bodies.ByDesk
) -> views.OfferView:
    """Seen, not decided: the ladder waits for the decision."""
    return await _answer(tx, rules, _by(caller, Answer.RECEIVED, body), offer_id)


@router.post("/offers/{offer_id}/accept")
async def accept(
    offer_id: Id, tx: InTx, rules: RulesOf, caller: Authenticated, body: bodies.ByDesk
) -> views.OfferView:
    """Yes. The first one stands; its giver gets a disclosure ticket."""
    return await _answer(tx, rules, _by(caller, Answer.ACCEPT, body), offer_id)


@router.post("/offers/{offer_id}/reject")
async def reject(
    offer_id: Id, tx: InTx, rules: RulesOf, caller: Authenticated, body: bodies.Reject
) -> views.OfferView:
    """No, with a coded reason: the next candidate is asked at once."""
    return await _answer(tx, rules, _by(caller, Answer.REJECT, body), offer_id)


@router.post("/offers/{offer_id}/ticket")
async def renew(offer_id: Id, tx: InTx, rules: RulesOf, caller: Authenticated) -> views.TicketView:
    """A fresh disclosure ticket for the case holder."""
    return views.TicketView(ticket=await answers.renew_ticket(tx, rules, caller, offer_id))


@router.post("/offers/{offer_id}/start")
async def start(offer_id: Id, tx: InTx, rules: RulesOf, caller: Authenticated) -> views.OfferView:
    """First contact, or she arrived."""
    return _view(rules, await casework.holder_act(tx, rules, caller, offer_id, acts.start), caller)


@router.post("/offers/{offer_id}/hold")
async def hold(
    offer_id: Id, tx: InTx, rules: RulesOf, caller: Authenticated, body: bodies.Hold
) -> views.OfferView:
    """Paused until a review date."""
    change = partial(acts.hold, reason=body.reason, review_at=body.review_at)
    return _view(rules, await casework.holder_act(tx, rules, caller, offer_id, change), caller)


@router.post("/offers/{offer_id}/resume")
async def resume(offer_id: Id, tx: InTx, rules: RulesOf, caller: Authenticated) -> views.OfferView:
    """As it was before the pause."""
    return _view(rules, await casework.holder_act(tx, rules, caller, offer_id, acts.resume), caller)


@router.post("/offers/{offer_id}/complete")
async def complete(
    offer_id: Id, tx: InTx, rules: RulesOf, caller: Authenticated, body: bodies.Complete
) -> views.OfferView:
    """Done, with a coded outcome."""
    change = partial(acts.complete, outcome=body.outcome)
    return _view(rules, await casework.holder_act(tx, rules, caller, offer_id, change), caller)


@router.post("/offers/{offer_id}/release")
async def release(offer_id: Id, tx: InTx, rules: RulesOf, caller: Authenticated) -> views.OfferView:
    """Undo of one's own yes, within two minutes."""
    found = await casework.holder_act(tx, rules, caller, offer_id, casework.undo(caller))
    return _view(rules, found, caller)


@router.post("/offers/{offer_id}/fail")
async def fail(
    offer_id: Id, tx: InTx, rules: RulesOf, caller: Authenticated, body: bodies.Fail
) -> views.OfferView:
    """It came to nothing: the ladder goes on. By the case holder, or by a coordinator."""
    return _view(rules, await casework.fail(tx, rules, caller, offer_id, body.reason), caller)


@router.post("/offers/{offer_id}/handover")
async def hand_over(
    offer_id: Id, tx: InTx, rules: RulesOf, caller: Authenticated, body: bodies.HandOver
) -> views.OfferView:
    """A colleague becomes the case holder. By the present one, or by a coordinator."""
    found = await casework.hand_over(tx, rules, caller, offer_id, body.to, body.reason)
    return _view(rules, found, caller)


@router.post("/offers/{offer_id}/cancel")
async def cancel(
    offer_id: Id, tx: InTx, rules: RulesOf, caller: Authenticated, body: bodies.Cancel
) -> views.OfferView:
    """A coordinator takes an open offer back; the ladder goes on."""
    change = partial(acts.cancel, reason=body.reason)
    return _view(rules, await casework.coordinator_act(tx, rules, caller, offer_id, change), caller)


@router.post("/offers/{offer_id}/void")
async def void_offer(
    offer_id: Id, tx: InTx, rules: RulesOf, caller: Authenticated, body: bodies.Void
) -> views.OfferView:
    """Entered in error."""
    change = partial(acts.void_offer, reason=body.reason)
    return _view(rules, await casework.coordinator_act(tx, rules, caller, offer_id, change), caller)


@router.get("/service-requests")
async def list_service_requests(
    tx: InTx,
    rules: RulesOf,
    caller: Authenticated,
    wanted: Annotated[bodies.Wanted, Query()],
) -> views.ServiceRequests:
    """Service requests of a coordinator's territories, newest first.

    With ``fulfilment=exhausted`` it is the waiting list: by risk, then time.
    """
    if not caller.has("coordinator"):
        raise Forbidden("this list is for coordinators")
    found = await requests.coordinated(
        tx,
        areas_of(rules.jurisdiction, caller),
        fulfilment=wanted.fulfilment,
        status=wanted.status,
        incident=wanted.incident,
        limit=wanted.limit,
    )
    shown = [_whole(rules, each) for each in found if may_see(rules.jurisdiction, each, caller)]
    return views.ServiceRequests(service_requests=shown)


@router.get("/service-requests/{service_request_id}")
async def show_service_request(
    service_request_id: Id, tx: InTx, rules: RulesOf, caller: Authenticated
) -> views.ServiceRequestView:
    """One service request with every decision that was taken for it, and why."""
    found = await find_request(tx, rules, caller, service_request_id)
    kept = await decisions.of_request(tx, found.id)
    return views.ServiceRequestView.of(found, rules.raion(found), kept)


@router.post("/service-requests/{service_request_id}/offers")
async def add_candidate(
    service_request_id: Id,
    tx: InTx,
    rules: RulesOf,
    caller: Authenticated,
    body: bodies.AddCandidate,
) -> views.ServiceRequestView:
    """A coordinator has one more service asked."""
    found = await casework.add_candidate(tx, rules, caller, service_request_id, body.service)
    return _whole(rules, found)


@router.post("/service-requests/{service_request_id}/void")
async def void_service_request(
    service_request_id: Id, tx: InTx, rules: RulesOf, caller: Authenticated, body: bodies.Void
) -> views.ServiceRequestView:
    """The whole service request was entered in error."""
    found = await casework.void_request(tx, rules, caller, service_request_id, body.reason)
    return _whole(rules, found)
