"""Addresses of calendars in PostgreSQL: a person's one address, and how often it is read."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared import locks
from shared.db import Tx

REVOKE = """
UPDATE calendar_feeds SET revoked_at = $2 WHERE staff_id = $1 AND revoked_at IS NULL
RETURNING feed_id
"""
MAKE = """
INSERT INTO calendar_feeds (feed_id, staff_id, secret_hash, made_at, counted_since)
VALUES ($1, $2, $3, $4, $4)
"""
OWN = """
SELECT feed_id, made_at FROM calendar_feeds WHERE staff_id = $1 AND revoked_at IS NULL
"""
READ = """
UPDATE calendar_feeds SET
    readings = CASE WHEN counted_since <= $3 THEN 1 ELSE readings + 1 END,
    counted_since = CASE WHEN counted_since <= $3 THEN $2 ELSE counted_since END
WHERE secret_hash = $1 AND revoked_at IS NULL
RETURNING feed_id, staff_id, readings, counted_since
"""


@dataclass(frozen=True, slots=True)
class Feed:
    """An address that holds, and since when."""

    feed_id: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody's calendar is read, so many times since then."""

    feed_id: str
    staff_id: str
    times: int
    since: datetime


async def make(tx: Tx, staff_id: str, secret_hash: str) -> Feed:
    """A new address of somebody; the one before holds no more."""
    await locks.hold(tx, locks.slot("calendar", staff_id))
    await revoke(tx, staff_id)
    feed = Feed(tx.ids.new(), tx.now)
    await tx.execute(MAKE, feed.feed_id, staff_id, secret_hash, tx.now)
    return feed


async def revoke(tx: Tx, staff_id: str) -> bool:
    """Somebody's address holds no more; False when there was none."""
    return await tx.fetchval(REVOKE, staff_id, tx.now) is not None


async def own(tx: Tx, staff_id: str) -> Feed | None:
    """Somebody's address; what it is, nobody can say any more."""
    row = await tx.fetchrow(OWN, staff_id)
    return None if row is None else Feed(row["feed_id"], row["made_at"])


async def read(tx: Tx, secret_hash: str, span: timedelta) -> Reading | None:
    """Whose address this is, with how often it was read in ``span``, this time too; none if it
    holds no more, or never did."""
    row = await tx.fetchrow(READ, secret_hash, tx.now, tx.now - span)
    return None if row is None else Reading(*row)
