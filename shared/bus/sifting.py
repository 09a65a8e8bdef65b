"""Sifting: what the relay publishes is what a process of its service said, and nothing else.

Whoever has a role at the database can write into the outbox, and its owner can change what stands
there. A row whose MAC (`shared.macs`) is wrong is refused, and so is one whose number our
relay did not give; one without is refused where MACs are required. It stays as it is, marked, for a
person to look at; the others go on, of its key too, for it was never said.

What is refused is looked at again every now and then: its key may have come since. So nothing is
kept back by whoever puts such a mark on what is true.
"""

from collections.abc import Sequence

import asyncpg
import structlog

from shared.bus.chain import COLUMNS, Row
from shared.db import Database
from shared.events.envelope import digest
from shared.macs import Macs

BATCH = 500
REFUSE = "UPDATE outbox SET refused_at = ({clock}) WHERE id = ANY ($1) AND published_at IS NULL"
REFUSED = f"""
SELECT id, {COLUMNS} FROM outbox
WHERE published_at IS NULL AND refused_at IS NOT NULL AND id > $1 ORDER BY id LIMIT {BATCH}
"""
TAKE = "UPDATE outbox SET refused_at = NULL WHERE id = ANY ($1)"


def is_ours(macs: Macs, row: Row) -> bool:
    """Whether a process of ours said this, and our relay gave it the number that it has, if any."""
    envelope, document = row.envelope, row.document
    try:
        said = macs.said(envelope, document, row.mac) if row.mac else not macs.required
        if not said or not envelope.producer_seq:
            return said
        if row.number_mac is None:
            return not macs.required
        return macs.numbered(envelope.source, digest(envelope, document), row.number_mac)
    except (ValueError, OverflowError):  # a time that no clock shows
        return False


class Sifting:
    """Takes rows of one outbox for its relay."""

    def __init__(self, db: Database) -> None:
        self._source = db.source
        self._macs = db.macs
        self._refuse = REFUSE.format(clock=db.clock)
        self._after = 0
        self._log = structlog.get_logger()

    async def rows(self, connection: asyncpg.Connection, query: str) -> list[Row]:
        """Rows of ours among the next that ``query`` finds; none once it finds none."""
        while True:
            found = await self._found(connection, query, BATCH)
            strange = [row.id for row in found if not is_ours(self._macs, row)]
            if strange:
                await connection.execute(self._refuse, strange)
                self._log.error("relay.refused", count=len(strange))
            if len(strange) < len(found) or not found:
                return [row for row in found if row.id not in strange]

    async def look_again(self, connection: asyncpg.Connection) -> None:
        """Takes back what was refused and is ours after all, in turns of `BATCH`."""
        found = await self._found(connection, REFUSED, self._after)
        self._after = found[-1].id if found else 0
        if ours := [row.id for row in found if is_ours(self._macs, row)]:
            await connection.execute(TAKE, ours)

    async def _found(
        self, connection: asyncpg.Connection, query: str, argument: int
    ) -> Sequence[Row]:
        return [Row.of(self._source, each) for each in await connection.fetch(query, argument)]
