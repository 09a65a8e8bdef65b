"""Service requests in PostgreSQL: loaded whole under a row lock, saved whole."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from services.referral import rows
from services.referral.model.directory import Directory
from services.referral.model.matching import RULES_VERSION, Match
from services.referral.model.values import HELD, OPEN, ServiceRequest
from shared.db import Tx
from shared.events.words import Fulfilment, OfferStatus, ServiceRequestStatus

REQUEST = "SELECT * FROM service_request WHERE id = $1"
LOCKED = REQUEST + " FOR UPDATE"
ID_OF_OFFER = "SELECT service_request_id FROM offer WHERE id = $1"
ID_OF_NEED = "SELECT id FROM service_request WHERE incident_id = $1 AND need_id = $2"
OFFERS = "SELECT * FROM offer WHERE service_request_id = $1 ORDER BY position"
DUE = """
SELECT id FROM service_request WHERE next_due <= $1
ORDER BY next_due LIMIT $2 FOR UPDATE SKIP LOCKED
"""
NEXT_DUE = "SELECT min(next_due) FROM service_request WHERE next_due > $1"
OTHER_DIRECTORY = """
SELECT id FROM service_request
WHERE fulfilment = 'exhausted' AND status = 'active' AND directory_change <> $1
ORDER BY opened_at LIMIT $2 FOR UPDATE SKIP LOCKED
"""
QUEUE = """
SELECT service_request_id FROM offer
WHERE organisation = $1 AND status = ANY($2::text[]) ORDER BY requested_at LIMIT $3
"""
COORDINATED = """
SELECT id FROM service_request
WHERE territory ^@ ANY($1::text[]) AND ($2::text IS NULL OR fulfilment = $2)
AND ($3::text IS NULL OR status = $3)
ORDER BY opened_at DESC LIMIT $4
"""
PLACES = "INSERT INTO place (service) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING"
LOCK_PLACES = (
    "SELECT service FROM place WHERE service = ANY($1::text[]) ORDER BY service FOR UPDATE"
)
HELD_PLACES = """
SELECT service, count(*) AS held FROM offer
WHERE service = ANY($1::text[])
AND (status = ANY($2::text[]) OR (status = ANY($3::text[]) AND holds_until > $4))
GROUP BY service
"""
DECISION = """
INSERT INTO decision (service_request_id, version, decided_at, rules_version, directory_change,
                      candidates, excluded)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
DECISIONS = """
SELECT decided_at, rules_version, directory_change, candidates, excluded
FROM decision WHERE service_request_id = $1 ORDER BY id
"""


def _upsert(table: str, columns: list[str]) -> str:
    """``INSERT … ON CONFLICT (id) DO UPDATE``; names are the constants above, never input."""
    values = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    news = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns if name != "id")
    names = ", ".join(columns)
    return f"INSERT INTO {table} ({names}) VALUES ({values}) ON CONFLICT (id) DO UPDATE SET {news}"


SAVE_REQUEST = _upsert("service_request", rows.REQUEST_COLUMNS)
SAVE_OFFER = _upsert("offer", rows.OFFER_COLUMNS)


async def by_id(tx: Tx, request_id: str, *, lock: bool = False) -> ServiceRequest | None:
    """The aggregate, locked until the transaction ends if asked; none for an unknown id."""
    row = await tx.fetchrow(LOCKED if lock else REQUEST, request_id)
    if row is None:
        return None
    return rows.request_from(row, await tx.fetch(OFFERS, request_id))


async def by_offer(tx: Tx, offer_id: str, *, lock: bool) -> ServiceRequest | None:
    """The aggregate an offer lives in."""
    request_id = await tx.fetchval(ID_OF_OFFER, offer_id)
    return await by_id(tx, request_id, lock=lock) if request_id else None


async def by_need(tx: Tx, incident_id: str, need_id: str) -> ServiceRequest | None:
    """The aggregate of a need, locked."""
    request_id = await tx.fetchval(ID_OF_NEED, incident_id, need_id)
    return await by_id(tx, request_id, lock=True) if request_id else None


