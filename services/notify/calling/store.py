"""Offers of a service request, and readings of private numbers, in PostgreSQL."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from services.notify.delivery.model import Offer
from services.notify.delivery.store import offers
from shared.db import Tx

BESIDE = """
SELECT offer_id FROM offers WHERE service_request_id = ANY ($1::text[]) ORDER BY offer_id
"""
COORDINATED = "SELECT name FROM unnest($1::text[]) AS name WHERE coordinates(name)"
SERVED = """
SELECT organisation FROM organisations
WHERE organisation = ANY ($1::text[]) AND listed AND ($2 = organisation OR $2 = ANY (desks))
"""
RECORD = """
INSERT INTO number_readings
    (reading_id, read_at, read_by, organisation, staff_id, offer_id, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Who read whose private number, for which offer, and why."""

    reading_id: str
    read_by: str
    organisation: str
    staff_id: str
    offer_id: str
    reason: str


async def beside(tx: Tx, service_requests: Iterable[str]) -> list[Offer]:
    """Every offer of these service requests that notify has heard of."""
    rows = await tx.fetch(BESIDE, sorted(set(service_requests)))
    return list((await offers.by_id(tx, [row["offer_id"] for row in rows])).values())


async def coordinated(tx: Tx, organisations: Iterable[str]) -> Collection[str]:
    """Those of these organisations that lie in the caller's territories."""
    return {row["name"] for row in await tx.fetch(COORDINATED, sorted(set(organisations)))}


async def served(tx: Tx, desk: str, organisations: Iterable[str]) -> Collection[str]:
    """Those of these organisations that the operators of ``desk`` answer for."""
    rows = await tx.fetch(SERVED, sorted(set(organisations)), desk)
    return {row["organisation"] for row in rows}


async def record(tx: Tx, reading: Reading) -> None:
    """Writes a reading down, before anything is answered."""
    await tx.execute(
        RECORD,
        reading.reading_id,
        tx.now,
        reading.read_by,
        reading.organisation,
        reading.staff_id,
        reading.offer_id,
        reading.reason,
    )
