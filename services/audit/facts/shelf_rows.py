"""Rows of facts by shelf: which shelves are asked for, which have changed, and what stands there.

A shelf is `WIDTH` numbers wide. Facts get their number when they come, so a shelf is of some days,
and what still changes stands on the newest ones.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from services.audit.facts.store import F, columns, decoded
from services.audit.figures.clocks import Clock
from services.audit.figures.facts import OfferFact, RequestFact
from shared.db import Tx

WIDTH = 4096
"""Most of the numbers are of nobody: each time that a row is put takes one."""
TABLES: dict[type, str] = {RequestFact: "request_facts", OfferFact: "offer_facts"}
REQUESTS = """
SELECT DISTINCT number / $3 FROM request_facts WHERE opened_at >= $1 AND opened_at < $2
"""
OFFERS = """
SELECT DISTINCT number / $3 FROM offer_facts
WHERE greatest(requested_at, told_at, accepted_at) >= $1 AND requested_at < $2
"""
# what a backup brought from a server that counts otherwise is older than any copy, if its number
# has not come here yet
CHANGED = """
SELECT pg_snapshot_xmin(this)::text, (
    SELECT array_agg(DISTINCT number / $2) FROM {table}
    WHERE changed >= $1::text::xid8 AND changed < pg_snapshot_xmax(this)
) FROM pg_current_snapshot() AS this
"""
SEEN = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text"
SHELF = "SELECT {columns} FROM {table} WHERE number >= $1 AND number < $2"


class Since(NamedTuple):
    """Which shelves have changed; ``seen``: the first transaction of which not all may be seen."""

    seen: str
    shelves: frozenset[int]


async def of_period(tx: Tx, clock: Clock, since: datetime, until: datetime) -> frozenset[int]:
    """The shelves of all that a clock may have begun for in that time."""
    query = REQUESTS if clock.hers else OFFERS
    return frozenset(row[0] for row in await tx.fetch(query, since, until, WIDTH))


async def changed(tx: Tx, clock: Clock, seen: str | None) -> Since:
    """Since a copy was made that had ``seen`` so much; nothing, since it is made now."""
    if seen is None:
        return Since(await tx.fetchval(SEEN), frozenset())
    row = await tx.fetchrow(
        CHANGED.format(table=TABLES[RequestFact if clock.hers else OfferFact]), seen, WIDTH
    )
    return Since(row[0], frozenset(row[1] or ())) if row else Since(seen, frozenset())


async def facts(
    tx: Tx, clock: Clock, shelf: int, read: frozenset[str]
) -> Sequence[RequestFact] | Sequence[OfferFact]:
    """All that stand on a shelf, with the fields that are ``read``."""
    if clock.hers:
        return await _on(tx, RequestFact, shelf, read)
    return await _on(tx, OfferFact, shelf, read)


async def _on(tx: Tx, kind: type[F], shelf: int, read: frozenset[str]) -> list[F]:
    query = SHELF.format(columns=columns(kind, read), table=TABLES[kind])
    return decoded(kind, await tx.fetch(query, shelf * WIDTH, (shelf + 1) * WIDTH))
