"""PostgreSQL: one pool a process, one transaction a command, time and identifiers with it.

Everything waits with a timeout: a dead link would wait for ever otherwise.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any

import asyncpg
import structlog

from shared import clock, crash, deadline, outbox
from shared.errors import RolledBack, RowHeld, Unavailable, Unstorable
from shared.events import Act, Body, Document, Envelope, Event, event_type
from shared.events.envelope import new_salt
from shared.events.words import SYSTEM
from shared.ids import Ids, RandomIds
from shared.macs import Macs
from shared.settings import Environment, Settings

ROLLED_BACK = (
    asyncpg.exceptions.SerializationError,
    asyncpg.exceptions.DeadlockDetectedError,
    asyncpg.exceptions.LockNotAvailableError,
    asyncpg.exceptions.QueryCanceledError,  # by the server: a timeout of ours is no answer of its
)
LOST = (
    *ROLLED_BACK,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.exceptions.InsufficientResourcesError,  # class 53: disk full, too many connections
    asyncpg.exceptions.OperatorInterventionError,  # class 57: shutdown, crash, cancelled, starting
    asyncpg.exceptions.PostgresSystemError,  # class 58: a file that cannot be written
    OSError,
    TimeoutError,
)
"""A failure of the link, the server or the moment, not of the statement.

After backends die each pooled connection may fail once, also with ``InternalClientError``, which is
no ``PostgresError``.
"""


UNSTORABLE = (
    asyncpg.DataError,  # class 22 of the server's, and asyncpg's own for what it cannot even send
    asyncpg.exceptions.ProgramLimitExceededError,  # a text that no index takes
)
"""A failure of a value, whoever sends it and however often."""


def as_unavailable(problem: Exception) -> Exception:
    """`Unavailable` for a lost database; asyncpg's complaint about an argument stays itself."""
    if isinstance(problem, ValueError):  # asyncpg's complaint about an argument: our mistake
        return problem
    if isinstance(problem, asyncpg.exceptions.LockNotAvailableError):
        return RowHeld("database")
    if isinstance(problem, ROLLED_BACK):
        return RolledBack("database")
    return Unavailable("database")


@contextmanager
def reaching() -> Iterator[None]:
    """What is done inside raises `Unavailable` when the database is lost, and `Unstorable` for a
    value that it does not take."""
    try:
        yield
    except UNSTORABLE as problem:
        structlog.get_logger().warning("database.unstorable", exc_info=problem)
        raise Unstorable from problem
    except LOST as problem:
        raise as_unavailable(problem) from problem


_DOCUMENT = Document[Any]
"""Made once: a generic model's kind costs as much as a document."""
BEGIN = "SELECT set_config('app.actor', $1, true), ({clock}) AS now"
"""The first statement of a transaction: who acts, and when. One that does more answers so, too."""


BRIEFLY = """
SELECT set_config('app.actor', $1, true), set_config('lock_timeout', '250ms', true),
       ({clock}) AS now
"""
"""Begins a transaction that raises `RowHeld` soon, where others should not wait with it."""


async def _nothing_to_reset(_connection: asyncpg.Connection) -> None:
    """All that we set on a pooled connection ends with its transaction: a round trip saved."""


class Tx:
    """One open transaction: what handlers get. ``now`` is the only time they may know."""

    def __init__(
        self,
        conn: "asyncpg.Connection | asyncpg.pool.PoolConnectionProxy[Any]",
        begun: asyncpg.Record,
        source: str,
        ids: Ids,
        macs: Macs,
    ) -> None:
        self.conn = conn
        self.begun = begun
        """What the first statement answered."""
        self.now: datetime = begun["now"]
        self.ids = ids
        self.macs = macs
        """For rows that bear one; what is said has its own."""
        self._cause: Event[Any] | None = None
        self._source = source
        self._pending: list[outbox.Pending] = []
        self._channels: set[str] = set()

    async def fetch(self, query: str, *args: Any) -> list[asyncpg.Record]:
        """All rows."""
        return await self.conn.fetch(query, *args)

    async def fetchrow(self, query: str, *args: Any) -> asyncpg.Record | None:
        """The first row, or none."""
        return await self.conn.fetchrow(query, *args)

    async def fetchval(self, query: str, *args: Any) -> Any:
        """The first column of the first row, or none."""
        return await self.conn.fetchval(query, *args)

    async def execute(self, query: str, *args: Any) -> str:
        """Runs one statement; answers its command tag."""
        return await self.conn.execute(query, *args)

    async def executemany(self, query: str, rows: list[tuple[Any, ...]]) -> None:
        """Runs one statement for many rows."""
        await self.conn.executemany(query, rows)

    def emit(self, body: Body, *, subject: str, version: int, act: Act | None = None) -> None:
        """Says an event when this transaction commits, and never if it does not.

        ``subject`` is the aggregate, ``version`` its version after the change. Key and
        correlation are the body's key; the cause is the event of `because`.
        """
        envelope = Envelope(
            id=self.ids.new(),
            type=event_type(type(body)),
            source=self._source,
            subject=subject,
            key=body.key,
            time=self.now,
            correlation_id=body.key,
            causation_id=self._cause.id if self._cause else None,
            aggregate_version=version,
        )
        document = _DOCUMENT(salt=new_salt(), act=act, data=body).canonical()
        mac = self.macs.event(envelope, document)
        self._pending.append(outbox.Pending(envelope, document, mac))

    @property
    def emits(self) -> bool:
        """Whether an event has been said that is not written yet."""
        return bool(self._pending)

    @contextmanager
    def because(self, event: Event[Any]) -> Iterator[None]:
        """What is emitted inside has this event as its cause."""
        before, self._cause = self._cause, event
        try:
            yield
        finally:
            self._cause = before

    def wake(self, channel: str = "wake") -> None:
        """Wakes the jobs that wait on ``<schema>_<channel>``, once this commits."""
        self._channels.add(channel)

    async def flush(self) -> None:
        """Writes what was said; called once, at the edge, just before the commit."""
        if self._pending:
            self._channels.add(outbox.CHANNEL)
        if self._channels:
            await outbox.write(
                self, self._pending, {f"{self._source}_{each}" for each in self._channels}
            )
        self._pending, self._channels = [], set()


