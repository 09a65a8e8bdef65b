"""A consent ends: whoever is no longer permitted loses the offer, whatever its state."""

from dataclasses import replace

from services.referral.model.decision import Course, World
from services.referral.model.facts import Decision
from services.referral.model.ladder import climb
from services.referral.model.lifecycle import Party
from services.referral.model.service_request import Permission, ServiceRequest
from shared.events.words import HELD, OPEN, CancelReason, OfferStatus, ServiceRequestStatus


def withdraw(
    request: ServiceRequest, permissions_left: tuple[Permission, ...], world: World
) -> Decision:
    """Ends offers that nothing permits any more; with nothing left the request is revoked."""
    course = Course(replace(request, permissions=permissions_left), world)
    for offer in request.offers:
        permitted = course.request.permits(offer.organisation, offer.organisation_kind, world.now)
        if offer.status in OPEN | HELD and not permitted:
            course.move(offer, OfferStatus.CANCELLED, Party.SYSTEM, reason=CancelReason.WITHDRAWN)
    if not permissions_left and request.status is ServiceRequestStatus.ACTIVE:
        course.progress(status=ServiceRequestStatus.REVOKED, reason=CancelReason.WITHDRAWN)
    climb(course)
    return course.decision()
