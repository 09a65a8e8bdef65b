"""What people do to a referral over HTTP: the same decisions as the bus, for a caller with a token.

Unknown, foreign and excluded look alike: `NotFound`. What came second hears who was first:
`Conflict` with ``first_at``, and ``first_by`` where it was a colleague. Every act may be repeated.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.referral.deps import Rules
from services.referral.model import casework
from services.referral.model.answers import Judged, Said, judge, release
from services.referral.model.decision import World
from services.referral.model.lifecycle import Party
from services.referral.model.service_request import HELD, Decision, Offer, ServiceRequest
from services.referral.store import requests
from services.referral.unit_of_work import Desk
from services.referral.visibility import act_as_system, coordinates, may_see
from shared.db import Tx
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.events import Act
from shared.events.words import Answer, Channel, FailReason, Judgement, RejectReason
from shared.security.tokens import Caller, Ticket

OLDEST_CLAIM = timedelta(days=366)
SKEW = timedelta(minutes=5)
"""A client's clock may run ahead of ours by this much; more is a mistake."""
REFUSALS = {
    Judgement.TAKEN: "somebody was first",
    Judgement.TOO_LATE: "the time for this answer is over",
    Judgement.CLOSED: "this offer is closed",
    Judgement.NOT_ALLOWED: "consent, conflict of interest or capacity no longer allow it",
}


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers what. ``on_behalf_of``: a coordinator enters what that person said on a call."""

    caller: Caller
    said: Answer
    reason: RejectReason | None = None
    channel: Channel = Channel.API
    on_behalf_of: str | None = None
    claimed_at: datetime | None = None

    @property
    def person(self) -> str:
        """Whose answer it is."""
        return self.on_behalf_of or self.caller.staff_id

    def check_claim(self, now: datetime) -> None:
        """Raises `Invalid` for a claimed time that has not come, or that lies far back."""
        claimed = self.claimed_at
        if claimed is not None and not now - OLDEST_CLAIM <= claimed <= now + SKEW:
            raise Invalid("claimed_at", "must be in the past, and within a year")

    def act(self, now: datetime) -> Act:
        """The act, received now."""
        return Act(
            received_at=now,
            claimed_at=self.claimed_at,
            actor=self.caller.staff_id,
            on_behalf_of=self.on_behalf_of,
            channel=self.channel,
        )


@dataclass(frozen=True, slots=True)
class Found:
    """An offer that the caller may know of. ``own``: it was made to the caller's organisation.

    ``coordinated``: the caller coordinates the territory. At least one of the two holds.
    """

    request: ServiceRequest
    offer: Offer
    own: bool
    coordinated: bool


Change = Callable[[ServiceRequest, Offer, World], Decision | None]
"""An act on an offer; none when it is done already."""


async def answer(tx: Tx, rules: Rules, by: Answering, offer_id: str) -> Found:
    """Accept, reject or received; the offer after it."""
    found = await find(tx, rules, by.caller, offer_id, lock=True)
    if not (found.own if by.on_behalf_of is None else found.coordinated):
        raise NotFound("no such offer")
    by.check_claim(tx.now)
    desk = await Desk.of(tx, rules, loaded=[found.request])
    words = Said(by.person, tx.now)
    world = desk.world(found.request)
    judged = judge(found.request, found.offer, by.said, words, world, by.reason)
    if judged.decision is not None:
        return _after(found, await _done(desk, judged.decision, by.act(tx.now)))
    if judged.judgement is not Judgement.ALREADY:
        raise _second(judged, by.caller)
    return found


def _second(judged: Judged, caller: Caller) -> Conflict:
    detail = {"judgement": judged.judgement.value}
    first = judged.first
    if first is not None and first.answered_at is not None:
        detail["first_at"] = first.answered_at.isoformat()
        if first.organisation == caller.organisation and first.answered_by is not None:
            detail["first_by"] = first.answered_by
    return Conflict(REFUSALS.get(judged.judgement, "it cannot be done any more"), **detail)


def ticket(rules: Rules, found: Found, caller: Caller, now: datetime) -> str | None:
    """The disclosure ticket, for the case holder; none while the caller does not hold the offer."""
    request, offer = found.request, found.offer
    if offer.status not in HELD or offer.person != caller.staff_id:
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
    found = await find(tx, rules, caller, offer_id)
    if found.offer.person != caller.staff_id or not found.own:
        raise Forbidden("only the case holder may read the details")
    fresh = ticket(rules, found, caller, tx.now)
    if fresh is None:
        raise Conflict("nobody holds this offer", status=found.offer.status.value)
    return fresh


async def holder_act(tx: Tx, rules: Rules, caller: Caller, offer_id: str, change: Change) -> Found:
    """An act of the case holder after the yes: start, hold, resume, complete, release."""
    found = await find(tx, rules, caller, offer_id, lock=True)
    if not _holds(found, caller):
        raise Forbidden("only the case holder may do this")
    return await _change(tx, rules, caller, found, change)


async def coordinator_act(
    tx: Tx, rules: Rules, caller: Caller, offer_id: str, change: Change
) -> Found:
    """An act of a coordinator of the territory: cancel, void."""
    found = await find(tx, rules, caller, offer_id, lock=True)
    if not found.coordinated:
        raise Forbidden("only a coordinator of the territory may do this")
    return await _change(tx, rules, caller, found, change)


async def fail(tx: Tx, rules: Rules, caller: Caller, offer_id: str, reason: FailReason) -> Found:
    """It came to nothing: by the case holder, or by a coordinator of the territory."""
    found = await find(tx, rules, caller, offer_id, lock=True)
    by = Party.PROVIDER if _holds(found, caller) else Party.COORDINATOR

    def change(request: ServiceRequest, offer: Offer, world: World) -> Decision | None:
        return casework.fail(request, offer, world, by=by, reason=reason)

    if by is Party.COORDINATOR and not found.coordinated:
        raise Forbidden("only the case holder or a coordinator may do this")
    return await _change(tx, rules, caller, found, change)


async def hand_over(
    tx: Tx, rules: Rules, caller: Caller, offer_id: str, to: str, reason: str
) -> Found:
    """Another person becomes the case holder: by the present one, or by a coordinator."""
    found = await find(tx, rules, caller, offer_id, lock=True)
    again = found.own and found.offer.person == to  # whoever said it first holds it no more
    if not (_holds(found, caller) or found.coordinated or again):
        raise Forbidden("only the case holder or a coordinator may do this")

    def change(request: ServiceRequest, offer: Offer, world: World) -> Decision | None:
        return casework.hand_over(request, offer, world, to=to, reason=reason)

    return await _change(tx, rules, caller, found, change)


async def _change(tx: Tx, rules: Rules, caller: Caller, found: Found, change: Change) -> Found:
    desk = await Desk.of(tx, rules, loaded=[found.request])
    decision = change(found.request, found.offer, desk.world(found.request))
    if decision is None:
        return found
    return _after(found, await _done(desk, decision, _act(tx, caller)))


def undo(caller: Caller) -> Change:
    """The change of `release`."""

    def change(request: ServiceRequest, offer: Offer, world: World) -> Decision | None:
        return release(request, offer, Said(caller.staff_id, world.now), world)

    return change


async def add_candidate(
    tx: Tx, rules: Rules, caller: Caller, service_request_id: str, service: str
) -> ServiceRequest:
    """A coordinator has a service asked now, whoever else is being asked.

    Consent, conflict and capacity bind a coordinator too; what matching left out for other
    reasons (area, hours, eligibility) is theirs to judge.
    """
    request = await find_request(tx, rules, caller, service_request_id, lock=True)
    if request.asks(service):
        return request
    desk = await Desk.of(tx, rules, loaded=[request])
    world = desk.world(request)
    candidate = world.match(request).by_hand(service)
    if candidate is None:
        raise Invalid("service", "cannot be asked: unknown, not permitted, excluded or full")
    return await _done(desk, casework.add_candidate(request, candidate, world), _act(tx, caller))


async def void_request(
    tx: Tx, rules: Rules, caller: Caller, service_request_id: str, reason: str
) -> ServiceRequest:
    """The whole service request was entered in error."""
    request = await find_request(tx, rules, caller, service_request_id, lock=True)
    desk = await Desk.of(tx, rules, loaded=[request])
    decision = casework.void_request(request, desk.world(request), reason=reason)
    return request if decision is None else await _done(desk, decision, _act(tx, caller))


async def find(tx: Tx, rules: Rules, caller: Caller, offer_id: str, *, lock: bool = False) -> Found:
    """The offer for a caller who may know of it; else `NotFound`, whatever the reason.

    With ``lock`` the aggregate is whole and may be acted on; without, it is what the caller sees.
    """
    request_id = await requests.id_of_offer(tx, offer_id)
    if request_id is None:
        raise NotFound("no such offer")
    if lock:
        await act_as_system(tx)
    request = await requests.by_id(tx, request_id, lock=lock)
    offer = request.offer(offer_id) if request else None
    if request is None or offer is None or not may_see(rules.jurisdiction, request, caller):
        raise NotFound("no such offer")
    own = offer.organisation == caller.organisation
    coordinated = coordinates(rules.jurisdiction, request, caller)
    if not own and not coordinated:
        raise NotFound("no such offer")
    return Found(request, offer, own, coordinated)


async def find_request(
    tx: Tx, rules: Rules, caller: Caller, service_request_id: str, *, lock: bool = False
) -> ServiceRequest:
    """The service request for a coordinator of its territory; else `NotFound`."""
    request = await requests.by_id(tx, service_request_id)
    if request is not None and lock:
        await act_as_system(tx)
        request = await requests.by_id(tx, service_request_id, lock=True)
    if request is None or not may_see(rules.jurisdiction, request, caller):
        raise NotFound("no such service request")
    if not coordinates(rules.jurisdiction, request, caller):
        raise NotFound("no such service request")
    return request


async def _done(desk: Desk, decision: Decision, act: Act) -> ServiceRequest:
    """What one act decided, saved."""
    request = desk.settle(decision, act)
    await desk.save()
    return request


def _holds(found: Found, caller: Caller) -> bool:
    return found.own and found.offer.person == caller.staff_id


def _act(tx: Tx, caller: Caller) -> Act:
    return Act(received_at=tx.now, actor=caller.staff_id, channel=Channel.API)


def _after(found: Found, request: ServiceRequest) -> Found:
    """The same offer in the aggregate as it is now."""
    offer = request.offer(found.offer.id)
    if offer is None:
        raise LookupError(f"the offer {found.offer.id} is gone")
    return Found(request, offer, found.own, found.coordinated)
