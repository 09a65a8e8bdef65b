"""What referral says of an incident that intake has just taken."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from shared.events import Envelope, event_type
from shared.events.referral import OfferChanged, ServiceRequestChanged
from shared.events.words import Fulfilment, OfferStatus, ServiceRequestStatus

CENTRE = "asylzat-naryn"
"""The crisis centre that is asked."""


def offer_changed(taken: dict[str, Any], after: OfferStatus, **fields: Any) -> OfferChanged:
    """The offer that tickets are for has come to ``after``."""
    return OfferChanged(
        **{
            "incident_id": taken["incident_id"],
            "service_request_id": "sr",
            "need_id": taken["needs"][0]["need_id"],
            "offer_id": f"offer-{taken['incident_id']}",
            "organisation": CENTRE,
            "before": OfferStatus.REQUESTED,
            "after": after,
        }
        | fields
    )


def request_changed(
    taken: dict[str, Any],
    status: ServiceRequestStatus,
    fulfilment: Fulfilment,
    public_id: str | None = None,
) -> ServiceRequestChanged:
    """The service request of the first need has come further."""
    need = taken["needs"][0]
    return ServiceRequestChanged(
        incident_id=taken["incident_id"],
        service_request_id=f"sr-{need['need_id']}",
        need_id=need["need_id"],
        service_type=need["service_type"],
        status=status,
        fulfilment=fulfilment,
        public_id=public_id,
    )


def enveloped(body: OfferChanged | ServiceRequestChanged, version: int, at: datetime) -> Envelope:
    """What stands round an event of referral."""
    return Envelope(
        id=str(uuid4()),
        type=event_type(type(body)),
        source="referral",
        subject=body.service_request_id,
        key=body.incident_id,
        time=at,
        correlation_id=body.incident_id,
        aggregate_version=version,
    )
