"""Timeouts: a silent offer expires, a tier is added; a contact, review or new holder is overdue."""

from datetime import datetime

from services.referral.model.decision import Context, DecisionBuilder
from services.referral.model.facts import Decision, Moved
from services.referral.model.ladder import NO_ALERTS, climb, next_tier, tell_of_silence
from services.referral.model.lifecycle import Party
from services.referral.model.service_request import Offer, ServiceRequest
from shared.events.words import CONTACT_DUE, OPEN, FailReason, OfferStatus

CONTACT_OVERDUE = "notice-contact-overdue"
REVIEW_OVERDUE = "notice-review-overdue"
REVIEW_DUE = "notice-review-due"
TAKEOVER_LATE = "notice-takeover-late"


def tick(request: ServiceRequest, context: Context) -> Decision | None:
    """Everything that is due at ``context.now``; none when nothing is. Never before its time."""
    builder = DecisionBuilder(request, context)
    due = [offer for offer in request.offers if _due(offer, context)]
    for offer in due:
        if _passed(offer.deadline, context):
            _overdue(builder, offer)
        elif _passed(offer.next_tier_at, context):
            next_tier(builder, offer)
        else:
            _remind(builder, offer)
    if not due:
        return None
    climb(builder)
    return builder.decision()


def _due(offer: Offer, context: Context) -> bool:
    times = (offer.deadline, offer.next_tier_at, offer.take_over_by, offer.remind_at)
    return any(_passed(time, context) for time in times)


def _passed(time: datetime | None, context: Context) -> bool:
    return time is not None and time <= context.now


def _remind(builder: DecisionBuilder, offer: Offer) -> None:
    """The case holder hears, once, of the deadline; humans, of a new one who does nothing."""
    if _passed(offer.remind_at, builder.context):
        offer = builder.amend(offer, remind_at=None)
        builder.add(Moved(offer, offer.status, CONTACT_DUE))
    if _passed(offer.take_over_by, builder.context):
        _not_taken_over(builder, offer)


def _overdue(builder: DecisionBuilder, offer: Offer) -> None:
    if offer.status in OPEN:
        _expire(builder, offer)
    elif offer.status is OfferStatus.ACCEPTED:
        builder.notice(CONTACT_OVERDUE, offer.id)
        builder.move(offer, OfferStatus.FAILED, Party.CLOCK, reason=FailReason.NO_CONTACT)
    elif offer.status is OfferStatus.ON_HOLD:
        _review(builder, offer)
    elif offer.status is OfferStatus.IN_PROGRESS:
        _look_again(builder, offer)


def _expire(builder: DecisionBuilder, offer: Offer) -> None:
    builder.move(offer, OfferStatus.EXPIRED, Party.CLOCK)
    if offer.told:
        tell_of_silence(builder)
        return
    # nobody heard of it: not the provider's silence, and somebody must know that alerts do not go
    builder.pass_over(offer.service)
    builder.notice(NO_ALERTS, offer.id)


def _review(builder: DecisionBuilder, offer: Offer) -> None:
    """First a human hears of it and T_contact more is given; then it has failed."""
    if offer.overdue:
        builder.move(offer, OfferStatus.FAILED, Party.CLOCK, reason=FailReason.REVIEW_OVERDUE)
        return
    builder.notice(REVIEW_OVERDUE, _once(offer, offer.deadline))
    grace = builder.context.after(builder.context.now, builder.request.policy.contact)
    late = builder.amend(offer, overdue=True, deadline=grace)
    builder.add(Moved(late, offer.status, CONTACT_DUE))


def _look_again(builder: DecisionBuilder, offer: Offer) -> None:
    """It has long been in progress: a human hears of it, and the next review is set."""
    builder.notice(REVIEW_DUE, _once(offer, offer.deadline))
    builder.amend(offer, deadline=builder.context.now + builder.request.policy.review)


def _not_taken_over(builder: DecisionBuilder, offer: Offer) -> None:
    """A case holder has done nothing yet: a human hears of it, and again, ever less often."""
    now = builder.context.now
    builder.notice(TAKEOVER_LATE, _once(offer, offer.take_over_by))
    since = offer.handed_at or now
    builder.amend(offer, take_over_by=now + max(now - since, builder.request.policy.ack))


def holder_gone(request: ServiceRequest, offer: Offer, context: Context) -> Decision:
    """The case holder serves there no more, or must not know of it: nobody has it in hand."""
    builder = DecisionBuilder(request, context)
    given = builder.amend(offer, handed_at=context.now, take_over_by=context.now)
    _not_taken_over(builder, given)
    return builder.decision()


def _once(offer: Offer, due: datetime | None) -> str:
    return f"{offer.id}.{due:%Y%m%d%H%M%S}"
