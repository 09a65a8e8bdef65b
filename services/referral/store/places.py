"""Free places in PostgreSQL: what those who work there said last, and whether it still counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.referral.directory.model import Directory, Service
from shared.db import Tx
from shared.events.words import HELD

PLACES = "INSERT INTO place (service) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING"
LOCK = """
SELECT service, places, instead_of, said_by, said_at, raised FROM place
WHERE service = ANY($1::text[]) ORDER BY service FOR UPDATE
"""
SAID = """
SELECT service, places, instead_of, said_by, said_at, raised FROM place
WHERE service = ANY($1::text[])
"""
IN_USE = """
SELECT service, count(*) AS used FROM offer
WHERE service = ANY($1::text[]) AND status = ANY($2::text[]) GROUP BY service
"""
SAY = """
UPDATE place SET places = $2, instead_of = $3, said_by = $4, said_at = $5, raised = raised + $6
WHERE service = $1
"""


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of a service's places, by whom and when. Places are those free and in use."""

    places: int
    instead_of: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Places:
    """A counted service's places: the file's number, unless somebody said another since."""

    service: Service
    listed: int
    said: Said | None
    raised: int

    @property
    def count(self) -> int:
        """How many there are; ``said`` stands until the file says another number than then."""
        return self.listed if self.current is None else self.current.places

    @property
    def current(self) -> Said | None:
        """What was said, while it counts."""
        return self.said if self.said and self.said.instead_of == self.listed else None


async def lock(tx: Tx, services: Iterable[Service]) -> dict[str, Places]:
    """The places of these services that count them, locked until the commit."""
    counted = {each.id: each for each in services}
    ids = sorted(counted)
    rows = await tx.fetch(LOCK, ids) if ids else []
    if len(rows) < len(ids):
        await tx.execute(PLACES, ids)
        rows = await tx.fetch(LOCK, ids)
    return {row["service"]: _places(counted[row["service"]], row) for row in rows}


async def said(tx: Tx, services: Iterable[Service]) -> dict[str, Places]:
    """The same to be shown, not locked."""
    counted = {each.id: each for each in services if each.places is not None}
    found = {row["service"]: row for row in await tx.fetch(SAID, list(counted))}
    return {each.id: _places(each, found.get(each.id)) for each in counted.values()}


def _places(service: Service, row: Any) -> Places:
    said = None
    if row is not None and row["places"] is not None:
        said = Said(row["places"], row["instead_of"], row["said_by"], row["said_at"])
    return Places(service, service.places or 0, said, row["raised"] if row else 0)


async def in_use(tx: Tx, services: Iterable[str]) -> dict[str, int]:
    """How many places of each have somebody who was accepted for them."""
    rows = await tx.fetch(IN_USE, list(services), sorted(map(str, HELD)))
    return {row["service"]: row["used"] for row in rows}


async def say(tx: Tx, places: Places, said: Said) -> None:
    """Keeps what is said of a service whose places are locked."""
    more = int(said.places > places.count)
    args = (said.places, said.instead_of, said.by, said.at, more)
    await tx.execute(SAY, places.service.id, *args)


def counted(directory: Directory) -> tuple[list[str], list[str]]:
    """The services that count places, and the type of each."""
    found = [each for each in directory.services.values() if each.places is not None]
    return [each.id for each in found], [each.service_type for each in found]


def change(directory: str, raised: int) -> str:
    """The number of what a search for a provider saw: of the directory, and of its free places."""
    return f"{directory}+{raised}" if raised else directory
