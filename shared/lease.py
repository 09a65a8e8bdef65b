"""Lease: of several processes one does what one alone may do, and another follows when it hangs.

A row in the service's own schema says whose turn it is. Its ``epoch`` rises whenever somebody takes
it, its ``beat`` whenever the holder shows that its work moves. Who stands by looks every second:
when the holder's session is gone, or `LOOKS` looks in a row have found the same beat, it takes the
lease by compare-and-set. No clock is read, neither the database's, which tests turn, nor a
machine's.

What a holder writes names its epoch in the same statement (`HELD`). Whoever was frozen, and thaws
when another has the lease, changes nothing any more and stands by (docs/decisions/0028).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any, TypeVar

import asyncpg
import structlog

from shared import metrics
from shared.clock import pause
from shared.db import Database, Tx, reaching
from shared.errors import RolledBack, TirekError
from shared.tasks import HASTE

T = TypeVar("T")
EVERY = 2.0
"""Seconds between two beats of a holder."""
LOOK_EVERY, LOOKS = 1.0, 6
"""How often who stands by looks, and how many looks a holder may be silent."""

HELD = "SELECT epoch FROM leases WHERE name = {name} AND epoch = {epoch} FOR KEY SHARE"
"""One row for who has the lease, and none for who had it. Until the statement, or the transaction
around it, has committed, nobody takes the lease: `TAKE` changes a key, and waits. A beat does not.
"""
HOLDING = f"""
WITH held AS ({HELD.format(name="$2", epoch="$3")})
SELECT set_config('app.actor', $1, true), ({{clock}}) AS now, EXISTS (SELECT FROM held) AS is_held
"""
"""Begins a transaction (`shared.db.BEGIN`) of whoever has the lease."""
SEEN = """
SELECT epoch, beat, NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = holder) AS is_free
FROM leases WHERE name = $1
"""
TAKE = """
INSERT INTO leases AS known (name, holder, epoch, beat) VALUES ($1, pg_backend_pid(), 1, 0)
ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, epoch = known.epoch + 1, beat = 0
WHERE known.epoch = $2 AND known.beat = $3
RETURNING epoch
"""
BEAT = """
UPDATE leases SET beat = beat + 1 WHERE name = $1 AND epoch = $2
AND set_config('synchronous_commit', 'off', true) = 'off'
"""
LET_GO = "UPDATE leases SET holder = NULL WHERE name = $1 AND epoch = $2"


class Superseded(TirekError):
    """Another process has the lease by now: this one stands by."""

    def __init__(self, name: str) -> None:
        super().__init__(f"another process has the lease {name}")


class Lease:
    """One lease, over a connection that the holder has for itself as long as it works."""

    def __init__(self, name: str, connection: asyncpg.Connection) -> None:
        self.name = name
        self.epoch = 0
        """Of the last time that we took it."""
        self._connection = connection
        self._next = 0.0
        self._log = structlog.get_logger().bind(name=name)
        metrics.LEASES_TAKEN_OVER.labels(name)  # 0: an alert sees the first only if it was less

    async def take(self, wait: Callable[[], Awaitable[None]] | None = None) -> bool:
        """Waits until this process has the lease; whether it had to stand by for it.

        ``wait``: what is done between two looks, in place of a pause. Raises `Unavailable`.
        """
        seen, silent, stood_by = (0, 0), 0, False
        while True:
            found, is_free = await self._look()
            silent = silent + 1 if found == seen else 0
            seen = found
            if (is_free or silent >= LOOKS) and await self._take(found):
                break
            stood_by = True
            await (wait() if wait else pause(LOOK_EVERY))
        if is_free:
            self._log.info("lease.taken", epoch=self.epoch)
        else:
            metrics.LEASES_TAKEN_OVER.labels(self.name).inc()
            self._log.warning("lease.taken-over", epoch=self.epoch)
        self._next = monotonic() + EVERY
        return stood_by

    async def _look(self) -> tuple[tuple[int, int], bool]:
        """Epoch and beat, and whether nobody has it."""
        with reaching():
            row = await self._connection.fetchrow(SEEN, self.name)
        return ((row["epoch"], row["beat"]), row["is_free"]) if row else ((0, 0), True)

    async def _take(self, found: tuple[int, int]) -> bool:
        try:
            with reaching():
                epoch = await self._connection.fetchval(TAKE, self.name, *found)
        except RolledBack:  # who had it was stopped in a transaction: the server ends that
            return False
        self.epoch = epoch or self.epoch
        return epoch is not None

    async def beat(self) -> None:
        """Shows that the work moves, if it is time to; raises `Superseded` and `Unavailable`."""
        if monotonic() < self._next:
            return
        with reaching():
            self.check(await self._connection.execute(BEAT, self.name, self.epoch))
        self._next = monotonic() + EVERY

    @property
    def rest(self) -> float:
        """Seconds until the next beat is due."""
        return max(0.0, self._next - monotonic())

    async def beating(self, work: Coroutine[Any, Any, T]) -> T:
        """What ``work`` answers, with beats meanwhile: it waits for others, and has its own end.

        It does not use this lease's connection. Raises as `beat` does, and what ``work`` raises.
        """
        task = asyncio.create_task(work)
        try:
            while not (await asyncio.wait({task}, timeout=EVERY))[0]:
                await self.beat()
        finally:
            if not task.done():  # it is to have ended, before what is done about that begins
                task.cancel()
                await asyncio.wait({task}, timeout=HASTE)
        return task.result()

    @asynccontextmanager
    async def holding(self, db: Database) -> AsyncIterator[Tx]:
        """A transaction until whose end nobody takes the lease; raises `Superseded`."""
        async with db.transaction(begin=HOLDING, args=(self.name, self.epoch)) as tx:
            if not tx.begun["is_held"]:
                raise Superseded(self.name)
            yield tx

    def check(self, tag: str) -> None:
        """Raises `Superseded` when a statement with `HELD` in it has touched no row."""
        if tag.endswith(" 0"):
            raise Superseded(self.name)

    async def let_go(self) -> None:
        """Gives it back, if it is still ours: whoever stands by need not wait for silence."""
        with reaching():
            await self._connection.execute(LET_GO, self.name, self.epoch)
