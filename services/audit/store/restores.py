"""Restores: which services came back from a backup, and which numbers they give out once more."""

from dataclasses import dataclass
from datetime import datetime

from shared.db import Tx
from shared.events import event_type
from shared.events.restores import ServiceRestored

ADD = """
INSERT INTO restores (event_id, source, backup_at, goes_on_from, restored_at)
VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
"""
OF_AUDIT = """
SELECT greatest((SELECT max(restored_at) FROM restores WHERE source = 'audit'),
                (SELECT max(time) FROM outbox WHERE type = $1))
"""
"""What it says itself stands in its outbox before it has heard it."""
NEWEST = """
SELECT source, backup_at, goes_on_from, restored_at FROM restores
ORDER BY restored_at DESC, source LIMIT $1
"""


@dataclass(frozen=True, slots=True)
class Restore:
    """A service as a backup has it; what it says from number ``goes_on_from`` on is new."""

    producer: str
    backup_at: datetime
    goes_on_from: int
    restored_at: datetime


async def add(tx: Tx, event_id: str, restore: Restore) -> None:
    """Puts it on record, once."""
    what = restore.producer, restore.backup_at, restore.goes_on_from, restore.restored_at
    await tx.execute(ADD, event_id, *what)


async def of_audit(tx: Tx) -> datetime | None:
    """When audit itself came back from a backup last; none: never."""
    at: datetime | None = await tx.fetchval(OF_AUDIT, event_type(ServiceRestored))
    return at


async def newest(tx: Tx, limit: int) -> list[Restore]:
    """The newest first."""
    rows = await tx.fetch(NEWEST, limit)
    return [
        Restore(row["source"], row["backup_at"], row["goes_on_from"], row["restored_at"])
        for row in rows
    ]
