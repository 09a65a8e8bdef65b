"""Timeouts: a silent offer expires, a contact or a review is overdue, a tier is added."""

from services.referral.model.decision import Context, DecisionBuilder
from services.referral.model.facts import Decision
from services.referral.model.ladder import NO_ALERTS, climb, next_tier, tell_of_silence
from services.referral.model.lifecycle import Party
from services.referral.model.service_request import Offer, ServiceRequest
from shared.events.words import OPEN, FailReason, OfferStatus

CONTACT_OVERDUE = "notice-contact-overdue"
REVIEW_OVERDUE = "notice-review-overdue"


def tick(request: ServiceRequest, context: Context) -> Decision | None:
    """Everything that is due at ``context.now``; none when nothing is. Never before its time."""
    builder = DecisionBuilder(request, context)
    due = [offer for offer in request.offers if _due(offer, context)]
    for offer in due:
        if offer.deadline is not None and offer.deadline <= context.now:
            _overdue(builder, offer)
        else:
            next_tier(builder, offer)
    if not due:
        return None
    climb(builder)
    return builder.decision()


def _due(offer: Offer, context: Context) -> bool:
    times = (offer.deadline, offer.next_tier_at)
    return any(time is not None and time <= context.now for time in times)


def _overdue(builder: DecisionBuilder, offer: Offer) -> None:
    if offer.status in OPEN:
        _expire(builder, offer)
    elif offer.status is OfferStatus.ACCEPTED:
        builder.notice(CONTACT_OVERDUE, offer.id)
        builder.move(offer, OfferStatus.FAILED, Party.CLOCK, reason=FailReason.NO_CONTACT)
    elif offer.status is OfferStatus.ON_HOLD:
        _review(builder, offer)


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
    builder.notice(REVIEW_OVERDUE, f"{offer.id}.{offer.deadline:%Y%m%d%H%M}")
    grace = builder.context.after(builder.context.now, builder.request.policy.contact)
    builder.amend(offer, overdue=True, deadline=grace)
