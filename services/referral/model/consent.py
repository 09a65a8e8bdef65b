"""Consent that comes or ends: what waited for it is referred; whoever is no longer permitted loses
the offer, whatever its state."""

from dataclasses import replace

from services.referral.model.decision import Context, DecisionBuilder
from services.referral.model.facts import Decision
from services.referral.model.ladder import climb, reopen
from services.referral.model.lifecycle import Party
from services.referral.model.service_request import Permission, ServiceRequest
from shared.events.words import (
    HELD,
    OPEN,
    CancelReason,
    Fulfilment,
    OfferStatus,
    ServiceRequestStatus,
)

_WAITS = (ServiceRequestStatus.DRAFT, ServiceRequestStatus.REVOKED)


def give(
    request: ServiceRequest, permissions: tuple[Permission, ...], context: Context
) -> Decision:
    """Refers what waited for a consent, or lost the last one it had; ``permissions`` is all that
    permits it now. Where everybody was asked, those who may be asked now are a new round."""
    closed = None if permissions else request.closed  # who asks for it anew opens it again
    builder = DecisionBuilder(replace(request, permissions=permissions, closed=closed), context)
    if permissions and request.status in _WAITS:
        builder.progress(status=ServiceRequestStatus.ACTIVE)
    exhausted = request.fulfilment is Fulfilment.EXHAUSTED
    active = builder.request.status is ServiceRequestStatus.ACTIVE
    if active and (exhausted or request.status is ServiceRequestStatus.REVOKED):
        reopen(builder)
    else:
        climb(builder)
    return builder.decision()


def withdraw(
    request: ServiceRequest, permissions_left: tuple[Permission, ...], context: Context
) -> Decision:
    """Ends offers that nothing permits any more; with nothing left the request is revoked."""
    builder = DecisionBuilder(replace(request, permissions=permissions_left), context)
    for offer in request.offers:
        permitted = builder.request.permits(
            offer.organisation, offer.organisation_kind, context.now
        )
        if offer.status in OPEN | HELD and not permitted:
            builder.move(offer, OfferStatus.CANCELLED, Party.SYSTEM, reason=CancelReason.WITHDRAWN)
    if not permissions_left and request.status is ServiceRequestStatus.ACTIVE:
        builder.progress(status=ServiceRequestStatus.REVOKED, reason=CancelReason.WITHDRAWN)
    climb(builder)
    return builder.decision()
