"""Service requests in PostgreSQL: loaded whole under a row lock, saved whole."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from services.referral.directory.model import Directory
from services.referral.model.service_request import ServiceRequest
from services.referral.store import places, rows
from shared.db import Tx
from shared.events.words import HELD, Urgency

REQUESTS = "SELECT * FROM service_request WHERE id = ANY($1::text[])"
LOCK = "SELECT id FROM service_request WHERE id = $1 FOR UPDATE"
ID_OF_OFFER = "SELECT service_request_id FROM offer WHERE id = $1"
OF_OFFERS = """
SELECT * FROM service_request r
WHERE id IN (SELECT service_request_id FROM offer WHERE id = ANY($1::text[]))
ORDER BY id FOR UPDATE OF r
"""
OF_NEEDS = """
SELECT r.* FROM service_request r
JOIN unnest($1::text[], $2::text[]) AS need (incident_id, need_id) USING (incident_id, need_id)
ORDER BY r.id FOR UPDATE OF r
"""
OF_INCIDENTS = """
SELECT * FROM service_request WHERE incident_id = ANY($1::text[]) ORDER BY id FOR UPDATE
"""
THAT_CONCERN = """
SELECT * FROM service_request r WHERE id IN (
    SELECT service_request_id FROM offer
    WHERE person = ANY($1::text[]) AND status IN ('accepted', 'in-progress', 'on-hold')
    UNION
    SELECT service_request_id FROM offer
    WHERE organisation = ANY($2::text[]) AND organisation_kind = $3
    AND status IN ('requested', 'received', 'accepted', 'in-progress', 'on-hold'))
ORDER BY id FOR UPDATE OF r
"""
OFFERS = """
SELECT * FROM offer WHERE service_request_id = ANY($1::text[]) ORDER BY service_request_id, position
"""
DUE = """
SELECT id FROM service_request
WHERE least(next_due, next_look) <= $1 AND id <> ALL($2::text[])
ORDER BY least(next_due, next_look) LIMIT 1 FOR UPDATE SKIP LOCKED
"""
FIRST_DUE = "SELECT min(least(next_due, next_look)) FROM service_request"
NEXT_DUE = """
SELECT min(least(next_due, next_look)) FROM service_request WHERE least(next_due, next_look) > $1
"""
WAITING = """
SELECT id FROM service_request r
WHERE fulfilment = 'exhausted' AND status = 'active' AND id <> ALL($3::text[])
-- as `places.change` has it
AND directory_change <> $1 || coalesce((
    SELECT '+' || sum(p.raised) FROM place p
    JOIN unnest($4::text[], $5::text[]) AS counted (service, service_type) USING (service)
    WHERE counted.service_type = r.service_type HAVING sum(p.raised) > 0), '')
ORDER BY array_position($2::text[], urgency), opened_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
FIRST_WAITING = """
SELECT at.now WHERE EXISTS (
    SELECT FROM service_request WHERE fulfilment = 'exhausted' AND status = 'active')
"""
"""Whoever waits may meet a new directory: at any time, if there is somebody."""
BY_RISK = [urgency.value for urgency in Urgency]


def _upsert(table: str, columns: list[str]) -> str:
    """Writes the rows of one JSON array; names are the constants above, never input."""
    news = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns if name != "id")
    names = ", ".join(columns)
    return f"""
    INSERT INTO {table} ({names})
    SELECT {names} FROM json_populate_recordset(NULL::{table}, $1::json)
    ON CONFLICT (id) DO UPDATE SET {news}
    """


SAVE_REQUESTS = _upsert("service_request", rows.REQUEST_COLUMNS)
SAVE_OFFERS = _upsert("offer", rows.OFFER_COLUMNS)


async def id_of_offer(tx: Tx, offer_id: str) -> str | None:
    """The aggregate an offer lives in; none for one that is unknown or not shown."""
    found: str | None = await tx.fetchval(ID_OF_OFFER, offer_id)
    return found


async def by_id(tx: Tx, request_id: str, *, lock: bool = False) -> ServiceRequest | None:
    """The aggregate, locked until the transaction ends if asked; none if unknown or not shown."""
    if lock:
        await tx.fetchval(LOCK, request_id)
    # read after the lock is had: a statement sees what was committed before it began
    found = await by_ids(tx, [request_id])
    return found[0] if found else None


