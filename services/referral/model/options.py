"""Options: what a coordinator may do about a service request as it stands."""

from enum import StrEnum

from services.referral.model.closing import CLOSABLE
from services.referral.model.service_request import ServiceRequest
from shared.events.words import ServiceRequestStatus


class Option(StrEnum):
    """An act, by a code; a page or a command says it in words."""

    GIVE_CONSENT = "give-consent"
    """``POST /incidents/{id}/consents`` of intake: whoever reported it, or a coordinator, enters
    the consent that was asked for."""
    ASK_SERVICE = "ask-service"
    """``POST /service-requests/{id}/offers``: one more is asked, whoever else is."""
    ANSWER_FOR = "answer-for"
    """``POST /offers/{id}/accept`` and the like, for somebody who said it on the telephone."""
    CANCEL_OFFER = "cancel-offer"
    HAND_OVER = "hand-over"
    """``POST /offers/{id}/handover``: a colleague of the case holder has it."""
    FAIL_OFFER = "fail-offer"
    """``POST /offers/{id}/fail``: it came to nothing, and the ladder goes on."""
    CLOSE = "close"
    """``POST /service-requests/{id}/close``: nobody can help, or it was helped otherwise."""
    OPEN_AGAIN = "open-again"
    """``POST /service-requests/{id}/open-again``: it was closed by mistake, or help may be had."""
    VOID = "void"
    """``POST /service-requests/{id}/void``: it was entered in error."""


def options(request: ServiceRequest) -> tuple[Option, ...]:
    """What the model would not refuse, the nearest first."""
    if request.status is ServiceRequestStatus.ENTERED_IN_ERROR:
        return ()
    found: tuple[Option, ...] = ()
    if request.closed is not None:
        found = (Option.OPEN_AGAIN,)
    elif request.status in (ServiceRequestStatus.DRAFT, ServiceRequestStatus.REVOKED):
        found = (Option.GIVE_CONSENT,)
    elif request.holder is not None:
        found = (Option.HAND_OVER, Option.FAIL_OFFER)
    elif request.status is ServiceRequestStatus.ACTIVE:
        open_ones = (Option.ANSWER_FOR, Option.CANCEL_OFFER) if request.open_offers else ()
        found = (*open_ones, Option.ASK_SERVICE)
    if request.status in CLOSABLE and request.holder is None:
        found = (*found, Option.CLOSE)
    return (*found, Option.VOID)