class Database:
    """A pool with timeouts. Nothing connects before `open`."""

    def __init__(
        self, settings: Settings, *, dsn: str | None = None, ids: Ids | None = None
    ) -> None:
        """Raises `KeyFileError`."""
        self._settings = settings
        self._dsn = dsn or settings.database_url.get_secret_value()
        self._ids = ids or RandomIds()
        self.macs = Macs.of(settings.keys_dir, settings.outbox_mac)
        self.clock = clock.reading(settings.env)
        """The SQL that reads the time, for a statement that is a transaction of its own."""
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()

    @property
    def source(self) -> str:
        """The service this database belongs to: its schema, and the ``source`` of its events."""
        return self._settings.SERVICE

    async def open(self) -> None:
        """Fills the pool; raises `Unavailable`. A process may also start without its database."""
        async with self._opening:
            if self._pool is not None:
                return
            with reaching():
                self._pool = await asyncpg.create_pool(
                    self._dsn,
                    min_size=1,
                    max_size=self._settings.pool_size,
                    timeout=self._settings.connect_timeout,
                    command_timeout=self._settings.command_timeout,
                    max_inactive_connection_lifetime=60,
                    reset=_nothing_to_reset,
                )

    async def close(self) -> None:
        """Gives the connections back, by force if they do not come."""
        pool, self._pool = self._pool, None
        if pool is not None:
            try:
                await asyncio.wait_for(pool.close(), self._settings.connect_timeout)
            except TimeoutError:
                pool.terminate()

    def transaction(
        self, *, actor: str = SYSTEM, begin: str = BEGIN, args: Sequence[Any] = ()
    ) -> AbstractAsyncContextManager[Tx]:
        """One transaction for ``actor`` (row-level security sees it); commits at its end.

        ``begin``, with ``args`` behind the actor: a first statement that does more than `BEGIN`.

        Raises `Unavailable` when the database cannot be had in time or is lost on the way. The
        commit's outcome is then unknown: every writer has an idempotency key.
        """
        return self._transaction(begin.format(clock=self.clock), actor, *args)

    @asynccontextmanager
    async def _transaction(self, begin: str, *args: Any) -> AsyncIterator[Tx]:
        with reaching():
            async with self._borrowed() as conn, conn.transaction():
                begun = await conn.fetchrow(begin, *args)
                if begun is None:
                    raise Unavailable("database")
                tx = Tx(conn, begun, self.source, self._ids, self.macs)
                yield tx
                emits = tx.emits
                await tx.flush()
                if emits:
                    crash.passing(f"{self.source}.before-commit")
            if emits:
                crash.passing(f"{self.source}.after-commit")

    @asynccontextmanager
    async def _borrowed(self) -> AsyncIterator["asyncpg.pool.PoolConnectionProxy[Any]"]:
        """A pooled connection; it is cut when the caller's time is over (`shared.deadline`).

        To cancel instead would not do: what unwinds then asks a silent server for its ROLLBACK.
        """
        end = deadline.until()
        async with asyncio.timeout_at(end):
            await self.open()
        pool = self._pool
        if pool is None:
            raise Unavailable("database")
        async with pool.acquire(timeout=deadline.left(self._settings.connect_timeout)) as conn:
            cut = asyncio.get_running_loop().call_at(end, conn.terminate) if end else None
            try:
                yield conn
            finally:
                if cut is not None:
                    cut.cancel()

    async def connect(self) -> asyncpg.Connection:
        """A connection of its own, outside the pool: for locks, for listening and for looks.

        All its life it is the system's for row-level security.
        """
        with reaching():
            return await asyncpg.connect(
                self._dsn,
                server_settings={"app.actor": SYSTEM},
                timeout=self._settings.connect_timeout,
                command_timeout=self._settings.command_timeout,
            )

    @property
    def can_turn_clock(self) -> bool:
        """Whether the clock of this database may be turned (``TIREK_ENV=test``)."""
        return self._settings.env is Environment.TEST
