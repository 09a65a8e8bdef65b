"""Referral over HTTP: parse, hand on, answer. No rule and no SQL stands here."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from services.referral import acts, store, views
from services.referral.acts import Answering, Change
from services.referral.model import care
from services.referral.model.life import Party
from services.referral.model.values import HELD, OPEN, Offer, ServiceRequest
from services.referral.rules import Rules
from shared.db import Tx
from shared.errors import Forbidden
from shared.events.words import Answer, Channel, Fulfilment, RejectReason, ServiceRequestStatus
from shared.web import Authenticated, Db

router = APIRouter()
MOST = 200


def rules_of(request: Request) -> Rules:
    """What this process decides by."""
    rules: Rules = request.app.state.rules
    return rules


async def transaction(caller: Authenticated, db: Db) -> AsyncIterator[Tx]:
    """One transaction a request; it commits before the answer is sent."""
    async with db.transaction(actor=caller.staff_id) as tx:
        yield tx


RulesOf = Annotated[Rules, Depends(rules_of)]
InTx = Annotated[Tx, Depends(transaction, scope="function")]


def _view(
    rules: Rules, found: tuple[ServiceRequest, Offer], ticket: str | None = None
) -> views.OfferView:
    request, offer = found
    return views.OfferView.of(request, offer, _raion(rules, request), ticket)


def _raion(rules: Rules, request: ServiceRequest) -> str:
    return rules.jurisdiction.territories.raion_of(request.territory).code


@router.get("/queue")
async def queue(tx: InTx, rules: RulesOf, caller: Authenticated) -> views.Queue:
    """Open offers to the caller's organisation, and what it holds; most urgent first."""
    if not caller.has("worker", "coordinator"):
        raise Forbidden("the queue is for an organisation's workers")
    found = await store.queue(tx, caller.organisation, OPEN | HELD, MOST)
    pairs = [
        (request, offer)
        for request in found
        if acts.may_see(request, caller)
        for offer in request.offers
        if offer.organisation == caller.organisation and offer.status in OPEN | HELD
    ]
    pairs.sort(key=lambda pair: (pair[1].status in HELD, pair[0].urgency.rank, pair[1].answer_by))
    return views.Queue(offers=[_view(rules, pair) for pair in pairs])


@router.get("/offers/{offer_id}")
async def show_offer(
    offer_id: str, tx: InTx, rules: RulesOf, caller: Authenticated
) -> views.OfferView:
    """One offer to the caller's organisation."""
    return _view(rules, await acts.find(tx, caller, offer_id, lock=False))


async def _answer(  # noqa: PLR0913, PLR0917 - what three routes share
    tx: Tx,
    rules: Rules,
    caller: Authenticated,
    offer_id: str,
    said: Answer,
    body: views.ByDesk,
    reason: RejectReason | None = None,
) -> views.OfferView:
    channel = Channel.DESK if body.on_behalf_of else Channel.API
    by = Answering(caller, channel, body.on_behalf_of, body.claimed_at)
    request, offer = await acts.answer(tx, rules, by, offer_id, said, reason)
    mine = offer.person == caller.staff_id
    ticket = acts.ticket(rules, request, offer, tx.now) if mine else None
    return _view(rules, (request, offer), ticket)


@router.post("/offers/{offer_id}/received")
async def receive(
    offer_id: str, tx: InTx, rules: RulesOf, caller: Authenticated, body: views.ByDesk
) -> views.OfferView:
    """Seen, not decided: the ladder waits for the decision."""
    return await _answer(tx, rules, caller, offer_id, Answer.RECEIVED, body)


@router.post("/offers/{offer_id}/accept")
async def accept(
    offer_id: str, tx: InTx, rules: RulesOf, caller: Authenticated, body: views.ByDesk
) -> views.OfferView:
    """Yes. The first one stands; its giver gets a disclosure ticket."""
    return await _answer(tx, rules, caller, offer_id, Answer.ACCEPT, body)


@router.post("/offers/{offer_id}/reject")
async def reject(
    offer_id: str, tx: InTx, rules: RulesOf, caller: Authenticated, body: views.Reject
) -> views.OfferView:
    """No, with a coded reason: the next candidate is asked at once."""
    return await _answer(tx, rules, caller, offer_id, Answer.REJECT, body, body.reason)


@router.post("/offers/{offer_id}/ticket")
async def renew(offer_id: str, tx: InTx, rules: RulesOf, caller: Authenticated) -> views.TicketView:
    """A fresh disclosure ticket for the case holder."""
    return views.TicketView(ticket=await acts.renew_ticket(tx, rules, caller, offer_id))


@router.post("/offers/{offer_id}/start")
async def start(offer_id: str, tx: InTx, rules: RulesOf, caller: Authenticated) -> views.OfferView:
    """First contact, or she arrived."""
    return _view(rules, await acts.provider_act(tx, rules, caller, offer_id, care.start))


