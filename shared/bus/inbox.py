"""The inbox: an event is handled once, by the same transaction that does what it asks."""

from collections.abc import Sequence
from typing import Any, Protocol

KEPT_DAYS = 35
"""Longer than any record can come again: topics keep 7 days, outboxes 14."""

MARK = """
INSERT INTO inbox (event_id, received_at)
SELECT id, $2 FROM unnest($1::text[]) AS new(id)
ON CONFLICT DO NOTHING
RETURNING event_id
"""
SWEEP = "DELETE FROM inbox WHERE received_at < $1"


class Fetches(Protocol):
    """Anything that can query: a transaction."""

    now: Any

    async def fetch(self, query: str, *args: Any) -> list[Any]:
        """All rows."""
        ...


async def mark(tx: Fetches, event_ids: Sequence[str]) -> set[str]:
    """Marks events as handled; answers those that were new to this consumer."""
    rows = await tx.fetch(MARK, list(event_ids), tx.now)
    return {row["event_id"] for row in rows}