async def by_ids(tx: Tx, request_ids: Iterable[str]) -> list[ServiceRequest]:
    """Aggregates in the order of these ids, without those not shown. They are not locked here."""
    wanted = list(dict.fromkeys(request_ids))
    found = {each.id: each for each in await _whole(tx, await tx.fetch(REQUESTS, wanted))}
    return [found[each] for each in wanted if each in found]


async def by_offers(tx: Tx, offer_ids: Iterable[str]) -> dict[str, ServiceRequest]:
    """The aggregates that offers live in, by offer, locked; unknown offers are left out."""
    wanted = list(offer_ids)
    found = await _whole(tx, await tx.fetch(OF_OFFERS, wanted))
    lives_in = {offer.id: request for request in found for offer in request.offers}
    return {each: lives_in[each] for each in wanted if each in lives_in}


async def by_needs(
    tx: Tx, needs: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], ServiceRequest]:
    """The aggregates of needs (incident, need), locked; those not opened yet are left out."""
    locked = await tx.fetch(
        OF_NEEDS, [incident for incident, _ in needs], [need for _, need in needs]
    )
    return {(each.incident_id, each.need_id): each for each in await _whole(tx, locked)}


async def by_incidents(tx: Tx, incident_ids: Iterable[str]) -> list[ServiceRequest]:
    """The aggregates of incidents, locked."""
    return await _whole(tx, await tx.fetch(OF_INCIDENTS, list(incident_ids)))


async def that_concern(
    tx: Tx, staff_ids: Iterable[str], organisations: Iterable[str], kind: str
) -> list[ServiceRequest]:
    """The aggregates that these people hold, and those of which one of these organisations, if of
    this kind, is asked or has one; locked. By then it may be somebody else."""
    locked = await tx.fetch(THAT_CONCERN, list(staff_ids), list(organisations), kind)
    return await _whole(tx, locked)


async def _whole(tx: Tx, requests: Sequence[Any]) -> list[ServiceRequest]:
    """Aggregates of their rows, in that order.

    A row that had to be waited for comes as it was committed, its offers by a statement that begins
    after that.
    """
    if not requests:
        return []
    offers: dict[str, list[Any]] = defaultdict(list)
    for row in await tx.fetch(OFFERS, [each["id"] for each in requests]):
        offers[row["service_request_id"]].append(row)
    return [rows.request_from(each, offers[each["id"]]) for each in requests]


async def save(tx: Tx, changed: Sequence[tuple[ServiceRequest, ServiceRequest | None]]) -> None:
    """Writes aggregates, each beside what it was when loaded (none if new): what differs.

    Holders are written last: at most one may stand at a time.
    """
    offers: list[tuple[bool, dict[str, Any]]] = []
    for request, before in changed:
        known = before.offers if before else ()
        for position, offer in enumerate(request.offers):
            if offer not in known[position : position + 1]:
                offers.append((offer.status in HELD, rows.offer_row(request, position, offer)))
    request_rows = [rows.request_row(request) for request, _ in changed]
    await tx.execute(SAVE_REQUESTS, rows.as_json(request_rows))
    if offers:
        offers.sort(key=lambda each: each[0])
        await tx.execute(SAVE_OFFERS, rows.as_json([row for _, row in offers]))


async def due(tx: Tx, quarantine: Sequence[str]) -> str | None:
    """What is due longest, locked, but for those in quarantine or in another's hand."""
    found: str | None = await tx.fetchval(DUE, tx.now, quarantine)
    return found


async def next_due(tx: Tx) -> datetime | None:
    """When the clock must look next."""
    at: datetime | None = await tx.fetchval(NEXT_DUE, tx.now)
    return at


async def waiting(tx: Tx, directory: Directory, quarantine: Sequence[str]) -> str | None:
    """The first of the waiting list, by risk, then time, that has not seen this directory, or that
    more places are free for since."""
    given = (directory.change, BY_RISK, quarantine, *places.counted(directory))
    found: str | None = await tx.fetchval(WAITING, *given)
    return found
