"""Offers as notify knows them, alerts, codes and notices in PostgreSQL; messages are in `queue`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.notify.delivery.codes import CodeKeys
from services.notify.delivery.model import ANSWERABLE, Offer
from shared.db import Tx
from shared.events.referral import OfferRequested
from shared.events.words import OfferStatus

SAVE_OFFER = """
INSERT INTO offers (offer_id, incident_id, service_request_id, organisation, status, version,
                    deadline, holder, excluded_people, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (offer_id) DO UPDATE SET
    status = excluded.status, version = excluded.version,
    deadline = coalesce(excluded.deadline, offers.deadline),
    holder = coalesce(excluded.holder, offers.holder),
    excluded_people = coalesce(excluded.excluded_people, offers.excluded_people),
    changed_at = excluded.changed_at
"""
LOCK_OFFER = "SELECT * FROM offers WHERE offer_id = $1 FOR NO KEY UPDATE"
SHARE_OFFER = "SELECT * FROM offers WHERE offer_id = $1 FOR SHARE"
OFFERS = "SELECT * FROM offers WHERE offer_id = ANY ($1::text[])"

NEW_ALERT = """
INSERT INTO alerts (alert_id, offer_id, tier, urgency, deadline, requested_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (alert_id) DO NOTHING RETURNING alert_id
"""
LOCK_ALERT = """
SELECT a.*, o.incident_id, o.service_request_id, o.status AS offer_status
FROM alerts a JOIN offers o USING (offer_id)
WHERE a.alert_id = $1 FOR NO KEY UPDATE OF a
"""
SETTLE_ALERT = """
UPDATE alerts SET outcome = $2, reason = $3, settled_at = $4 WHERE alert_id = $1
"""
UNSETTLED = """
SELECT alert_id FROM alerts WHERE offer_id = $1 AND outcome IS NULL ORDER BY alert_id
"""

ISSUED = "SELECT kid, counter FROM codes WHERE offer_id = $1 AND staff_id = $2"
ISSUE = """
INSERT INTO codes (offer_id, staff_id, kid, counter, fingerprint, issued_at, closed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING RETURNING counter
"""
CODES = """
SELECT offer_id, staff_id, kid, counter FROM codes WHERE offer_id = ANY ($1::text[])
"""
CLOSE_CODES = "UPDATE codes SET closed_at = $2 WHERE offer_id = $1 AND closed_at IS NULL"
REOPEN_CODES = """
UPDATE codes SET closed_at = NULL WHERE offer_id = $1 AND closed_at IS NOT NULL
AND NOT EXISTS (SELECT FROM codes other
                WHERE other.fingerprint = codes.fingerprint AND other.closed_at IS NULL)
"""
MEANT = """
SELECT c.offer_id, c.staff_id FROM codes c
WHERE c.fingerprint = ANY ($1::text[]) AND c.staff_id = ANY ($2::text[])
ORDER BY c.closed_at DESC NULLS FIRST LIMIT 1
"""

NEW_NOTICE = """
INSERT INTO notices (dedup_key, notice_id, incident_id, template, people, escalated, requested_at)
VALUES ($1, $2, $3, $4, 0, false, $5) ON CONFLICT DO NOTHING RETURNING dedup_key
"""
COUNT_NOTICE = "UPDATE notices SET people = $2, escalated = $3 WHERE dedup_key = $1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One asking of an organisation's tier. ``outcome`` stays None until it is settled, once."""

    alert_id: str
    offer_id: str
    incident_id: str
    service_request_id: str
    tier: int
    deadline: datetime
    outcome: str | None
    offer_status: OfferStatus


async def save_offer(tx: Tx, offer: Offer) -> None:
    """Writes an offer. A deadline or a list of excluded people that is not given stays."""
    await tx.execute(
        SAVE_OFFER,
        offer.offer_id,
        offer.incident_id,
        offer.service_request_id,
        offer.organisation,
        offer.status,
        offer.version,
        offer.deadline,
        offer.holder,
        offer.excluded_people,
        tx.now,
    )


async def lock_offer(tx: Tx, offer_id: str, *, share: bool = False) -> Offer | None:
    """The offer, held until the transaction ends. Locks go offer, then messages, then alert."""
    row = await tx.fetchrow(SHARE_OFFER if share else LOCK_OFFER, offer_id)
    return _offer(row) if row else None


async def offers(tx: Tx, offer_ids: Iterable[str]) -> dict[str, Offer]:
    """Offers as they stand, not held."""
    return {row["offer_id"]: _offer(row) for row in await tx.fetch(OFFERS, list(offer_ids))}


async def new_alert(tx: Tx, asked: OfferRequested) -> bool:
    """Writes an alert of an offer that is known; False when the alert is known already."""
    return bool(
        await tx.fetchval(
            NEW_ALERT,
            asked.alert_id,
            asked.offer_id,
            asked.tier,
            asked.urgency,
            asked.deadline,
            tx.now,
        )
    )


async def lock_alert(tx: Tx, alert_id: str) -> Alert:
    """The alert, held until the transaction ends."""
    row = await tx.fetchrow(LOCK_ALERT, alert_id)
    if row is None:
        raise LookupError(alert_id)
    return Alert(
        alert_id=row["alert_id"],
        offer_id=row["offer_id"],
        incident_id=row["incident_id"],
        service_request_id=row["service_request_id"],
        tier=row["tier"],
        deadline=row["deadline"],
        outcome=row["outcome"],
        offer_status=OfferStatus(row["offer_status"]),
    )


async def settle_alert(tx: Tx, alert_id: str, outcome: str, reason: str | None = None) -> None:
    """Writes how an alert ended: ``sent``, ``unreachable``, ``moot``. The caller holds it."""
    await tx.execute(SETTLE_ALERT, alert_id, outcome, reason, tx.now)


async def unsettled_alerts(tx: Tx, offer_id: str) -> list[str]:
    """Alerts of an offer of which nobody has been told yet, nor failed to be."""
    return [row["alert_id"] for row in await tx.fetch(UNSETTLED, offer_id)]


async def issue_code(tx: Tx, keys: CodeKeys, offer: Offer, staff_id: str) -> None:
    """Gives ``staff_id`` their code for ``offer``, unless they have it; unique among open ones.

    An offer that is over gives a closed one: the text must name something, and opens nothing.
    """
    closed = None if offer.status in ANSWERABLE else tx.now
    counter, kid = 0, keys.newest
    while await tx.fetchrow(ISSUED, offer.offer_id, staff_id) is None:
        fingerprint = keys.fingerprint(kid, keys.derive(kid, offer.offer_id, staff_id, counter))
        await tx.fetchval(
            ISSUE, offer.offer_id, staff_id, kid, counter, fingerprint, tx.now, closed
        )
        counter += 1


async def codes(tx: Tx, keys: CodeKeys, offer_ids: Sequence[str]) -> dict[tuple[str, str], str]:
    """The codes of offers, derived anew, by (offer, staff id)."""
    return {
        (row["offer_id"], row["staff_id"]): keys.derive(
            row["kid"], row["offer_id"], row["staff_id"], row["counter"]
        )
        for row in await tx.fetch(CODES, list(offer_ids))
    }


async def set_codes(tx: Tx, offer: Offer) -> None:
    """Opens or closes the codes of an offer, as its status asks."""
    if offer.status in ANSWERABLE:
        await tx.execute(REOPEN_CODES, offer.offer_id)
    else:
        await tx.execute(CLOSE_CODES, offer.offer_id, tx.now)


async def meant(
    tx: Tx, keys: CodeKeys, code: str, staff_ids: Sequence[str]
) -> tuple[str, str] | None:
    """(offer, staff id) that a received code means when one of ``staff_ids`` sends it.

    Closed codes are found too, after open ones: whoever is too late is told so.
    """
    row = await tx.fetchrow(MEANT, list(keys.fingerprints(code)), list(staff_ids))
    return (row["offer_id"], row["staff_id"]) if row else None


async def new_notice(
    tx: Tx, dedup_key: str, notice_id: str, incident_id: str, template: str
) -> bool:
    """Writes a notice; False when it was asked for before."""
    return bool(await tx.fetchval(NEW_NOTICE, dedup_key, notice_id, incident_id, template, tx.now))


async def count_notice(tx: Tx, dedup_key: str, people: int, *, escalated: bool) -> None:
    """Writes how many people a notice goes to."""
    await tx.execute(COUNT_NOTICE, dedup_key, people, escalated)


def _offer(row: Any) -> Offer:
    return Offer(
        offer_id=row["offer_id"],
        incident_id=row["incident_id"],
        service_request_id=row["service_request_id"],
        organisation=row["organisation"],
        status=OfferStatus(row["status"]),
        version=row["version"],
        deadline=row["deadline"],
        holder=row["holder"],
        excluded_people=row["excluded_people"],
    )
