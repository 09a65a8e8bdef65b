"""Notices in PostgreSQL: asked for once, to so many people, heard or not."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.db import Tx

NEW = """
INSERT INTO notices (dedup_key, notice_id, incident_id, template, people, escalated, requested_at)
VALUES ($1, $2, $3, $4, 0, false, $5) ON CONFLICT DO NOTHING RETURNING dedup_key
"""
COUNT = "UPDATE notices SET people = $2, escalated = $3 WHERE dedup_key = $1"
# The messages of a notice are bound together by their keys alone: see `handlers.notices`.
LOCK = """
SELECT dedup_key FROM notices WHERE dedup_key IN (
    SELECT substr(left(dedup_key, -length(staff_id || channel) - 2), length('notice:') + 1)
    FROM messages WHERE message_id = ANY ($1::text[]))
ORDER BY dedup_key FOR NO KEY UPDATE
"""
UNSENT = """
SELECT notice_id, template FROM notices n WHERE dedup_key = ANY ($1::text[]) AND NOT EXISTS (
    SELECT FROM people p CROSS JOIN unnest(ARRAY['sms', 'email']) AS way
    JOIN messages m ON m.dedup_key = concat_ws(':', 'notice', n.dedup_key, p.staff_id, way)
    WHERE m.status IN ('queued', 'claimed', 'sent'))
"""


@dataclass(frozen=True, slots=True)
class Unsent:
    """A notice of which no message was sent, nor may yet be."""

    notice_id: str
    template: str


async def new(
    tx: Tx, dedup_key: str, notice_id: str, incident_id: str | None, template: str
) -> bool:
    """Writes a notice, of an incident or of none; False when it was asked for before."""
    return bool(await tx.fetchval(NEW, dedup_key, notice_id, incident_id, template, tx.now))


async def count(tx: Tx, dedup_key: str, people: int, *, escalated: bool) -> None:
    """Writes how many people a notice goes to."""
    await tx.execute(COUNT, dedup_key, people, escalated)


async def lock(tx: Tx, message_ids: Sequence[str]) -> list[str]:
    """The dedup keys of the notices of these messages, held until the transaction ends."""
    return [row["dedup_key"] for row in await tx.fetch(LOCK, message_ids)]


async def unsent(tx: Tx, dedup_keys: Sequence[str]) -> list[Unsent]:
    """Those of these notices whose messages have all ended, and none was sent."""
    rows = await tx.fetch(UNSENT, dedup_keys)
    return [Unsent(row["notice_id"], row["template"]) for row in rows]
