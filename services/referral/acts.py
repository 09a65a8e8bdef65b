"""What people do to a referral over HTTP: the same decisions as the bus, for a caller with a token.

Unknown, foreign and excluded look alike: `NotFound`. What came second hears who was first:
`Conflict` with ``first_at``, and ``first_by`` where it was a colleague.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.referral import store
from services.referral.model import care
from services.referral.model.answers import Judged, Said, judge, release
from services.referral.model.course import World
from services.referral.model.life import Party
from services.referral.model.values import HELD, Decision, Offer, ServiceRequest
from services.referral.rules import Desk, Rules
from shared.db import Tx
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.events import Act
from shared.events.words import Answer, CancelReason, Channel, FailReason, Judgement, RejectReason
from shared.exclusions import is_excluded
from shared.tokens import Caller, Ticket

REFUSALS = {
    Judgement.TAKEN: "somebody was first",
    Judgement.TOO_LATE: "the time for this answer is over",
    Judgement.CLOSED: "this offer is closed",
    Judgement.NOT_ALLOWED: "consent, conflict of interest or capacity no longer allow it",
}


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers how. ``on_behalf_of``: a coordinator enters what that person said on a call."""

    caller: Caller
    channel: Channel = Channel.API
    on_behalf_of: str | None = None
    claimed_at: datetime | None = None

    @property
    def person(self) -> str:
        """Whose answer it is."""
        return self.on_behalf_of or self.caller.staff_id

    def act(self, now: datetime) -> Act:
        """The act, received now."""
        return Act(
            received_at=now,
            claimed_at=self.claimed_at,
            actor=self.caller.staff_id,
            on_behalf_of=self.on_behalf_of,
            channel=self.channel,
        )


async def answer(
    tx: Tx,
    rules: Rules,
    by: Answering,
    offer_id: str,
    said: Answer,
    reason: RejectReason | None = None,
) -> tuple[ServiceRequest, Offer]:
    """Accept, reject or received; the aggregate and the offer after it. Repeating is harmless."""
    request, offer = await find(tx, by.caller, offer_id, coordinator=by.on_behalf_of is not None)
    desk = await Desk.of(tx, rules, request.service_type)
    judged = judge(request, offer, said, Said(by.person, tx.now), desk.world, reason)
    if judged.decision is not None:
        request = await desk.settle(judged.decision, by.act(tx.now))
    elif judged.judgement is not Judgement.ALREADY:
        raise _second(judged, by.caller)
    return request, _still(request, offer_id)


def _second(judged: Judged, caller: Caller) -> Conflict:
    detail = {"judgement": judged.judgement.value}
    first = judged.first
    if first is not None and first.answered_at is not None:
        detail["first_at"] = first.answered_at.isoformat()
        if first.organisation == caller.organisation and first.answered_by is not None:
            detail["first_by"] = first.answered_by
    return Conflict(REFUSALS.get(judged.judgement, "it cannot be done any more"), **detail)


def ticket(rules: Rules, request: ServiceRequest, offer: Offer, now: datetime) -> str | None:
    """The disclosure ticket of the case holder; none while nobody holds the offer."""
    if offer.status not in HELD or offer.person is None:
        return None
    granted = Ticket(
        incident_id=request.incident_id,
        need_id=request.need_id,
        service_request_id=request.id,
        offer_id=offer.id,
        organisation=offer.organisation,
        organisation_kind=offer.organisation_kind,
        staff_id=offer.person,
    )
    return rules.signer.ticket(granted, now)


async def renew_ticket(tx: Tx, rules: Rules, caller: Caller, offer_id: str) -> str:
    """A fresh ticket while the offer lives, for its case holder alone."""
    request, offer = await find(tx, caller, offer_id, lock=False)
    if offer.person != caller.staff_id:
        raise Forbidden("only the case holder may read the details")
    fresh = ticket(rules, request, offer, tx.now)
    if fresh is None:
        raise Conflict("nobody holds this offer", status=offer.status.value)
    return fresh


Change = Callable[[ServiceRequest, Offer, World], Decision]


async def provider_act(
    tx: Tx, rules: Rules, caller: Caller, offer_id: str, change: Change
) -> tuple[ServiceRequest, Offer]:
    """An act of the case holder's organisation after the yes: start, hold, resume, complete…"""
    request, offer = await find(tx, caller, offer_id)
    if offer.person is None:
        raise Conflict("nobody has accepted this offer", status=offer.status.value)
    return await _change(tx, rules, caller, request, offer, change)


