"""Waking on a commit: PostgreSQL notifications as a hint, with a slow look behind them."""

import asyncio
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import asyncpg

from shared import clock
from shared.db import Database, reaching
from shared.errors import Unavailable


class Wakeup:
    """Listens on a connection of its own; what comes while it is down is lost, so losing it raises.

    The turned clock wakes it too.
    """

    def __init__(self, db: Database, channel: str) -> None:
        self._db = db
        self._channel = channel
        self._event = asyncio.Event()
        self._lost = False
        self._connection: asyncpg.Connection | None = None

    @property
    def connection(self) -> asyncpg.Connection:
        """The connection: a lease taken on it (`shared.lease`) is free once the listening ends."""
        if self._connection is None:
            raise Unavailable("database")
        return self._connection

    async def __aenter__(self) -> Self:
        """Starts listening; raises `Unavailable`."""
        self._connection = connection = await self._db.connect()
        connection.add_termination_listener(self._on_lost)
        for channel in (self._channel, clock.CHANNEL):
            await connection.add_listener(channel, self._on_notification)
        return self

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _value: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Lets the connection, and any lock on it, go."""
        if self._connection is not None:
            self._connection.terminate()

    async def due(self, query: str, *args: Any) -> tuple[datetime, datetime | None]:
        """The time now, which the query may name ``at.now``, and the one that the query selects.

        One statement and no transaction, for whoever opens one only if something is due.
        Raises `Unavailable`.
        """
        with reaching():
            row = await self.connection.fetchrow(
                f"SELECT at.now, ({query}) AS due FROM (SELECT ({self._db.clock}) AS now) AS at",
                *args,
            )
        if row is None:
            raise Unavailable("database")
        return row["now"], row["due"]

    async def wait(self, seconds: float | None) -> bool:
        """Until something was notified, or ``seconds`` have passed: then it answers False.

        Raises `Unavailable` if the link is lost.
        """
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
            notified = True
        except TimeoutError:
            notified = False
        self._event.clear()
        if self._lost:
            raise Unavailable("database")
        return notified

    def _on_notification(self, *_: Any) -> None:
        self._event.set()

    def _on_lost(self, *_: Any) -> None:
        self._lost = True
        self._event.set()
