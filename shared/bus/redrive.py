"""Redrive: parked records are tried again when a person asks, key by key, oldest first.

Each goes through what any record goes through (`Consume.take`), in a transaction of its own that
also marks it redriven. One that fails again lets its key rest until it is asked for anew; one that
must wait is tried again without end; other keys go on. One whose sealing key has not come, which
may be anybody's, is passed over meanwhile: what opens does not wait for it. What opens then may do
so with a key that has just come: so those passed over are looked at once more before it is handled.

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

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import structlog

from shared import metrics
from shared.backoff import Backoff
from shared.bus import parked
from shared.bus.consume import Consume
from shared.bus.reading import KeyToCome, Unproven, count_forged
from shared.db import Database, Tx, reaching
from shared.errors import RetryLater, Unavailable, Unprocessable
from shared.runtime.health import Health
from shared.runtime.jobs import LONGEST_SLEEP
from shared.runtime.stalls import turn
from shared.runtime.wakeup import Wakeup

PAUSES = (0.1,)
"""A bug may be a collision with a neighbour: it gets a second try, and a person a quick answer."""
FIRST_WAIT = 0.25


KEY_PATIENCE = timedelta(seconds=60)
"""For a sealing key to come. Keys are handed out before they are used (docs/decisions/0009)."""


@dataclass(slots=True)
class _Try:
    """What is being tried: known once its key is locked."""

    asked: parked.Asked | None = None
    key_has_come: bool = False
    """For one that was passed over: it comes first."""


class Redrive:
    """Tries parked records again for one service, side by side with its consumer."""

    def __init__(self, db: Database, consume: Consume, health: Health) -> None:
        self._db = db
        self._consume = consume
        self._health = health
        self._log = structlog.get_logger()

    async def run(self) -> None:
        """Runs until cancelled; raises when the database is lost, and what `Halt` says."""
        async with Wakeup(self._db, f"{self._db.source}_{parked.CHANNEL}") as wakeup:
            backoff = Backoff(FIRST_WAIT, LONGEST_SLEEP)
            while True:
                name = await self._everything_asked(wakeup)
                if name is not None:
                    self._health.waits("redrive", name)
                    await wakeup.wait(backoff.pause())
                else:
                    self._health.goes_on("redrive")
                    backoff.reset()
                    await wakeup.wait(LONGEST_SLEEP)

    async def _everything_asked(self, wakeup: Wakeup) -> str | None:
        """Tries what is asked for now; what some of it must wait for, if any does."""
        waits: str | None = None
        keys = await self._look(wakeup)
        for key in keys:
            try:
                waits = await self._in_order(key) or waits
            except (RetryLater, Unavailable) as problem:
                self._log.warning("redrive.waiting", reason=str(problem))
                waits = problem.name if isinstance(problem, RetryLater) else problem.part
        if keys:
            await self._look(wakeup)
        return waits

    async def _look(self, wakeup: Wakeup) -> list[bytes]:
        """Sets the gauge of what is parked; answers the keys that are asked for."""
        with reaching():
            count, keys = await parked.open_and_asked(wakeup.connection, self._db.clock)
        metrics.PARKED.set(count)
        return keys

    async def _in_order(self, key: bytes) -> str | None:
        """Tries the records of a key up to one that fails; what those passed over wait for."""
        passed: list[parked.Asked] = []
        while True:
            trying = _Try()
            async with turn("redrive"):
                step = partial(self._again, key, passed, trying)
                why = await self._consume.tried(step, pauses=PAUSES)
            if trying.key_has_come:
                passed = []
            elif trying.asked is None:
                break
            elif isinstance(why, Unproven):
                if not await self._lies(key, trying.asked, why):
                    passed.append(trying.asked)
            elif why is not None:
                await self._failed(key, trying.asked, why)
                break
            else:
                self._about(trying.asked).info("redrive.handled")
        return "sealing key" if passed else None

    async def _again(
        self, key: bytes, passed: Sequence[parked.Asked], trying: _Try, tx: Tx
    ) -> None:
        behind = passed[-1].id if passed else 0
        trying.asked = asked = await parked.claim(tx, key, behind)
        if asked is None:
            return
        if passed and self._consume.opens(asked.record):  # with what has come since, perhaps
            trying.key_has_come = any(self._consume.opens(each.record) for each in passed)
        if not trying.key_has_come:
            await self._consume.take(tx, asked.record)
            await tx.execute(parked.REDRIVEN, asked.id, tx.now)

    async def _failed(self, key: bytes, asked: parked.Asked, why: Unprocessable) -> None:
        async with self._db.transaction() as tx:
            await parked.failed_again(tx, key, asked.id, why.reason)
        count_forged(why)
        self._about(asked).error("redrive.failed", reason=why.reason)

    async def _lies(self, key: bytes, asked: parked.Asked, why: Unproven) -> bool:
        """Has a record that nothing proves tried no more, unless its key may still come."""
        to_come = isinstance(why, KeyToCome)
        reason = "its sealing key has not come" if to_come else why.reason
        patience = KEY_PATIENCE if to_come else timedelta()
        async with self._db.transaction() as tx:
            lies = await parked.let_lie(tx, key, asked.id, reason, patience)
        if lies:
            metrics.FORGED.inc()
            self._about(asked).error("redrive.failed", reason=reason)
        return lies

    def _about(self, asked: parked.Asked) -> Any:
        at = asked.record
        return self._log.bind(topic=at.topic, partition=at.partition, offset=at.offset)
