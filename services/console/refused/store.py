"""Refusals in PostgreSQL: how many came of late, and how many of them were not said yet."""

from dataclasses import dataclass

from services.console.refused.model import WITHIN
from shared.db import Tx

COUNT = """
INSERT INTO refusals AS r (scope, reason, since, times, unsaid) VALUES ($1, $2, $3, 1, 0)
ON CONFLICT (scope, reason) DO UPDATE SET
    since = CASE WHEN r.since <= $4 THEN $3 ELSE r.since END,
    times = CASE WHEN r.since <= $4 THEN 1 ELSE r.times + 1 END,
    unsaid = r.unsaid + CASE WHEN r.since > $4 AND r.times >= $5 THEN 1 ELSE 0 END
RETURNING times
"""
UNSAID = """
WITH due AS (
    SELECT scope, reason, unsaid FROM refusals WHERE unsaid > 0 ORDER BY scope, reason LIMIT $1
    FOR UPDATE
), said AS (
    UPDATE refusals SET unsaid = 0 FROM due
    WHERE refusals.scope = due.scope AND refusals.reason = due.reason
)
SELECT due.scope, due.reason, due.unsaid, staff_id, organisation
FROM due LEFT JOIN sessions ON session_id = due.scope
"""


@dataclass(frozen=True, slots=True)
class Unsaid:
    """So many of one scope and reason; ``staff_id`` and ``organisation`` are a session's."""

    scope: str
    reason: str
    times: int
    staff_id: str | None
    organisation: str | None


async def count(tx: Tx, scope: str, reason: str, most: int) -> bool:
    """Counts one more; whether it is to be said by itself."""
    times = await tx.fetchval(COUNT, scope, reason, tx.now, tx.now - WITHIN, most)
    return bool(times <= most)


async def unsaid(tx: Tx, at_most: int) -> list[Unsaid]:
    """Those that are to be said together; they are said by that."""
    return [
        Unsaid(row["scope"], row["reason"], row["unsaid"], row["staff_id"], row["organisation"])
        for row in await tx.fetch(UNSAID, at_most)
    ]
