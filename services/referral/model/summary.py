"""Neutral summary: all that a provider sees before acceptance, and nothing that names anyone.

The raion, never the aimak; bands, never ages. In an aimak "mother, 34, four children" is a name.
"""

from dataclasses import dataclass
from datetime import datetime

from services.referral.model.service_request import Offer, ServiceRequest
from shared.events.words import OfferStatus, Urgency


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
