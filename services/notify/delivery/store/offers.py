"""Offers in PostgreSQL, as far as notify must know them."""

from collections.abc import Collection, Iterable
from typing import Any

from services.notify.delivery.model import Offer
from shared.db import Tx
from shared.events.words import OfferStatus

SAVE = """
INSERT INTO offers (offer_id, incident_id, service_request_id, organisation, status, version,
                    deadline, holder, excluded_people, territory, public_id, changed_at)
SELECT new.*, $12 FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[],
                              $6::bigint[], $7::timestamptz[], $8::text[], $9::text[],
                              $10::text[], $11::text[]) AS new
ON CONFLICT (offer_id) DO UPDATE SET
    status = excluded.status, version = excluded.version,
    deadline = coalesce(excluded.deadline, offers.deadline),
    holder = coalesce(excluded.holder, offers.holder),
    excluded_people = coalesce(excluded.excluded_people, offers.excluded_people),
    territory = coalesce(excluded.territory, offers.territory),
    public_id = coalesce(excluded.public_id, offers.public_id),
    changed_at = excluded.changed_at
"""
LOCK = """
SELECT o.*, e.excluded_people AS excluded_later
FROM offers o LEFT JOIN exclusions e USING (incident_id)
WHERE offer_id = ANY ($1::text[]) ORDER BY offer_id FOR NO KEY UPDATE OF o
"""
SHARE = """
SELECT o.*, e.excluded_people AS excluded_later
FROM offers o LEFT JOIN exclusions e USING (incident_id)
WHERE offer_id = ANY ($1::text[]) ORDER BY offer_id FOR SHARE OF o
"""
BY_ID = """
SELECT o.*, e.excluded_people AS excluded_later
FROM offers o LEFT JOIN exclusions e USING (incident_id) WHERE offer_id = ANY ($1::text[])
"""


async def save(tx: Tx, offers: Collection[Offer]) -> None:
    """Writes offers. A deadline, a list of excluded people or a place that is not given stays."""
    await tx.execute(
        SAVE,
        [each.offer_id for each in offers],
        [each.incident_id for each in offers],
        [each.service_request_id for each in offers],
        [each.organisation for each in offers],
        [each.status for each in offers],
        [each.version for each in offers],
        [each.deadline for each in offers],
        [each.holder for each in offers],
        [each.excluded_people for each in offers],
        [each.territory for each in offers],
        [each.public_id for each in offers],
        tx.now,
    )


async def lock(tx: Tx, offer_ids: Iterable[str]) -> dict[str, Offer]:
    """Known offers, held until the transaction ends. Locks go offer, messages, alert, notice."""
    return {row["offer_id"]: _offer(row) for row in await tx.fetch(LOCK, list(offer_ids))}


async def share(tx: Tx, offer_ids: Iterable[str]) -> dict[str, Offer]:
    """Offers, kept from changing until the transaction ends."""
    return {row["offer_id"]: _offer(row) for row in await tx.fetch(SHARE, list(offer_ids))}


async def by_id(tx: Tx, offer_ids: Iterable[str]) -> dict[str, Offer]:
    """Offers as they stand, not held."""
    return {row["offer_id"]: _offer(row) for row in await tx.fetch(BY_ID, list(offer_ids))}


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
        excluded_people=row["excluded_later"] or row["excluded_people"],
        territory=row["territory"],
        public_id=row["public_id"],
    )
