"""Casework: what a case holder does after the yes, and what a coordinator does.

Every act may be repeated: what is done already stays, and nothing is said twice.
"""

from collections.abc import Callable

from services.referral.deps import Rules
from services.referral.handlers.find import FoundOffer, find_offer, find_request
from services.referral.model import casework
from services.referral.model.answers import Said, release
from services.referral.model.decision import World
from services.referral.model.facts import Decision
from services.referral.model.lifecycle import Party
from services.referral.model.service_request import Offer, ServiceRequest
from services.referral.unit_of_work import Desk
from shared.db import Tx
from shared.errors import Forbidden, Invalid
from shared.events import Act
from shared.events.words import Channel, FailReason
from shared.security.tokens import Caller

Change = Callable[[ServiceRequest, Offer, World], Decision | None]
"""An act on an offer; none when it is done already."""


async def holder_act(
    tx: Tx, rules: Rules, caller: Caller, offer_id: str, change: Change
) -> FoundOffer:
    """An act of the case holder after the yes: start, hold, resume, complete, release."""
    found = await find_offer(tx, rules, caller, offer_id, lock=True)
    if not found.held_by(caller):
        raise Forbidden("only the case holder may do this")
    return await _change(tx, rules, caller, found, change)


async def coordinator_act(
    tx: Tx, rules: Rules, caller: Caller, offer_id: str, change: Change
) -> FoundOffer:
    """An act of a coordinator of the territory: cancel, void."""
    found = await find_offer(tx, rules, caller, offer_id, lock=True)
    if not found.coordinated:
        raise Forbidden("only a coordinator of the territory may do this")
    return await _change(tx, rules, caller, found, change)


async def fail(
    tx: Tx, rules: Rules, caller: Caller, offer_id: str, reason: FailReason
) -> FoundOffer:
    """It came to nothing: by the case holder, or by a coordinator of the territory."""
    found = await find_offer(tx, rules, caller, offer_id, lock=True)
    by = Party.PROVIDER if found.held_by(caller) else Party.COORDINATOR

    def change(request: ServiceRequest, offer: Offer, world: World) -> Decision | None:
        return casework.fail(request, offer, world, by=by, reason=reason)

    if by is Party.COORDINATOR and not found.coordinated:
        raise Forbidden("only the case holder or a coordinator may do this")
    return await _change(tx, rules, caller, found, change)


async def hand_over(
    tx: Tx, rules: Rules, caller: Caller, offer_id: str, to: str, reason: str
) -> FoundOffer:
    """Another person becomes the case holder: by the present one, or by a coordinator."""
    found = await find_offer(tx, rules, caller, offer_id, lock=True)
    again = found.own and found.offer.person == to  # whoever said it first holds it no more
    if not (found.held_by(caller) or found.coordinated or again):
        raise Forbidden("only the case holder or a coordinator may do this")

    def change(request: ServiceRequest, offer: Offer, world: World) -> Decision | None:
        return casework.hand_over(request, offer, world, to=to, reason=reason)

    return await _change(tx, rules, caller, found, change)


async def _change(
    tx: Tx, rules: Rules, caller: Caller, found: FoundOffer, change: Change
) -> FoundOffer:
    desk = await Desk.of(tx, rules, loaded=[found.request])
    decision = change(found.request, found.offer, desk.world(found.request))
    if decision is None:
        return found
    return found.after(await _decided(desk, decision, caller))


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
    return await _decided(desk, casework.add_candidate(request, candidate, world), caller)


async def void_request(
    tx: Tx, rules: Rules, caller: Caller, service_request_id: str, reason: str
) -> ServiceRequest:
    """The whole service request was entered in error."""
    request = await find_request(tx, rules, caller, service_request_id, lock=True)
    desk = await Desk.of(tx, rules, loaded=[request])
    decision = casework.void_request(request, desk.world(request), reason=reason)
    return request if decision is None else await _decided(desk, decision, caller)


async def _decided(desk: Desk, decision: Decision, caller: Caller) -> ServiceRequest:
    """The service request as the caller's act left it, saved."""
    act = Act(received_at=desk.tx.now, actor=caller.staff_id, channel=Channel.API)
    request = desk.settle(decision, act)
    await desk.save()
    return request
