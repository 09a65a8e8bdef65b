"""Checkpoints: the notes that were signed, each for its size."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.audit.ledger.checkpoints import Checkpoint as Head
from services.audit.ledger.notes import Note
from shared.db import Tx
from shared.events.audit import CheckpointSigned
from shared.events.envelope import event_type

LOCK = "checkpoint"
"""One at a time signs, or decides under which name."""
OWN = event_type(CheckpointSigned)
"""Of itself alone no checkpoint is worth another."""
NEWEST = """
SELECT size, note, signed_at FROM checkpoints WHERE $1::timestamptz IS NULL OR signed_at <= $1
ORDER BY size DESC LIMIT 1
"""
UNSIGNED = """
SELECT EXISTS (
    SELECT FROM leaves JOIN heard ON heard.id = leaves.heard_id
    WHERE index >= coalesce((SELECT max(size) FROM checkpoints), 0) AND type <> $1)
"""
ABOVE = "SELECT note FROM checkpoints WHERE size > $1 ORDER BY size LIMIT $2"
AT_ONCE = 2_000
"""As many as leaves are looked at in one go (`services.audit.handlers.checking`): none is left out.
"""
OUTAGES = "SELECT count(*) FROM outages"
ADD = """
INSERT INTO checkpoints (size, note, signed_at, outages, mac_key, mac)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One, as it was signed."""

    size: int
    note: str
    signed_at: datetime


async def newest(tx: Tx, by: datetime | None = None) -> Checkpoint | None:
    """The last one; ``by``: that was signed by then."""
    row = await tx.fetchrow(NEWEST, by)
    return Checkpoint(row["size"], row["note"], row["signed_at"]) if row else None


async def above(tx: Tx, size: int) -> list[Head]:
    """What was signed of more leaves than so many, the smallest first, as far as one looks."""
    notes = [row["note"] for row in await tx.fetch(ABOVE, size, AT_ONCE)]
    return [Head.parse(Note.parse(each.encode()).text) for each in notes]


async def due_at(tx: Tx, every: timedelta) -> datetime | None:
    """When the next one is to be signed; none as long as nothing new was said."""
    if not await tx.fetchval(UNSIGNED, OWN):
        return None
    last = await newest(tx)
    return last.signed_at + every if last else tx.now


async def add(tx: Tx, size: int, note: str) -> None:
    """Keeps one, with how many outages are on record."""
    row = size, note, tx.now, await tx.fetchval(OUTAGES)
    await tx.execute(ADD, *row, *tx.macs.row("checkpoints", *row))
