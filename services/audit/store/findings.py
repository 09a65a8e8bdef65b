"""Findings, each once, and the outages that excuse what came late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.audit.model.findings import Finding, Kind
from shared.db import Tx

NEW = """
INSERT INTO findings (finding_id, kind, producer, first, last, event_id, found_at, mac_key, mac)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (kind, producer, first, last) DO NOTHING
RETURNING true
"""
OUTAGE = """
INSERT INTO outages (producer, since, until, first, mac_key, mac)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
"""
LIST = """
SELECT finding_id, kind, producer, first, last, event_id, found_at FROM findings
WHERE $1::text IS NULL
    OR (found_at, finding_id) < (SELECT found_at, finding_id FROM findings WHERE finding_id = $1)
ORDER BY found_at DESC, finding_id DESC LIMIT $2
"""
SINCE = """
SELECT EXISTS (SELECT FROM findings WHERE kind = $1 AND producer = $2 AND found_at > $3)
"""
COUNTS = "SELECT kind, count(*) AS count FROM findings GROUP BY kind"
OUTAGES = "SELECT producer, since, until, first FROM outages ORDER BY since DESC LIMIT $1"


@dataclass(frozen=True, slots=True)
class Found:
    """A finding that is kept."""

    finding_id: str
    finding: Finding
    found_at: datetime


@dataclass(frozen=True, slots=True)
class Outage:
    """From the last event that came in time to the first one after it, number ``first``."""

    producer: str
    since: datetime
    until: datetime
    first: int


async def new(tx: Tx, finding_id: str, finding: Finding) -> bool:
    """Keeps it, unless it is known."""
    what = finding.kind, finding.producer, finding.first, finding.last, finding.event_id
    row = finding_id, *what, tx.now
    return bool(await tx.fetchval(NEW, *row, *tx.macs.row("findings", *row)))


async def is_found_since(tx: Tx, kind: Kind, producer: str, since: datetime) -> bool:
    """Whether one of this kind was found of somebody after that."""
    return bool(await tx.fetchval(SINCE, kind, producer, since))


async def excuse(tx: Tx, outage: Outage) -> None:
    """Puts an outage on record, once."""
    row = outage.producer, outage.since, outage.until, outage.first
    await tx.execute(OUTAGE, *row, *tx.macs.row("outages", *row))


async def newest(tx: Tx, before: str | None, limit: int) -> Sequence[Found]:
    """The newest first, from behind ``before``, the id of one."""
    return [
        Found(
            row["finding_id"],
            Finding(Kind(row["kind"]), row["producer"], row["first"], row["last"], row["event_id"]),
            row["found_at"],
        )
        for row in await tx.fetch(LIST, before, limit)
    ]


async def counts(tx: Tx) -> dict[Kind, int]:
    """How many there are of each kind."""
    found = {row["kind"]: row["count"] for row in await tx.fetch(COUNTS)}
    return {kind: found.get(kind, 0) for kind in Kind}


async def outages(tx: Tx, limit: int) -> list[Outage]:
    """The newest first."""
    rows = await tx.fetch(OUTAGES, limit)
    return [Outage(row["producer"], row["since"], row["until"], row["first"]) for row in rows]
