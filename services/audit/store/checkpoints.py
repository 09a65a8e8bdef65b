"""Checkpoints: the notes that were signed, each for its size."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.db import Tx
from shared.events.audit import CheckpointSigned
from shared.events.envelope import event_type

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
ADD = "INSERT INTO checkpoints (size, note, signed_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"


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


async def due_at(tx: Tx, every: timedelta) -> datetime | None:
    """When the next one is to be signed; none as long as nothing new was said."""
    if not await tx.fetchval(UNSIGNED, OWN):
        return None
    last = await newest(tx)
    return last.signed_at + every if last else tx.now


async def add(tx: Tx, size: int, note: str) -> None:
    """Keeps one."""
    await tx.execute(ADD, size, note, tx.now)
