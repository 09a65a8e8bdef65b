"""Attention: why a service request needs a person now, and since when. No clock would move it, or
what the clocks did was not enough."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.referral.model.service_request import Offer, ServiceRequest
from shared.events.words import (
    HELD,
    OPEN,
    FailReason,
    Fulfilment,
    OfferStatus,
    ServiceRequestStatus,
    Urgency,
)

NOT_TOLD_AFTER = timedelta(minutes=2)
"""A text leaves within seconds: whatever was told to nobody by then is stuck."""


class Why(StrEnum):
    """Why somebody must look, the worst first."""

    NOT_PERMITTED = "not-permitted"
    """An emergency that no consent and no ground lets anybody be asked for."""
    NO_CONSENT = "no-consent"
    EXHAUSTED = "exhausted"
    NOBODY_TOLD = "nobody-told"
    NO_CONTACT = "no-contact"
    """Who had it made no contact in time, and nobody else has it yet."""
    NO_ANSWER = "no-answer"
    NOT_TAKEN_OVER = "not-taken-over"
    REVIEW_OVERDUE = "review-overdue"


@dataclass(frozen=True, slots=True)
class Attention:
    """One reason; ``offer_id`` is the offer that it is about, if it is about one."""

    why: Why
    since: datetime
    offer_id: str | None = None


def attention(request: ServiceRequest, now: datetime) -> tuple[Attention, ...]:
    """Every reason that holds at ``now``, the worst first."""
    return tuple(sorted(_found(request, now), key=lambda each: list(Why).index(each.why)))


def _found(request: ServiceRequest, now: datetime) -> Iterator[Attention]:
    if request.status is ServiceRequestStatus.DRAFT:
        emergency = request.urgency is Urgency.IMMEDIATE
        yield Attention(Why.NOT_PERMITTED if emergency else Why.NO_CONSENT, request.opened_at)
    if request.status is not ServiceRequestStatus.ACTIVE:
        return
    if request.fulfilment is Fulfilment.EXHAUSTED:
        yield Attention(Why.EXHAUSTED, _last_end(request))
    if request.holder is None:
        yield from _unheld(request)
    for offer in request.offers:
        yield from _of_offer(request, offer, now)


def _unheld(request: ServiceRequest) -> Iterator[Attention]:
    held = [each for each in request.offers if each.accepted_at is not None]
    if held and held[-1].reason == FailReason.NO_CONTACT:
        yield Attention(Why.NO_CONTACT, held[-1].ended_at or request.opened_at, held[-1].id)
    if request.coordinator_told and request.fulfilment is Fulfilment.OFFERING:
        yield Attention(Why.NO_ANSWER, _last_end(request))


def _of_offer(request: ServiceRequest, offer: Offer, now: datetime) -> Iterator[Attention]:
    stuck = offer.status in OPEN and not offer.told
    if stuck and offer.requested_at + NOT_TOLD_AFTER <= now:
        yield Attention(Why.NOBODY_TOLD, offer.requested_at, offer.id)
    handed = offer.handed_at if offer.status in HELD else None
    if handed is not None and handed + request.policy.ack <= now:
        yield Attention(Why.NOT_TAKEN_OVER, handed, offer.id)
    if offer.status is OfferStatus.ON_HOLD and offer.overdue and offer.deadline is not None:
        yield Attention(Why.REVIEW_OVERDUE, offer.deadline - request.policy.contact, offer.id)


def _last_end(request: ServiceRequest) -> datetime:
    """When the last asking came to nothing."""
    ended = (each.ended_at for each in request.offers if each.ended_at is not None)
    return max(ended, default=request.opened_at)
