"""Redrive: parked records are tried again when a person asks, key by key, oldest first.

Each goes through what any record goes through (`Consume.take`), in a transaction of its own that
also marks it redriven. One that fails again lets its key rest until it is asked for anew; one that
must wait is tried again without end; other keys go on.

Why order within a key holds while new records of it arrive, under READ COMMITTED:

- A key's partition is read by one consumer, and a record's offset is committed after it was handled
  or parked. So when a record is looked at, whatever came before it is handled, or parked for all to
  see.
- Whoever finds the key *free* looked after the last redrive had committed, effects and mark
  together. What it then reads has those effects in it: it comes after them. This is all that a
  batch needs, so it looks without a lock, and every record whose key is free does.
- Whoever finds the key *parked* may be wrong a moment later: it would park a record behind nothing,
  which nobody asks for. So it takes the key's lock, looks again, and parks in the same transaction;
  a redrive holds the same lock from its look to its commit. Either the record is parked while an
  older one is open, and then it is asked for when that one is (`parked.PARK`); or it waits for the
  commit and finds the key free.
- Two workers cannot redrive one key at a time: the second finds the lock taken, and goes on with
  other keys. The lock comes before every row lock in its transaction, but for the inbox marks of a
  batch, which are of events of other keys. So it adds no deadlock.

Two readings of one record, after a rebalance say, are the inbox's: its second mark finds the first.
"""

from dataclasses import dataclass
from functools import partial

import structlog

from shared import metrics
from shared.backoff import Backoff
from shared.bus import parked
from shared.bus.consume import Consume
from shared.db import Database, Tx, reaching
from shared.errors import RetryLater, Unavailable
from shared.runtime.jobs import LONGEST_SLEEP
from shared.runtime.stalls import turn
from shared.runtime.wakeup import Wakeup

PAUSES = (0.1,)
"""A bug may be a collision with a neighbour: it gets a second try, and a person a quick answer."""
FIRST_WAIT = 0.25


@dataclass(slots=True)
class _Try:
    """What is being tried: known once its key is locked."""

    asked: parked.Asked | None = None


class Redrive:
    """Tries parked records again for one service, side by side with its consumer."""

    def __init__(self, db: Database, consume: Consume) -> None:
        self._db = db
        self._consume = consume
        self._log = structlog.get_logger()

    async def run(self) -> None:
        """Runs until cancelled; raises when the database is lost, and what `Halt` says."""
        async with Wakeup(self._db, f"{self._db.source}_{parked.CHANNEL}") as wakeup:
            backoff = Backoff(FIRST_WAIT, LONGEST_SLEEP)
            while True:
                if await self._everything_asked(wakeup):
                    await wakeup.wait(backoff.pause())
                else:
                    backoff.reset()
                    await wakeup.wait(LONGEST_SLEEP)

    async def _everything_asked(self, wakeup: Wakeup) -> bool:
        """Tries what is asked for now; whether some of it must wait for something."""
        waits = False
        keys = await self._look(wakeup)
        for key in keys:
            try:
                while await self._oldest(key):
                    pass
            except (RetryLater, Unavailable) as problem:
                self._log.warning("redrive.waiting", reason=str(problem))
                waits = True
        if keys:
            await self._look(wakeup)
        return waits

    async def _look(self, wakeup: Wakeup) -> list[bytes]:
        """Sets the gauge of what is parked; answers the keys that are asked for."""
        with reaching():
            count, keys = await parked.open_and_asked(wakeup.connection)
        metrics.PARKED.set(count)
        return keys

    async def _oldest(self, key: bytes) -> bool:
        """Tries the oldest record of a key; whether it went well and the next may follow."""
        trying = _Try()
        async with turn("redrive"):
            reason = await self._consume.tried(partial(self._again, key, trying), pauses=PAUSES)
        if trying.asked is None:
            return False
        where = trying.asked.record
        log = self._log.bind(topic=where.topic, partition=where.partition, offset=where.offset)
        if reason is None:
            log.info("redrive.handled")
            return True
        async with self._db.transaction() as tx:
            await parked.failed_again(tx, key, trying.asked.id, reason)
        log.error("redrive.failed", reason=reason)
        return False

    async def _again(self, key: bytes, trying: _Try, tx: Tx) -> None:
        trying.asked = await parked.claim(tx, key)
        if trying.asked is not None:
            await self._consume.take(tx, trying.asked.record)
            await tx.execute(parked.REDRIVEN, trying.asked.id, tx.now)