async def save(tx: Tx, request: ServiceRequest) -> None:
    """Writes the aggregate whole. Holders are written last: at most one may stand at a time."""
    await tx.execute(SAVE_REQUEST, *rows.request_values(request))
    numbered = list(enumerate(request.offers))
    numbered.sort(key=lambda each: each[1].status in HELD)
    await tx.executemany(
        SAVE_OFFER, [rows.offer_values(request, position, offer) for position, offer in numbered]
    )


async def due(tx: Tx, limit: int) -> list[ServiceRequest]:
    """Aggregates whose time has come, locked; those another replica has in hand are left out."""
    found = await tx.fetch(DUE, tx.now, limit)
    return await _all(tx, (row["id"] for row in found))


async def next_due(tx: Tx) -> datetime | None:
    """When the clock must look next."""
    at: datetime | None = await tx.fetchval(NEXT_DUE, tx.now)
    return at


async def of_other_directory(tx: Tx, change: str, limit: int) -> list[ServiceRequest]:
    """Exhausted aggregates that have not seen this directory, locked."""
    found = await tx.fetch(OTHER_DIRECTORY, change, limit)
    return await _all(tx, (row["id"] for row in found))


async def queue(
    tx: Tx, organisation: str, statuses: Iterable[OfferStatus], limit: int
) -> list[ServiceRequest]:
    """Aggregates with an offer to this organisation in one of these states."""
    found = await tx.fetch(QUEUE, organisation, [each.value for each in statuses], limit)
    return await _all(tx, dict.fromkeys(row["service_request_id"] for row in found))


async def coordinated(
    tx: Tx,
    prefixes: list[str],
    fulfilment: Fulfilment | None,
    status: ServiceRequestStatus | None,
    limit: int,
) -> list[ServiceRequest]:
    """Aggregates in these territories (SOATE prefixes), newest first."""
    found = await tx.fetch(COORDINATED, prefixes, fulfilment, status, limit)
    return await _all(tx, (row["id"] for row in found))


async def free_places(tx: Tx, directory: Directory, service_type: str) -> dict[str, int]:
    """Places left of the counted services of a type; their rows stay locked until the commit.

    A hold therefore never exceeds capacity, whoever matches at the same time.
    """
    counted = {
        each.id: each.places
        for each in directory.services.values()
        if each.service_type == service_type and each.places is not None
    }
    if not counted:
        return {}
    services = sorted(counted)
    await tx.execute(PLACES, services)
    await tx.fetch(LOCK_PLACES, services)
    held = await tx.fetch(
        HELD_PLACES,
        services,
        [status.value for status in HELD],
        [status.value for status in OPEN],
        tx.now,
    )
    taken = {row["service"]: row["held"] for row in held}
    return {service: places - taken.get(service, 0) for service, places in counted.items()}


async def record_decision(tx: Tx, request: ServiceRequest, found: Match, change: str) -> None:
    """Keeps what matching saw: it can be explained later, and replayed."""
    await tx.execute(
        DECISION,
        request.id,
        request.version,
        tx.now,
        RULES_VERSION,
        change,
        json.dumps([[c.service, c.organisation, c.distance, c.free] for c in found.candidates]),
        json.dumps([[e.service, e.organisation, e.reason] for e in found.excluded]),
    )


async def decisions(tx: Tx, request_id: str) -> list[dict[str, Any]]:
    """The decision records of an aggregate, oldest first."""
    found = await tx.fetch(DECISIONS, request_id)
    return [
        dict(row)
        | {"candidates": json.loads(row["candidates"]), "excluded": json.loads(row["excluded"])}
        for row in found
    ]


async def _all(tx: Tx, ids: Iterable[str]) -> list[ServiceRequest]:
    loaded = [await by_id(tx, request_id) for request_id in ids]
    return [request for request in loaded if request is not None]
