"""Neutral summary: all that a provider sees before acceptance, and nothing that names anyone.

The raion, never the aimak; bands, never ages. In an aimak "mother, 34, four children" is a name.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from services.referral.model.service_request import Offer, ServiceRequest
from shared.events.words import OPEN, OfferStatus, Urgency


class Awaited(StrEnum):
    """What an offer waits for."""

    ANSWER = "answer"
    CONTACT = "contact"
    REVIEW = "review"
    TAKE_OVER = "take-over"


_AWAITED = {
    OfferStatus.ACCEPTED: Awaited.CONTACT,
    OfferStatus.IN_PROGRESS: Awaited.REVIEW,
    OfferStatus.ON_HOLD: Awaited.REVIEW,
}


def awaited(offer: Offer) -> tuple[Awaited, datetime] | None:
    """What an offer waits for now, and until when; none once it is over.

    A new case holder is to take over first, unless the state's own deadline comes before that.
    """
    if offer.status in OPEN:
        return Awaited.ANSWER, offer.answer_by
    waits = _AWAITED.get(offer.status)
    if waits is None:
        return None
    clocks = ((waits, offer.deadline), (Awaited.TAKE_OVER, offer.take_over_by))
    running = [(what, due) for what, due in clocks if due is not None]
    return min(running, key=lambda each: each[1], default=None)


class First(NamedTuple):
    """Who was first where an offer was lost: when, and who if it was a colleague."""

    at: datetime
    by: str | None


def first(request: ServiceRequest, offer: Offer) -> First | None:
    """Whose yes ended this offer, as far as its organisation may know; none if nobody's did."""
    if offer.status is not OfferStatus.CANCELLED or not offer.superseded_by or not offer.ended_at:
        return None
    won = request.offer(offer.superseded_by)
    colleague = won is not None and won.organisation == offer.organisation
    return First(offer.ended_at, won.answered_by if won and colleague else None)


@dataclass(frozen=True, slots=True)
class Summary:
    """Clocks are instants: ``answer_by`` for this offer, ``act_within`` clinical (72 h, 120 h)."""

    offer_id: str
    status: OfferStatus
    service_type: str
    urgency: Urgency
    raion: str
    age_band: str
    children: tuple[tuple[str, int], ...]
    language: str
    access_needs: tuple[str, ...]
    answer_by: datetime
    deadline: datetime | None
    act_within: tuple[datetime, ...]


def summary(request: ServiceRequest, offer: Offer, raion: str) -> Summary:
    """What the organisation of ``offer`` may know before it says yes; ``raion`` is a SOATE code."""
    return Summary(
        offer_id=offer.id,
        status=offer.status,
        service_type=request.service_type,
        urgency=request.urgency,
        raion=raion,
        age_band=request.age_band,
        children=request.children,
        language=request.language,
        access_needs=request.access_needs,
        answer_by=offer.answer_by,
        deadline=offer.deadline,
        act_within=request.act_within,
    )
