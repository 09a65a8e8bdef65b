"""Casework: what happens after a yes, and what coordinators may do to a referral.

Every act returns none when it is done already: repeating it is harmless, and says nothing twice.
"""

from datetime import datetime, timedelta

from services.referral.model.decision import (
    NOT_HANDED,
    Context,
    DecisionBuilder,
    handed,
    to_contact,
)
from services.referral.model.facts import Decision, Moved
from services.referral.model.ladder import ask, climb
from services.referral.model.lifecycle import Party
from services.referral.model.matching import Candidate
from services.referral.model.service_request import Offer, ServiceRequest
from shared.errors import Conflict, Invalid
from shared.events.words import (
    HELD,
    OPEN,
    CancelReason,
    FailReason,
    OfferStatus,
    ServiceRequestStatus,
)

CLAIM_YEARS = 1
"""How long ago something may have been that is entered for somebody."""
LONGEST_HOLD = timedelta(days=366)
TAKEN_OVER = "taken-over"
ON_THE_WAY = "on-the-way"
NO_TAKER = "must be a member of the organisation who can take this case"
"""Whatever the reason: unknown, elsewhere, left, without a role for it, or not to know of it."""


def on_the_way(
    request: ServiceRequest, offer: Offer, context: Context, at: datetime | None = None
) -> Decision | None:
    """The case holder is coming, as they said at ``at``: recorded and shown; T_contact runs on."""
    if offer.status not in HELD:
        raise Conflict("nobody holds this offer", state=offer.status.value)
    if offer.on_the_way_at is not None or offer.status is OfferStatus.IN_PROGRESS:
        return None
    builder = DecisionBuilder(request, context)
    coming = builder.amend(offer, on_the_way_at=at or context.now, **NOT_HANDED)
    builder.add(Moved(coming, offer.status, ON_THE_WAY))
    return builder.decision()


def start(
    request: ServiceRequest, offer: Offer, context: Context, at: datetime | None = None
) -> Decision | None:
    """First contact, or she arrived, as the case holder said at ``at``: nobody has confirmed it.

    T_contact stops, and a review is due one day.
    """
    if offer.status is OfferStatus.IN_PROGRESS:
        return None
    builder = DecisionBuilder(request, context)
    builder.move(
        offer,
        OfferStatus.IN_PROGRESS,
        Party.PROVIDER,
        before_hold=None,
        overdue=False,
        deadline=context.now + request.policy.review,
        contact_claimed_at=offer.contact_claimed_at or at or context.now,
    )
    builder.settle()
    return builder.decision()


def hold(
    request: ServiceRequest, offer: Offer, context: Context, *, reason: str, review_at: datetime
) -> Decision | None:
    """Paused until a review date; passing it without an act is an escalation."""
    on_hold = offer.status is OfferStatus.ON_HOLD
    if on_hold and (offer.reason, offer.deadline) == (reason, review_at):
        return None
    if not context.now < review_at <= context.now + LONGEST_HOLD:
        raise Invalid("review_at", "must be in the future, and within a year")
    builder = DecisionBuilder(request, context)
    builder.move(
        offer,
        OfferStatus.ON_HOLD,
        Party.PROVIDER,
        reason=reason,
        before_hold=offer.status,
        deadline=review_at,
        on_hold_at=context.now,
        overdue=False,
    )
    builder.settle()
    return builder.decision()


def resume(request: ServiceRequest, offer: Offer, context: Context) -> Decision | None:
    """As it was before the pause; what is owed then, a contact or a review, is owed from now."""
    if offer.status in HELD and offer.status is not OfferStatus.ON_HOLD:
        return None
    if offer.before_hold is None or offer.status is not OfferStatus.ON_HOLD:
        raise Conflict("the offer is not on hold", state=offer.status.value)
    builder = DecisionBuilder(request, context)
    accepted = offer.before_hold is OfferStatus.ACCEPTED
    review = {"deadline": context.now + request.policy.review}
    builder.move(
        offer,
        offer.before_hold,
        Party.PROVIDER,
        before_hold=None,
        overdue=False,
        **(to_contact(request, context) if accepted else review),
    )
    builder.settle()
    return builder.decision()


def complete(
    request: ServiceRequest, offer: Offer, context: Context, *, outcome: str
) -> Decision | None:
    """Done, with a coded outcome; unconfirmed until the survivor or a second person says so."""
    if (offer.status, offer.outcome) == (OfferStatus.COMPLETED, outcome):
        return None
    builder = DecisionBuilder(request, context)
    builder.move(offer, OfferStatus.COMPLETED, Party.PROVIDER, outcome=outcome)
    builder.progress(status=ServiceRequestStatus.COMPLETED)
    return builder.decision()


