"""Sender loop: one lane over one channel, with a window. Emergencies have a lane of their own."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog

from services.notify import metrics
from services.notify.channels import Channel
from services.notify.delivery import model, send
from services.notify.delivery.send_results import Ended
from services.notify.delivery.store import messages
from services.notify.deps import Deps
from shared.clock import pause
from shared.db import Database
from shared.errors import RolledBack, Unavailable
from shared.lease import Lease, Superseded
from shared.runtime.jobs import AGAIN, LONGEST_SLEEP
from shared.runtime.wakeup import Wakeup

log = structlog.get_logger()

SOONEST = 0.02
"""Seconds; what is due and was not claimed is in somebody else's transaction."""
STAND_BY = 1.0
"""Seconds between tries of a second replica to take a lane over."""
NOT_READY = 0.25
"""Seconds between looks whether the provider is there again."""
PATIENCE = 5.0
"""Seconds in which look after look finds no provider and nothing in hand, after which the lane is
let go: another replica may have the one bind that the provider allows."""
LET_GO = 2 * STAND_BY
"""Seconds before who has no provider asks for the lane: whoever has one is to come first."""
RECORD_TRIES = (0.0, 0.1, 0.3, 1.0, 2.0)
"""Pauses before tries to record outcomes once more."""
DRAIN = 6.0
"""Seconds that a stopping sender gives what is in flight: then it counts as maybe sent. Recording
that and unbinding come after, within what a worker has (`shared.runtime.worker.GRACE`)."""


@dataclass(frozen=True, slots=True)
class Sender:
    """What runs a lane. ``window``: the most messages that a crash may repeat."""

    name: model.Lane
    channel: Channel
    window: int
    ready: Callable[[], bool]
    """Whether the provider is there: while it is not, nothing is claimed and nothing is risked."""


async def run_lane(deps: Deps, db: Database, sender: Sender) -> None:
    """Sends what is queued on a lane, for ever; raises when the database is lost."""
    held = metrics.HELD.labels(sender.name)
    async with Wakeup(db, f"{db.source}_{messages.channel(sender.name)}") as wakeup:
        lease = Lease(f"lane {sender.name}", wakeup.connection)
        while True:
            await lease.take(partial(_stand_by, sender))
            try:
                async with lease.holding(db) as tx:
                    repeated = await messages.recover(tx, sender.name)
                log.info("lane.started", name=sender.name, window=sender.window, count=repeated)
                with held.track_inprogress():
                    await _Runner(deps, db, sender, wakeup, lease).run()
            except Superseded:
                log.warning("lane.superseded", name=sender.name)
                continue
            await lease.let_go()
            log.info("lane.let-go", name=sender.name)
            await _stand_back(sender)


async def _stand_by(sender: Sender) -> None:
    await (pause(STAND_BY) if sender.ready() else _stand_back(sender))


async def _stand_back(sender: Sender) -> None:
    """Who has no provider lets whoever has one come first, for as long as it has none itself."""
    for _ in range(round(LET_GO / NOT_READY)):
        if sender.ready():
            return
        await pause(NOT_READY)


