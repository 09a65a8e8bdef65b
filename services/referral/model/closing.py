"""Closing: a coordinator ends a service request that nobody has done, and opens it again.

It is not in error, and not completed: FHIR's ``revoked``. How far it had come stays, so that what
nobody could be found for is counted as that.
"""

from dataclasses import replace

from services.referral.model.decision import Context, DecisionBuilder
from services.referral.model.facts import Decision
from services.referral.model.ladder import reopen
from services.referral.model.lifecycle import Party
from services.referral.model.service_request import ServiceRequest
from shared.errors import Conflict
from shared.events.words import CancelReason, CloseReason, OfferStatus, ServiceRequestStatus

CLOSABLE = frozenset({ServiceRequestStatus.DRAFT, ServiceRequestStatus.ACTIVE})
AGAIN = "opened-again"


def close(request: ServiceRequest, context: Context, *, reason: CloseReason) -> Decision | None:
    """Nobody is asked any more; whoever is being asked hears that nothing is needed.

    What somebody holds is ended there first: they would go on, and nobody would know.
    """
    if request.closed is reason:
        return None
    if request.status not in CLOSABLE:
        raise Conflict("the service request is not active", state=request.status.value)
    if request.holder is not None:
        raise Conflict("somebody has accepted it", state=request.fulfilment.value)
    builder = DecisionBuilder(replace(request, closed=reason), context)
    for offer in request.open_offers:
        builder.move(
            offer, OfferStatus.CANCELLED, Party.COORDINATOR, reason=CancelReason.COORDINATOR
        )
    builder.progress(status=ServiceRequestStatus.REVOKED, reason=reason)
    return builder.decision()


def open_again(request: ServiceRequest, context: Context) -> Decision | None:
    """It was closed by mistake, or there may be help now: a new round of the ladder."""
    if request.closed is None:
        if request.status in CLOSABLE:
            return None
        raise Conflict("nobody has closed it", state=request.status.value)
    permitted = bool(request.permissions)
    status = ServiceRequestStatus.ACTIVE if permitted else ServiceRequestStatus.DRAFT
    builder = DecisionBuilder(replace(request, closed=None), context)
    builder.progress(status=status, reason=AGAIN)
    reopen(builder)
    return builder.decision()
