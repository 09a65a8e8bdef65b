"""Offers as notify knows them, alerts, codes and notices in PostgreSQL; messages are in `queue`."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.notify.codes.keys import CodeKeys
from services.notify.delivery.model import ANSWERABLE, Offer
from shared.db import Tx
from shared.events.referral import OfferRequested
from shared.events.words import OfferStatus

SAVE_OFFERS = """
INSERT INTO offers (offer_id, incident_id, service_request_id, organisation, status, version,
                    deadline, holder, excluded_people, changed_at)
SELECT new.*, $10 FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[],
                              $6::bigint[], $7::timestamptz[], $8::text[], $9::text[]) AS new
ON CONFLICT (offer_id) DO UPDATE SET
    status = excluded.status, version = excluded.version,
    deadline = coalesce(excluded.deadline, offers.deadline),
    holder = coalesce(excluded.holder, offers.holder),
    excluded_people = coalesce(excluded.excluded_people, offers.excluded_people),
    changed_at = excluded.changed_at
"""
LOCK_OFFERS = """
SELECT * FROM offers WHERE offer_id = ANY ($1::text[]) ORDER BY offer_id FOR NO KEY UPDATE
"""
SHARE_OFFERS = """
SELECT * FROM offers WHERE offer_id = ANY ($1::text[]) ORDER BY offer_id FOR SHARE
"""
OFFERS = "SELECT * FROM offers WHERE offer_id = ANY ($1::text[])"

NEW_ALERTS = """
INSERT INTO alerts (alert_id, offer_id, tier, urgency, deadline, requested_at)
SELECT new.*, $6 FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::timestamptz[])
    AS new
ON CONFLICT (alert_id) DO NOTHING RETURNING alert_id
"""
LOCK_ALERTS = """
SELECT a.*, o.incident_id, o.service_request_id, o.status AS offer_status
FROM alerts a JOIN offers o USING (offer_id)
WHERE a.alert_id = ANY ($1::text[]) ORDER BY a.alert_id FOR NO KEY UPDATE OF a
"""
SETTLE_ALERT = """
UPDATE alerts SET outcome = $2, reason = $3, settled_at = $4 WHERE alert_id = $1
"""
UNSETTLED = """
SELECT alert_id FROM alerts WHERE offer_id = $1 AND outcome IS NULL ORDER BY alert_id
"""

ISSUED = """
SELECT offer_id, staff_id FROM codes
JOIN unnest($1::text[], $2::text[]) AS wanted (offer_id, staff_id) USING (offer_id, staff_id)
"""
ISSUE = """
INSERT INTO codes (offer_id, staff_id, kid, counter, fingerprint, closed_at, issued_at)
SELECT new.*, $7 FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[],
                             $6::timestamptz[]) AS new
ON CONFLICT DO NOTHING RETURNING offer_id, staff_id
"""
CODES = """
SELECT offer_id, staff_id, kid, counter FROM codes WHERE offer_id = ANY ($1::text[])
"""
CLOSE_CODES = """
UPDATE codes SET closed_at = $2 WHERE offer_id = ANY ($1::text[]) AND closed_at IS NULL
"""
REOPEN_CODES = """
UPDATE codes SET closed_at = NULL WHERE offer_id = ANY ($1::text[]) AND closed_at IS NOT NULL
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
    requested_at: datetime
    deadline: datetime
    outcome: str | None
    offer_status: OfferStatus


async def save_offers(tx: Tx, offers: Collection[Offer]) -> None:
    """Writes offers. A deadline or a list of excluded people that is not given stays."""
    await tx.execute(
        SAVE_OFFERS,
        [each.offer_id for each in offers],
        [each.incident_id for each in offers],
        [each.service_request_id for each in offers],
        [each.organisation for each in offers],
        [each.status for each in offers],
        [each.version for each in offers],
        [each.deadline for each in offers],
        [each.holder for each in offers],
        [each.excluded_people for each in offers],
        tx.now,
    )


async def lock_offers(tx: Tx, offer_ids: Iterable[str]) -> dict[str, Offer]:
    """Known offers, held until the transaction ends. Locks go offer, messages, alert, notice."""
    return {row["offer_id"]: _offer(row) for row in await tx.fetch(LOCK_OFFERS, list(offer_ids))}


async def share_offers(tx: Tx, offer_ids: Iterable[str]) -> dict[str, Offer]:
    """Offers, kept from changing until the transaction ends."""
    return {row["offer_id"]: _offer(row) for row in await tx.fetch(SHARE_OFFERS, list(offer_ids))}


