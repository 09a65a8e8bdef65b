"""What time does: a silent offer expires, a contact or a review is overdue, a tier is added."""

from services.referral.model.decision import Course, World
from services.referral.model.facts import Decision
from services.referral.model.ladder import NO_ALERTS, climb, next_tier, tell_of_silence
from services.referral.model.lifecycle import Party
from services.referral.model.service_request import Offer, ServiceRequest
from shared.events.words import OPEN, FailReason, OfferStatus

CONTACT_OVERDUE = "notice-contact-overdue"
REVIEW_OVERDUE = "notice-review-overdue"


def tick(request: ServiceRequest, world: World) -> Decision | None:
    """Everything that is due at ``world.now``; none when nothing is. Never before its time."""
    course = Course(request, world)
    due = [offer for offer in request.offers if _due(offer, world)]
    for offer in due:
        if offer.deadline is not None and offer.deadline <= world.now:
            _overdue(course, offer)
        else:
            next_tier(course, offer)
    if not due:
        return None
    climb(course)
    return course.decision()


def _due(offer: Offer, world: World) -> bool:
    times = (offer.deadline, offer.next_tier_at)
    return any(time is not None and time <= world.now for time in times)


def _overdue(course: Course, offer: Offer) -> None:
    if offer.status in OPEN:
        _expire(course, offer)
    elif offer.status is OfferStatus.ACCEPTED:
        course.notice(CONTACT_OVERDUE, offer.id)
        course.move(offer, OfferStatus.FAILED, Party.CLOCK, reason=FailReason.NO_CONTACT)
    elif offer.status is OfferStatus.ON_HOLD:
        _review(course, offer)


def _expire(course: Course, offer: Offer) -> None:
    course.move(offer, OfferStatus.EXPIRED, Party.CLOCK)
    if offer.told:
        tell_of_silence(course)
        return
    # nobody heard of it: not the provider's silence, and somebody must know that alerts do not go
    course.pass_over(offer.service)
    course.notice(NO_ALERTS, offer.id)


def _review(course: Course, offer: Offer) -> None:
    """First a human hears of it and T_contact more is given; then it has failed."""
    if offer.overdue:
        course.move(offer, OfferStatus.FAILED, Party.CLOCK, reason=FailReason.REVIEW_OVERDUE)
        return
    course.notice(REVIEW_OVERDUE, f"{offer.id}.{offer.deadline:%Y%m%d%H%M}")
    grace = course.world.after(course.world.now, course.request.policy.contact)
    course.amend(offer, overdue=True, deadline=grace)