def fail(
    request: ServiceRequest, offer: Offer, context: Context, *, by: Party, reason: FailReason
) -> Decision | None:
    """It came to nothing: back to offering, one further up the ladder."""
    if (offer.status, offer.reason) == (OfferStatus.FAILED, reason):
        return None
    builder = DecisionBuilder(request, context)
    builder.move(offer, OfferStatus.FAILED, by, reason=reason)
    climb(builder)
    return builder.decision()


def cancel(
    request: ServiceRequest, offer: Offer, context: Context, *, reason: CancelReason
) -> Decision | None:
    """A coordinator takes an open offer back; the ladder goes on, and not to the same place."""
    if (offer.status, offer.reason) == (OfferStatus.CANCELLED, reason):
        return None
    builder = DecisionBuilder(request, context)
    builder.move(offer, OfferStatus.CANCELLED, Party.COORDINATOR, reason=reason)
    builder.pass_over(offer.service)  # whatever the reason: some are no turn of the candidate's
    climb(builder)
    return builder.decision()


def void_offer(
    request: ServiceRequest, offer: Offer, context: Context, *, reason: str
) -> Decision | None:
    """Entered in error: it stays on record as such, and the ladder goes on.

    Also where it was said to be done: the need is there still, while anything permits to refer it.
    """
    if offer.status is OfferStatus.ENTERED_IN_ERROR:
        return None
    builder = DecisionBuilder(request, context)
    builder.move(offer, OfferStatus.ENTERED_IN_ERROR, Party.COORDINATOR, reason=reason)
    if offer.status is OfferStatus.COMPLETED and request.status is ServiceRequestStatus.COMPLETED:
        permitted = bool(request.permissions)
        again = ServiceRequestStatus.ACTIVE if permitted else ServiceRequestStatus.REVOKED
        builder.progress(status=again)
    climb(builder)
    return builder.decision()


def void_request(request: ServiceRequest, context: Context, *, reason: str) -> Decision | None:
    """The whole service request was entered in error, and every offer of it that lives."""
    if request.status is ServiceRequestStatus.ENTERED_IN_ERROR:
        return None
    builder = DecisionBuilder(request, context)
    for offer in request.offers:
        if offer.status in OPEN | HELD:
            builder.move(offer, OfferStatus.ENTERED_IN_ERROR, Party.COORDINATOR, reason=reason)
    builder.progress(status=ServiceRequestStatus.ENTERED_IN_ERROR, reason=reason)
    return builder.decision()


def hand_over(
    request: ServiceRequest, offer: Offer, context: Context, *, to: str, reason: str
) -> Decision | None:
    """Another person of the same organisation becomes the case holder: an act with a reason.

    They are told, and are to take it over within T_ack.
    """
    if offer.status not in HELD:
        raise Conflict("nobody holds this offer", state=offer.status.value)
    if not context.may_have(request, offer, to):
        raise Invalid("to", NO_TAKER)
    if offer.person == to:
        return None
    builder = DecisionBuilder(request, context)
    # what the one before said of coming is not theirs
    given = builder.amend(offer, person=to, on_the_way_at=None, **handed(request, context))
    builder.add(Moved(given, offer.status, reason))
    return builder.decision()


def take_over(request: ServiceRequest, offer: Offer, context: Context) -> Decision | None:
    """The case holder did something about an offer that others gave them: they know of it."""
    if offer.take_over_by is None:
        return None
    builder = DecisionBuilder(request, context)
    taken = builder.amend(offer, **NOT_HANDED)
    builder.add(Moved(taken, offer.status, TAKEN_OVER))
    return builder.decision()


def add_candidate(request: ServiceRequest, candidate: Candidate, context: Context) -> Decision:
    """A coordinator has somebody asked beside whoever is being asked; the ladder goes on."""
    if request.status is not ServiceRequestStatus.ACTIVE:
        raise Conflict("the service request is not active", state=request.status.value)
    if request.holder is not None:
        raise Conflict("somebody has accepted it", state=request.fulfilment.value)
    if request.asks(candidate.service):
        raise Conflict("this service is being asked now", state=request.fulfilment.value)
    builder = DecisionBuilder(request, context)
    ask(builder, candidate)
    builder.settle()
    return builder.decision()