async def offers(tx: Tx, offer_ids: Iterable[str]) -> dict[str, Offer]:
    """Offers as they stand, not held."""
    return {row["offer_id"]: _offer(row) for row in await tx.fetch(OFFERS, list(offer_ids))}


async def new_alerts(tx: Tx, asked: Sequence[OfferRequested]) -> set[str]:
    """Writes alerts of offers that are known; answers the ids of those that were not there."""
    rows = await tx.fetch(
        NEW_ALERTS,
        [each.alert_id for each in asked],
        [each.offer_id for each in asked],
        [each.tier for each in asked],
        [each.urgency for each in asked],
        [each.deadline for each in asked],
        tx.now,
    )
    return {row["alert_id"] for row in rows}


async def lock_alerts(tx: Tx, alert_ids: Iterable[str]) -> list[Alert]:
    """Alerts in the order of their ids, held until the transaction ends."""
    return [_alert(row) for row in await tx.fetch(LOCK_ALERTS, list(alert_ids))]


async def settle_alert(tx: Tx, alert_id: str, outcome: str, reason: str | None = None) -> None:
    """Writes how an alert ended: ``sent``, ``unreachable``, ``moot``. The caller holds it."""
    await tx.execute(SETTLE_ALERT, alert_id, outcome, reason, tx.now)


async def unsettled_alerts(tx: Tx, offer_id: str) -> list[str]:
    """Alerts of an offer of which nobody has been told yet, nor failed to be."""
    return [row["alert_id"] for row in await tx.fetch(UNSETTLED, offer_id)]


async def issue_codes(tx: Tx, keys: CodeKeys, wanted: Collection[tuple[Offer, str]]) -> None:
    """Gives each (offer, staff id) their code, unless they have it; unique among open ones.

    An offer that is over gives a closed one: the text must name something, and opens nothing.
    """
    kid, counter = keys.newest, 0
    missing = {(offer.offer_id, staff_id): offer for offer, staff_id in wanted}
    while missing:
        pairs = list(missing)
        offer_ids, staff_ids = [each[0] for each in pairs], [each[1] for each in pairs]
        issued = await tx.fetch(
            ISSUE,
            offer_ids,
            staff_ids,
            [kid] * len(pairs),
            [counter] * len(pairs),
            [keys.fingerprint(kid, keys.derive(kid, *each, counter)) for each in pairs],
            [None if missing[each].status in ANSWERABLE else tx.now for each in pairs],
            tx.now,
        )
        if len(issued) < len(pairs):  # some had theirs, or collided
            issued = await tx.fetch(ISSUED, offer_ids, staff_ids)
        for row in issued:
            del missing[row["offer_id"], row["staff_id"]]
        counter += 1  # what is still missing collided with an open code


async def codes(tx: Tx, keys: CodeKeys, offer_ids: Sequence[str]) -> dict[tuple[str, str], str]:
    """The codes of offers, derived anew, by (offer, staff id)."""
    return {
        (row["offer_id"], row["staff_id"]): keys.derive(
            row["kid"], row["offer_id"], row["staff_id"], row["counter"]
        )
        for row in await tx.fetch(CODES, list(offer_ids))
    }


async def set_codes(tx: Tx, offers: Collection[Offer]) -> None:
    """Opens or closes the codes of offers, as the status of each asks."""
    if reopened := [each.offer_id for each in offers if each.status in ANSWERABLE]:
        await tx.execute(REOPEN_CODES, reopened)
    if closed := [each.offer_id for each in offers if each.status not in ANSWERABLE]:
        await tx.execute(CLOSE_CODES, closed, tx.now)


async def meant(
    tx: Tx, keys: CodeKeys, code: str, staff_ids: Sequence[str]
) -> tuple[str, str] | None:
    """(offer, staff id) that a received code means when one of ``staff_ids`` sends it.

    Closed codes are found too, after open ones: whoever is too late is told so.
    """
    row = await tx.fetchrow(MEANT, list(keys.fingerprints(code)), list(staff_ids))
    return (row["offer_id"], row["staff_id"]) if row else None


async def new_notice(
    tx: Tx, dedup_key: str, notice_id: str, incident_id: str | None, template: str
) -> bool:
    """Writes a notice, of an incident or of none; False when it was asked for before."""
    return bool(await tx.fetchval(NEW_NOTICE, dedup_key, notice_id, incident_id, template, tx.now))


async def count_notice(tx: Tx, dedup_key: str, people: int, *, escalated: bool) -> None:
    """Writes how many people a notice goes to."""
    await tx.execute(COUNT_NOTICE, dedup_key, people, escalated)


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