async def coordinator_act(
    tx: Tx, rules: Rules, caller: Caller, offer_id: str, change: Change
) -> tuple[ServiceRequest, Offer]:
    """An act of a coordinator of the territory: cancel, fail, void."""
    request, offer = await find(tx, caller, offer_id, coordinator=True)
    return await _change(tx, rules, caller, request, offer, change)


async def _change(
    tx: Tx,
    rules: Rules,
    caller: Caller,
    request: ServiceRequest,
    offer: Offer,
    change: Change,
) -> tuple[ServiceRequest, Offer]:
    desk = await Desk.of(tx, rules, request.service_type)
    decision = change(request, offer, desk.world)
    request = await desk.settle(decision, Answering(caller).act(tx.now))
    return request, _still(request, offer.id)


def fail(reason: FailReason, by: Party) -> Change:
    """The change of `care.fail`."""
    return lambda request, offer, world: care.fail(request, offer, world, by=by, reason=reason)


def undo(caller: Caller) -> Change:
    """The change of `release`; `Conflict` when the two minutes are over."""

    def change(request: ServiceRequest, offer: Offer, world: World) -> Decision:
        decision = release(request, offer, Said(caller.staff_id, world.now), world)
        if decision is None:
            raise Conflict("a yes can be taken back by its giver, at once or not at all")
        return decision

    return change


def cancel(reason: CancelReason) -> Change:
    """The change of `care.cancel`."""
    return lambda request, offer, world: care.cancel(request, offer, world, reason=reason)


async def add_candidate(
    tx: Tx, rules: Rules, caller: Caller, service_request_id: str, service: str
) -> ServiceRequest:
    """A coordinator has a service asked now, whoever else is being asked.

    Consent, conflict and capacity bind a coordinator too; what matching left out for other
    reasons (area, hours, eligibility) is theirs to judge.
    """
    request = await find_request(tx, caller, service_request_id, lock=True)
    desk = await Desk.of(tx, rules, request.service_type)
    candidate = desk.world.match(request).by_hand(service)
    if candidate is None:
        raise Invalid("service", "cannot be asked: unknown, not permitted, excluded or full")
    decision = care.add_candidate(request, candidate, desk.world)
    return await desk.settle(decision, Answering(caller).act(tx.now))


async def void_request(
    tx: Tx, rules: Rules, caller: Caller, service_request_id: str, reason: str
) -> ServiceRequest:
    """The whole service request was entered in error."""
    request = await find_request(tx, caller, service_request_id, lock=True)
    desk = await Desk.of(tx, rules, request.service_type)
    decision = care.void_request(request, desk.world, reason=reason)
    return await desk.settle(decision, Answering(caller).act(tx.now))


def may_see(request: ServiceRequest, caller: Caller) -> bool:
    """The one function through which every reading goes: nobody excluded sees anything."""
    return not is_excluded(request.incident_id, caller.staff_id, request.excluded_staff)


def coordinates(request: ServiceRequest, caller: Caller) -> bool:
    """Whether the caller coordinates the territory of a request."""
    return caller.has("coordinator") and caller.covers(request.territory)


async def find(
    tx: Tx, caller: Caller, offer_id: str, *, coordinator: bool = False, lock: bool = True
) -> tuple[ServiceRequest, Offer]:
    """The offer for a caller who may act on it; else `NotFound`, whatever the reason."""
    request = await store.by_offer(tx, offer_id, lock=lock)
    offer = request.offer(offer_id) if request else None
    if request is None or offer is None or not may_see(request, caller):
        raise NotFound("no such offer")
    own = offer.organisation == caller.organisation and caller.has("worker", "coordinator")
    if not (coordinates(request, caller) if coordinator else own):
        raise NotFound("no such offer")
    return request, offer


async def find_request(
    tx: Tx, caller: Caller, service_request_id: str, *, lock: bool = False
) -> ServiceRequest:
    """The service request for a coordinator of its territory; else `NotFound`."""
    request = await store.by_id(tx, service_request_id, lock=lock)
    if request is None or not may_see(request, caller) or not coordinates(request, caller):
        raise NotFound("no such service request")
    return request


def _still(request: ServiceRequest, offer_id: str) -> Offer:
    offer = request.offer(offer_id)
    if offer is None:
        raise NotFound("no such offer")
    return offer
