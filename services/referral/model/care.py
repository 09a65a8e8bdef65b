"""What happens after a yes, and what coordinators may do to a referral."""

from dataclasses import replace
from datetime import datetime

from services.referral.model.course import Course, World
from services.referral.model.ladder import ask, climb
from services.referral.model.life import Party
from services.referral.model.matching import Candidate
from services.referral.model.values import HELD, OPEN, Decision, Moved, Offer, ServiceRequest
from shared.errors import Conflict, Invalid
from shared.events.words import CancelReason, FailReason, OfferStatus, ServiceRequestStatus


def start(request: ServiceRequest, offer: Offer, world: World) -> Decision:
    """First contact, or she arrived: T_contact stops."""
    course = Course(request, world)
    course.move(offer, OfferStatus.IN_PROGRESS, Party.PROVIDER)
    course.settle()
    return course.decision()


def hold(
    request: ServiceRequest, offer: Offer, world: World, *, reason: str, review_at: datetime
) -> Decision:
    """Paused until a review date; passing it without an act is an escalation."""
    if review_at <= world.now:
        raise Invalid("review_at", "must be in the future")
    course = Course(request, world)
    course.move(
        offer,
        OfferStatus.ON_HOLD,
        Party.PROVIDER,
        reason=reason,
        before_hold=offer.status,
        deadline=review_at,
        overdue=False,
    )
    course.settle()
    return course.decision()


def resume(request: ServiceRequest, offer: Offer, world: World) -> Decision:
    """As it was before the pause; a contact still owed is owed from now."""
    if offer.before_hold is None or offer.status is not OfferStatus.ON_HOLD:
        raise Conflict("the offer is not on hold", status=offer.status.value)
    course = Course(request, world)
    owed = offer.before_hold is OfferStatus.ACCEPTED
    course.move(
        offer,
        offer.before_hold,
        Party.PROVIDER,
        before_hold=None,
        overdue=False,
        deadline=world.after(world.now, request.policy.contact) if owed else None,
    )
    course.settle()
    return course.decision()


def complete(request: ServiceRequest, offer: Offer, world: World, *, outcome: str) -> Decision:
    """Done, with a coded outcome; unconfirmed until the survivor or a second person says so."""
    course = Course(request, world)
    course.move(offer, OfferStatus.COMPLETED, Party.PROVIDER, outcome=outcome)
    course.progress(status=ServiceRequestStatus.COMPLETED)
    return course.decision()


def fail(
    request: ServiceRequest, offer: Offer, world: World, *, by: Party, reason: FailReason
) -> Decision:
    """It came to nothing: back to offering, one further up the ladder."""
    course = Course(request, world)
    course.move(offer, OfferStatus.FAILED, by, reason=reason)
    climb(course)
    return course.decision()


def cancel(
    request: ServiceRequest, offer: Offer, world: World, *, reason: CancelReason
) -> Decision:
    """A coordinator takes an open offer back; the ladder goes on."""
    course = Course(request, world)
    course.move(offer, OfferStatus.CANCELLED, Party.COORDINATOR, reason=reason)
    climb(course)
    return course.decision()


def void_offer(request: ServiceRequest, offer: Offer, world: World, *, reason: str) -> Decision:
    """Entered in error: it stays on record as such, and the ladder goes on."""
    course = Course(request, world)
    course.move(offer, OfferStatus.ENTERED_IN_ERROR, Party.COORDINATOR, reason=reason)
    climb(course)
    return course.decision()


def void_request(request: ServiceRequest, world: World, *, reason: str) -> Decision:
    """The whole service request was entered in error, and every offer of it that lives."""
    if request.status is ServiceRequestStatus.ENTERED_IN_ERROR:
        raise Conflict("it is entered in error already", status=request.status.value)
    course = Course(request, world)
    for offer in request.offers:
        if offer.status in OPEN | HELD:
            course.move(offer, OfferStatus.ENTERED_IN_ERROR, Party.COORDINATOR, reason=reason)
    course.progress(status=ServiceRequestStatus.ENTERED_IN_ERROR, reason=reason)
    return course.decision()


def hand_over(
    request: ServiceRequest, offer: Offer, world: World, *, to: str, reason: str
) -> Decision:
    """Another person of the same organisation becomes the case holder: an act with a reason."""
    if offer.status not in HELD:
        raise Conflict("nobody holds this offer", status=offer.status.value)
    course = Course(request, world)
    handed = course.put(replace(offer, person=to))
    course.say(Moved(handed, offer.status, reason))
    return course.decision()


def add_candidate(request: ServiceRequest, candidate: Candidate, world: World) -> Decision:
    """A coordinator has somebody asked beside whoever is being asked; the ladder goes on."""
    if request.status is not ServiceRequestStatus.ACTIVE:
        raise Conflict("the service request is not active", status=request.status.value)
    if request.holder is not None:
        raise Conflict("somebody has accepted it", status=request.fulfilment.value)
    if any(offer.service == candidate.service for offer in request.open_offers):
        raise Conflict("this service is being asked now", status=request.fulfilment.value)
    course = Course(request, world)
    ask(course, candidate)
    course.settle()
    return course.decision()