class _Runner:
    """One lane at work: what is in flight, what has ended, and when to look again."""

    def __init__(
        self, deps: Deps, db: Database, sender: Sender, wakeup: Wakeup, lease: Lease
    ) -> None:
        self._deps = deps
        self._db = db
        self._sender = sender
        self._wakeup = wakeup
        self._lease = lease
        self._in_flight: set[asyncio.Task[Ended]] = set()
        self._ended: list[Ended] = []
        """Not recorded yet: with what is in flight, never more than the window."""
        self._look_at: float | None = None
        """When to look again, by the loop's clock; none: it was called, and claims at once."""
        self._useless_since: float | None = None
        """The first look in a row that found no provider and nothing in hand."""

    async def run(self) -> None:
        """Returns when the provider is away and nothing is in hand; raises as `run_lane` does."""
        waiting: asyncio.Task[bool] | None = None
        try:
            while not self._useless_for(PATIENCE):
                await self._lease.beat()
                seconds = min(await self._turn(), self._lease.rest)
                waiting = waiting or asyncio.create_task(self._wakeup.wait(None))
                await asyncio.wait(
                    {waiting, *self._in_flight},
                    timeout=seconds,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                self._collect()
                if waiting.done():
                    waiting.result()  # raises the loss of the connection
                    waiting = self._look_at = None
        finally:
            if waiting is not None:
                waiting.cancel()
            await self._drain()

    def _useless_for(self, seconds: float) -> bool:
        """Counted from a look, not from the last good one: however long a lane slept in between."""
        since = self._useless_since
        return since is not None and asyncio.get_running_loop().time() - since >= seconds

    async def _turn(self) -> float:
        """Records what has ended, and claims what is due and the window leaves room for, in one
        transaction; returns the seconds until the next turn."""
        metrics.IN_FLIGHT.labels(self._sender.name).set(len(self._in_flight))
        ready = self._sender.ready()
        if ready or self._in_flight or self._ended:
            self._useless_since = None
        elif self._useless_since is None:
            self._useless_since = asyncio.get_running_loop().time()
        room = self._sender.window - len(self._in_flight) if ready and not self._early() else 0
        try:
            if self._ended or (room and await self._is_due()):
                await self._lease.beating(self._once(room))
        except RolledBack:  # what has ended is still in hand, and nothing was claimed
            log.warning("lane.rolled-back", name=self._sender.name, count=len(self._ended))
            return AGAIN
        except Unavailable:
            # what was claimed may stand or not: only a new start can tell, see `messages.recover`
            await self._record()
            raise
        return (self._early() or LONGEST_SLEEP) if ready else NOT_READY

    def _early(self) -> float:
        """Seconds until something may be due that was not at the last look."""
        at = self._look_at
        return 0.0 if at is None else max(0.0, at - asyncio.get_running_loop().time())

    async def _is_due(self) -> bool:
        """Whether a transaction is worth opening: the lane was called, or a look says so."""
        if self._look_at is None:
            return True
        now, first = await self._wakeup.due(messages.FIRST_DUE, self._sender.name)
        if first is not None and first <= now:
            return True
        self._sleep(first, now)
        return False

    def _sleep(self, due: datetime | None, now: datetime) -> None:
        self._look_at = asyncio.get_running_loop().time() + _until(due, now)

    async def _once(self, room: int) -> None:
        """Records what has ended, and starts to send what was claimed, if the lane is ours."""
        own = self._lease.holding(self._db) if room else self._db.transaction()
        async with own as tx:
            claimed = await send.turn(self._deps, tx, self._sender.name, self._ended, room)
            more = len(claimed) == room
            due = None if more else await messages.next_due(tx, self._sender.name)
        self._ended = []
        if not more:
            self._sleep(due, tx.now)
        for outgoing in claimed:
            work = send.send(self._sender.channel, outgoing)
            self._in_flight.add(asyncio.create_task(work))

    async def _record(self) -> None:
        """Records what has ended, and nothing else; what cannot be recorded is a maybe."""
        for pause_before in RECORD_TRIES if self._ended else ():
            await pause(pause_before)
            try:
                await self._once(0)
            except Unavailable:
                continue
            return

    def _collect(self) -> None:
        done = {task for task in self._in_flight if task.done()}
        self._ended += [task.result() for task in done]
        self._in_flight -= done

    async def _drain(self) -> None:
        """Finishes what is in flight and records it; nothing new is claimed."""
        if self._in_flight:
            await asyncio.wait(self._in_flight, timeout=DRAIN)
        self._collect()
        for task in self._in_flight:
            task.cancel()
        await self._record()


def _until(due: datetime | None, now: datetime) -> float:
    if due is None:
        return LONGEST_SLEEP
    return min(max((due - now).total_seconds(), SOONEST), LONGEST_SLEEP)
