"""Alerts in PostgreSQL: one asking of an organisation's tier each, settled once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.db import Tx
from shared.events.referral import OfferRequested
from shared.events.words import OfferStatus

NEW = """
INSERT INTO alerts (alert_id, offer_id, tier, urgency, deadline, requested_at)
SELECT new.*, $6 FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::timestamptz[])
    AS new
ON CONFLICT (alert_id) DO NOTHING RETURNING alert_id
"""
LOCK = """
SELECT a.*, o.incident_id, o.service_request_id, o.status AS offer_status
FROM alerts a JOIN offers o USING (offer_id)
WHERE a.alert_id = ANY ($1::text[]) ORDER BY a.alert_id FOR NO KEY UPDATE OF a
"""
SETTLE = """
UPDATE alerts SET outcome = $2, reason = $3, settled_at = $4 WHERE alert_id = $1
"""
UNSETTLED = """
SELECT alert_id FROM alerts WHERE offer_id = $1 AND outcome IS NULL ORDER BY alert_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One asking of an organisation's tier. ``outcome`` stays None until it is settled, once."""

    alert_id: str
    offer_id: str
    incident_id: str
    service_request_id: str
    tier: int
    requested_at: datetime
    deadline: datetime
    outcome: str | None
    offer_status: OfferStatus


async def new(tx: Tx, asked: Sequence[OfferRequested]) -> set[str]:
    """Writes alerts of offers that are known; returns the ids of those that were not there."""
    rows = await tx.fetch(
        NEW,
        [each.alert_id for each in asked],
        [each.offer_id for each in asked],
        [each.tier for each in asked],
        [each.urgency for each in asked],
        [each.deadline for each in asked],
        tx.now,
    )
    return {row["alert_id"] for row in rows}


async def lock(tx: Tx, alert_ids: Iterable[str]) -> list[Alert]:
    """Alerts in the order of their ids, held until the transaction ends."""
    return [_alert(row) for row in await tx.fetch(LOCK, list(alert_ids))]


async def settle(tx: Tx, alert_id: str, outcome: str, reason: str | None = None) -> None:
    """Writes how an alert ended: ``sent``, ``unreachable``, ``moot``. The caller holds it."""
    await tx.execute(SETTLE, alert_id, outcome, reason, tx.now)


async def unsettled(tx: Tx, offer_id: str) -> list[str]:
    """Alerts of an offer of which nobody has been told yet, nor failed to be."""
    return [row["alert_id"] for row in await tx.fetch(UNSETTLED, offer_id)]


def _alert(row: Any) -> Alert:
    return Alert(
        alert_id=row["alert_id"],
        offer_id=row["offer_id"],
        incident_id=row["incident_id"],
        service_request_id=row["service_request_id"],
        tier=row["tier"],
        requested_at=row["requested_at"],
        deadline=row["deadline"],
        outcome=row["outcome"],
        offer_status=OfferStatus(row["offer_status"]),
    )