@router.post("/offers/{offer_id}/hold")
async def hold(
    offer_id: str, tx: InTx, rules: RulesOf, caller: Authenticated, body: views.Hold
) -> views.OfferView:
    """Paused until a review date."""
    change: Change = partial(care.hold, reason=body.reason, review_at=body.review_at)
    return _view(rules, await acts.provider_act(tx, rules, caller, offer_id, change))


@router.post("/offers/{offer_id}/resume")
async def resume(offer_id: str, tx: InTx, rules: RulesOf, caller: Authenticated) -> views.OfferView:
    """As it was before the pause."""
    return _view(rules, await acts.provider_act(tx, rules, caller, offer_id, care.resume))


@router.post("/offers/{offer_id}/complete")
async def complete(
    offer_id: str, tx: InTx, rules: RulesOf, caller: Authenticated, body: views.Complete
) -> views.OfferView:
    """Done, with a coded outcome."""
    change: Change = partial(care.complete, outcome=body.outcome)
    return _view(rules, await acts.provider_act(tx, rules, caller, offer_id, change))


@router.post("/offers/{offer_id}/fail")
async def fail(
    offer_id: str, tx: InTx, rules: RulesOf, caller: Authenticated, body: views.Fail
) -> views.OfferView:
    """It came to nothing: the ladder goes on. By the holder, or by a coordinator."""
    act = acts.coordinator_act if caller.has("coordinator") else acts.provider_act
    by = Party.COORDINATOR if caller.has("coordinator") else Party.PROVIDER
    return _view(rules, await act(tx, rules, caller, offer_id, acts.fail(body.reason, by)))


@router.post("/offers/{offer_id}/release")
async def release(
    offer_id: str, tx: InTx, rules: RulesOf, caller: Authenticated
) -> views.OfferView:
    """Undo of one's own yes, within two minutes."""
    return _view(rules, await acts.provider_act(tx, rules, caller, offer_id, acts.undo(caller)))


@router.post("/offers/{offer_id}/handover")
async def hand_over(
    offer_id: str, tx: InTx, rules: RulesOf, caller: Authenticated, body: views.HandOver
) -> views.OfferView:
    """A colleague becomes the case holder."""
    change: Change = partial(care.hand_over, to=body.to, reason=body.reason)
    return _view(rules, await acts.provider_act(tx, rules, caller, offer_id, change))


@router.post("/offers/{offer_id}/cancel")
async def cancel(
    offer_id: str, tx: InTx, rules: RulesOf, caller: Authenticated, body: views.Cancel
) -> views.OfferView:
    """A coordinator takes an open offer back; the ladder goes on."""
    change = acts.cancel(body.reason)
    return _view(rules, await acts.coordinator_act(tx, rules, caller, offer_id, change))


@router.post("/offers/{offer_id}/void")
async def void_offer(
    offer_id: str, tx: InTx, rules: RulesOf, caller: Authenticated, body: views.Void
) -> views.OfferView:
    """Entered in error."""
    change: Change = partial(care.void_offer, reason=body.reason)
    return _view(rules, await acts.coordinator_act(tx, rules, caller, offer_id, change))


@router.get("/service-requests")
async def list_service_requests(
    tx: InTx,
    rules: RulesOf,
    caller: Authenticated,
    fulfilment: Fulfilment | None = None,
    status: ServiceRequestStatus | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> views.ServiceRequests:
    """Service requests of a coordinator's territories."""
    if not caller.has("coordinator"):
        raise Forbidden("this list is for coordinators")
    prefixes = [prefix.rstrip("0") for prefix in caller.territories]
    found = await store.coordinated(tx, prefixes, fulfilment, status, limit)
    shown = [each for each in found if acts.may_see(each, caller)]
    return views.ServiceRequests(
        service_requests=[views.ServiceRequestView.of(each, _raion(rules, each)) for each in shown]
    )


@router.get("/service-requests/{service_request_id}")
async def show_service_request(
    service_request_id: str, tx: InTx, rules: RulesOf, caller: Authenticated
) -> views.ServiceRequestView:
    """One service request with every decision that was taken for it, and why."""
    found = await acts.find_request(tx, caller, service_request_id)
    decisions = await store.decisions(tx, found.id)
    return views.ServiceRequestView.of(found, _raion(rules, found), decisions)


@router.post("/service-requests/{service_request_id}/offers")
async def add_candidate(
    service_request_id: str,
    tx: InTx,
    rules: RulesOf,
    caller: Authenticated,
    body: views.AddCandidate,
) -> views.ServiceRequestView:
    """A coordinator has one more service asked."""
    found = await acts.add_candidate(tx, rules, caller, service_request_id, body.service)
    return views.ServiceRequestView.of(found, _raion(rules, found))


@router.post("/service-requests/{service_request_id}/void")
async def void_service_request(
    service_request_id: str, tx: InTx, rules: RulesOf, caller: Authenticated, body: views.Void
) -> views.ServiceRequestView:
    """The whole service request was entered in error."""
    found = await acts.void_request(tx, rules, caller, service_request_id, body.reason)
    return views.ServiceRequestView.of(found, _raion(rules, found))
