"""A lane: one sender over one channel, with a window. Emergencies have a lane of their own."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from services.notify import metrics
from services.notify.channels import Channel
from services.notify.delivery import model, queue, sending
from services.notify.kit import Kit
from shared.clock import pause
from shared.db import Database
from shared.passes import LONGEST_SLEEP
from shared.wakeup import Wakeup

log = structlog.get_logger()

LOCK = "SELECT pg_try_advisory_lock(hashtext($1))"
SOONEST = 0.02
"""Seconds; what is due and was not claimed is in somebody else's transaction."""
STAND_BY = 1.0
"""Seconds between tries of a second replica to take a lane over."""
NOT_READY = 0.25
"""Seconds between looks whether the provider is there again."""
DRAIN = 8.0
"""Seconds that a stopping sender gives what is in flight: then it counts as maybe sent."""


@dataclass(frozen=True, slots=True)
class Lane:
    """What runs a lane. ``window``: the most messages that a crash may repeat."""

    name: model.Lane
    channel: Channel
    window: int
    ready: Callable[[], bool]
    """Whether the provider is there: while it is not, nothing is claimed and nothing is risked."""


async def run_lane(kit: Kit, db: Database, lane: Lane) -> None:
    """Sends what is queued on a lane, for ever; raises when the database or the lock is lost."""
    async with Wakeup(db, f"{db.source}_{queue.channel(lane.name)}") as wakeup:
        while not await wakeup.connection.fetchval(LOCK, f"{db.source}.lane.{lane.name}"):
            await pause(STAND_BY)
        async with db.transaction() as tx:
            repeated = await queue.recover(tx, lane.name)
        log.info("lane.started", name=lane.name, window=lane.window, count=repeated)
        await _Runner(kit, db, lane, wakeup).run()


class _Runner:
    """One lane at work: what is in flight, and when to look again."""

    def __init__(self, kit: Kit, db: Database, lane: Lane, wakeup: Wakeup) -> None:
        self._kit = kit
        self._db = db
        self._lane = lane
        self._wakeup = wakeup
        self._in_flight: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        waiting: asyncio.Task[bool] | None = None
        try:
            while True:
                seconds = await self._fill()
                waiting = waiting or asyncio.create_task(self._wakeup.wait(LONGEST_SLEEP))
                done, _ = await asyncio.wait(
                    {waiting, *self._in_flight},
                    timeout=seconds,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                for task in done:
                    task.result()  # raises what it could not record, or the loss of the lock
                self._in_flight -= done
                waiting = None if waiting in done else waiting
        finally:
            if waiting is not None:
                waiting.cancel()
            await self._drain()

    async def _fill(self) -> float:
        """Claims as much as the window leaves room for; seconds until the next look."""
        metrics.IN_FLIGHT.labels(self._lane.name).set(len(self._in_flight))
        room = self._lane.window - len(self._in_flight)
        if room <= 0:
            return LONGEST_SLEEP
        if not self._lane.ready():
            return NOT_READY
        async with self._db.transaction() as tx:
            claimed = await sending.claim(self._kit, tx, self._lane.name, room)
            due = await queue.next_due(tx, self._lane.name)
            now = tx.now
        for outgoing in claimed:
            work = sending.send(self._kit, self._db, self._lane.channel, outgoing)
            self._in_flight.add(asyncio.create_task(work))
        return LONGEST_SLEEP if len(claimed) == room else _until(due, now)

    async def _drain(self) -> None:
        """Finishes what is in flight; nothing new is claimed."""
        if self._in_flight:
            await asyncio.wait(self._in_flight, timeout=DRAIN)
        for task in self._in_flight:
            task.cancel()


def _until(due: datetime | None, now: datetime) -> float:
    if due is None:
        return LONGEST_SLEEP
    return min(max((due - now).total_seconds(), SOONEST), LONGEST_SLEEP)
