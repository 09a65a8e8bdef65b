"""Rows of referral's tables, to values and back.

What the clock waits for stands in two columns. A release before knows ``next_due`` alone: it would
find ever the same thing due, if a review or a new case holder stood there.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import orjson

from services.referral.model.decision import NOT_HANDED
from services.referral.model.service_request import Offer, Permission, Policy, ServiceRequest
from shared.events.words import (
    HELD,
    CloseReason,
    Fulfilment,
    OfferStatus,
    ServiceRequestStatus,
    Urgency,
)

REQUEST_COLUMNS = [
    "id",
    "public_id",
    "incident_id",
    "need_id",
    "service_type",
    "urgency",
    "territory",
    "status",
    "fulfilment",
    "policy",
    "opened_at",
    "age_band",
    "language",
    "version",
    "permissions",
    "permitted_as_of",
    "children",
    "access_needs",
    "act_within",
    "excluded_organisations",
    "excluded_places",
    "excluded_people",
    "excluded_staff",
    "excluded_digests",
    "reported_by",
    "directory_change",
    "round",
    "round_starts",
    "passed_over",
    "coordinator_told",
    "closed",
    "next_due",
    "next_look",
    "asked",
]
_DERIVED = {"next_due", "next_look", "asked"}
OFFER_COLUMNS = [
    "id",
    "service_request_id",
    "position",
    "organisation",
    "organisation_kind",
    "service",
    "status",
    "requested_at",
    "answer_by",
    "decide_by",
    "deadline",
    "alert_id",
    "tier",
    "next_tier_at",
    "told",
    "person",
    "accepted_at",
    "answered_at",
    "answered_by",
    "late",
    "before_hold",
    "overdue",
    "outcome",
    "reason",
    "superseded_by",
    "handed_at",
    "take_over_by",
    "remind_at",
    "on_the_way_at",
    "contact_claimed_at",
    "told_at",
    "received_at",
    "contact_by",
    "on_hold_at",
    "ended_at",
    "look_at",
    "holds_until",
    "urgency_rank",
]
_NOT_READ = {
    "service_request_id",
    "position",
    "holds_until",
    "look_at",
    "status",
    "before_hold",
    "urgency_rank",
}


def as_json(rows: list[dict[str, Any]]) -> str:
    """Rows as one JSON array, for a statement that takes many at once."""
    return orjson.dumps(rows).decode()


def request_from(row: Any, offers: list[Any]) -> ServiceRequest:
    """The aggregate as its rows have it."""
    policy = _OLDER_POLICY | orjson.loads(row["policy"])
    spans = ("ack", "decide", "contact", "hold", "undo", "review")
    fields: dict[str, Any] = {name: row[name] for name in REQUEST_COLUMNS if name not in _DERIVED}
    fields |= {name: tuple(row[name]) for name in _ARRAYS}
    fields |= {
        "urgency": Urgency(row["urgency"]),
        "status": ServiceRequestStatus(row["status"]),
        "fulfilment": Fulfilment(row["fulfilment"]),
        "closed": CloseReason(row["closed"]) if row["closed"] else None,
        "policy": Policy(**policy | {name: timedelta(seconds=policy[name]) for name in spans}),
        "permissions": tuple(_permission(each) for each in orjson.loads(row["permissions"])),
        "children": tuple((band, count) for band, count in orjson.loads(row["children"])),
        "offers": tuple(offer_from(each) for each in offers),
    }
    return ServiceRequest(**fields)


_OLDER_POLICY = {"review": timedelta(days=30).total_seconds()}
"""What a policy lacks that was frozen by a release before."""
_ARRAYS = (
    "access_needs",
    "act_within",
    "excluded_organisations",
    "excluded_places",
    "excluded_staff",
    "excluded_digests",
    "passed_over",
)


def _permission(kept: dict[str, Any]) -> Permission:
    until = kept["until"]
    return Permission(
        kept["consent_id"],
        kept["recipient_kind"],
        kept["organisation"],
        datetime.fromisoformat(until) if until else None,
    )


def request_row(request: ServiceRequest) -> dict[str, Any]:
    """A service request by column, as JSON can hold it but for instants."""
    looks = [each for offer in request.offers for each in _looks(offer)]
    dues = [each for offer in request.offers for each in (_due(offer), offer.next_tier_at)]
    own = {
        "next_due": min((each for each in dues if each), default=None),
        "next_look": min((each for each in looks if each), default=None),
        "policy": _kept_policy(request.policy),
        "permissions": [_kept_permission(each) for each in request.permissions],
        "asked": sorted({offer.organisation for offer in request.offers}),
    }
    return {name: own[name] if name in own else getattr(request, name) for name in REQUEST_COLUMNS}


@lru_cache(maxsize=1024)
def _kept_policy(policy: Policy) -> dict[str, Any]:
    return {
        "version": policy.version,
        "ack": policy.ack.total_seconds(),
        "decide": policy.decide.total_seconds(),
        "contact": policy.contact.total_seconds(),
        "hold": policy.hold.total_seconds(),
        "undo": policy.undo.total_seconds(),
        "review": policy.review.total_seconds(),
        "tiers": policy.tiers,
        "max_offers": policy.max_offers,
        "coordinator_after": policy.coordinator_after,
    }


def _kept_permission(permission: Permission) -> dict[str, Any]:
    return {
        "consent_id": permission.consent_id,
        "recipient_kind": permission.recipient_kind,
        "organisation": permission.organisation,
        "until": permission.until,
    }


def offer_from(row: Any) -> Offer:
    """An offer as its row has it."""
    status, before = OfferStatus(row["status"]), row["before_hold"]
    read: dict[str, Any] = {name: row[name] for name in OFFER_COLUMNS if name not in _NOT_READ}
    if status is OfferStatus.IN_PROGRESS:
        read["deadline"] = row["look_at"]
    if status not in HELD:  # a release before may have ended it, and left these as they were
        read |= NOT_HANDED
    if status is not OfferStatus.ACCEPTED:
        read["remind_at"] = None
    return Offer(**read, status=status, before_hold=OfferStatus(before) if before else None)


def _due(offer: Offer) -> datetime | None:
    return None if offer.status is OfferStatus.IN_PROGRESS else offer.deadline


def _looks(offer: Offer) -> tuple[datetime | None, ...]:
    return _look_at(offer), offer.take_over_by, offer.remind_at


def _look_at(offer: Offer) -> datetime | None:
    return offer.deadline if offer.status is OfferStatus.IN_PROGRESS else None


def offer_row(request: ServiceRequest, position: int, offer: Offer) -> dict[str, Any]:
    """An offer by column, as JSON can hold it but for instants."""
    own = {
        "service_request_id": request.id,
        "position": position,
        "deadline": _due(offer),
        "look_at": _look_at(offer),
        "holds_until": offer.requested_at + request.policy.hold,
        "urgency_rank": request.urgency.rank,
    }
    return {name: own[name] if name in own else getattr(offer, name) for name in OFFER_COLUMNS}
