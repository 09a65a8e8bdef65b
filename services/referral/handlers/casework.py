"""Casework: what a case holder does after the yes, and what a coordinator does.

Every act may be repeated: what is done already stays, and nothing is said twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.referral import metrics
from services.referral.deps import Deps
from services.referral.handlers.find import FoundOffer, find_offer, find_request
from services.referral.model import casework, closing
from services.referral.model.answers import Said, release
from services.referral.model.decision import Context
from services.referral.model.facts import Decision
from services.referral.model.lifecycle import Party
from services.referral.model.service_request import Offer, ServiceRequest
from services.referral.unit_of_work import UnitOfWork
from shared.db import Tx
from shared.errors import Forbidden, Invalid, NotFound
from shared.events import Act
from shared.events.words import Channel, CloseReason, FailReason
from shared.plausible import past
from shared.security.visibility import Viewer

Change = Callable[[ServiceRequest, Offer, Context], Decision | None]
"""An act on an offer; none when it is done already."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a case holder: their own, or what ``on_behalf_of`` said on a call, and when it was
    as they say."""

    change: Change
    on_behalf_of: str | None = None
    claimed_at: datetime | None = None


async def holder_act(
    tx: Tx, deps: Deps, viewer: Viewer, offer_id: str, change: Change
) -> FoundOffer:
    """An act of the case holder after the yes: start, hold, resume, complete, release."""
    found = await find_offer(tx, deps, viewer, offer_id, lock=True)
    if not found.held_by(viewer):
        raise Forbidden("only the case holder may do this")
    work = await UnitOfWork.of(tx, deps, loaded=[found.request])
    return await _change(work, _by(viewer, work), found, change)


async def holder_word(tx: Tx, deps: Deps, viewer: Viewer, offer_id: str, word: Word) -> FoundOffer:
    """On the way, or there: by the case holder, or for them by a coordinator or an operator of
    their desk. It counts from now; when they say it was is kept beside."""
    if word.on_behalf_of is None:
        return await holder_act(tx, deps, viewer, offer_id, word.change)
    found = await find_offer(tx, deps, viewer, offer_id, lock=True)
    if not found.may_enter:
        raise NotFound("no such offer")
    past("claimed_at", word.claimed_at, tx.now, casework.CLAIM_YEARS)
    work = await UnitOfWork.of(tx, deps, loaded=[found.request], people=[word.on_behalf_of])
    if not work.context(found.request).may_have(found.request, found.offer, word.on_behalf_of):
        raise Invalid("on_behalf_of", casework.NO_TAKER)
    if found.offer.person != word.on_behalf_of:
        raise Forbidden("only the case holder may do this")
    act = Act(
        received_at=tx.now,
        claimed_at=word.claimed_at,
        actor=viewer.staff_id,
        on_behalf_of=word.on_behalf_of,
        channel=Channel.DESK,
    )
    return await _change(work, act, found, word.change)


def on_the_telephone(_request: ServiceRequest, _offer: Offer, _context: Context) -> None:
    """The case holder is spoken with: a word that changes nothing, but that they take over."""


async def coordinator_act(
    tx: Tx, deps: Deps, viewer: Viewer, offer_id: str, change: Change
) -> FoundOffer:
    """An act of a coordinator of the territory: cancel, void."""
    found = await find_offer(tx, deps, viewer, offer_id, lock=True)
    if not found.coordinated:
        raise Forbidden("only a coordinator of the territory may do this")
    work = await UnitOfWork.of(tx, deps, loaded=[found.request])
    return await _change(work, _by(viewer, work), found, change)


async def fail(tx: Tx, deps: Deps, viewer: Viewer, offer_id: str, reason: FailReason) -> FoundOffer:
    """It came to nothing: by the case holder, or by a coordinator of the territory."""
    found = await find_offer(tx, deps, viewer, offer_id, lock=True)
    by = Party.PROVIDER if found.held_by(viewer) else Party.COORDINATOR

    def change(request: ServiceRequest, offer: Offer, context: Context) -> Decision | None:
        return casework.fail(request, offer, context, by=by, reason=reason)

    if by is Party.COORDINATOR and not found.coordinated:
        raise Forbidden("only the case holder or a coordinator may do this")
    work = await UnitOfWork.of(tx, deps, loaded=[found.request])
    return await _change(work, _by(viewer, work), found, change)


async def hand_over(
    tx: Tx, deps: Deps, viewer: Viewer, offer_id: str, to: str, reason: str
) -> FoundOffer:
    """Another person becomes the case holder: by the present one, or by a coordinator."""
    found = await find_offer(tx, deps, viewer, offer_id, lock=True)
    again = found.own and found.offer.person == to  # whoever said it first holds it no more
    if not (found.held_by(viewer) or found.coordinated or again):
        raise Forbidden("only the case holder or a coordinator may do this")

    def change(request: ServiceRequest, offer: Offer, context: Context) -> Decision | None:
        return casework.hand_over(request, offer, context, to=to, reason=reason)

    work = await UnitOfWork.of(tx, deps, loaded=[found.request], people=[to])
    return await _change(work, _by(viewer, work), found, change)


async def _change(work: UnitOfWork, act: Act, found: FoundOffer, change: Change) -> FoundOffer:
    context = work.context(found.request)
    decision = change(found.request, found.offer, context)
    if decision is None and found.offer.person == (act.on_behalf_of or act.actor):
        decision = casework.take_over(found.request, found.offer, context)
    if decision is None:
        return found
    return found.after(await _decided(work, decision, act))


async def taken_over(tx: Tx, deps: Deps, viewer: Viewer, found: FoundOffer) -> None:
    """The case holder shows that they know of it, if others gave it to them."""
    if found.offer.take_over_by is None or not found.held_by(viewer):
        return
    work = await UnitOfWork.of(tx, deps, loaded=[found.request])
    await _change(work, _by(viewer, work), found, casework.take_over)


def undo(viewer: Viewer) -> Change:
    """The change of `release`."""

    def change(request: ServiceRequest, offer: Offer, context: Context) -> Decision | None:
        return release(request, offer, Said(viewer.staff_id, context.now), context)

    return change


async def add_candidate(
    tx: Tx, deps: Deps, viewer: Viewer, service_request_id: str, service: str
) -> ServiceRequest:
    """A coordinator has a service asked now, whoever else is being asked.

    Consent, conflict and capacity bind a coordinator too; what matching left out for other
    reasons (area, hours, eligibility) is theirs to judge.
    """
    request = await find_request(tx, deps, viewer, service_request_id, lock=True)
    if request.asks(service):
        return request
    work = await UnitOfWork.of(tx, deps, loaded=[request])
    context = work.context(request)
    candidate = context.match(request).by_hand(service)
    if candidate is None:
        raise Invalid("service", "cannot be asked: unknown, not permitted, excluded or full")
    decision = casework.add_candidate(request, candidate, context)
    return await _decided(work, decision, _by(viewer, work))


async def void_request(
    tx: Tx, deps: Deps, viewer: Viewer, service_request_id: str, reason: str
) -> ServiceRequest:
    """The whole service request was entered in error."""
    request = await find_request(tx, deps, viewer, service_request_id, lock=True)
    work = await UnitOfWork.of(tx, deps, loaded=[request])
    decision = casework.void_request(request, work.context(request), reason=reason)
    return request if decision is None else await _decided(work, decision, _by(viewer, work))


async def close_request(
    tx: Tx, deps: Deps, viewer: Viewer, service_request_id: str, reason: CloseReason
) -> ServiceRequest:
    """Nobody can help, or it was helped otherwise: counted, whatever became of it."""
    request = await find_request(tx, deps, viewer, service_request_id, lock=True)
    work = await UnitOfWork.of(tx, deps, loaded=[request])
    decision = closing.close(request, work.context(request), reason=reason)
    if decision is None:
        return request
    metrics.CLOSED_REQUESTS.labels(reason, reason.unmet).inc()
    return await _decided(work, decision, _by(viewer, work))


async def open_again(tx: Tx, deps: Deps, viewer: Viewer, service_request_id: str) -> ServiceRequest:
    """What was closed is referred again."""
    request = await find_request(tx, deps, viewer, service_request_id, lock=True)
    work = await UnitOfWork.of(tx, deps, loaded=[request])
    decision = closing.open_again(request, work.context(request))
    return request if decision is None else await _decided(work, decision, _by(viewer, work))


def _by(viewer: Viewer, work: UnitOfWork) -> Act:
    """The viewer's own act, now."""
    return Act(received_at=work.tx.now, actor=viewer.staff_id, channel=Channel.API)


async def _decided(work: UnitOfWork, decision: Decision, act: Act) -> ServiceRequest:
    """The service request as the act left it, saved."""
    request = work.settle(decision, act)
    await work.save()
    return request
