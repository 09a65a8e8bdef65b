"""Back to normal: when nothing is overdue any more, and when nothing moves at all."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

import asyncpg

from deploy.local.stack import Stack
from shared.events import READERS, event_type
from shared.events.registry import PRODUCERS
from tests.campaign.oracle.evidence import NOW
from tests.support.services import LISTENING

OVERDUE = timedelta(seconds=2)
"""How long anything may wait in normal life."""
AHEAD = timedelta(seconds=25)
"""At rest nothing is due for so long."""
EVER = timedelta(days=1)
"""At rest no message waits at all, however late its next try is."""
STEADY = 1.5
"""Seconds that it must stay so."""
LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)

UNSAID = " UNION ALL ".join(
    f"SELECT 'unpublished {service}' FROM {service}.outbox WHERE published_at IS NULL AND time < $1"
    for service in LISTENING
)
UNHEARD = " UNION ALL ".join(
    f"SELECT 'unheard by {reader}' FROM {producer}.outbox o"
    f" WHERE type = '{event_type(body)}' AND time < $1"
    f" AND NOT EXISTS (SELECT FROM {reader}.inbox i WHERE i.event_id = o.event_id)"
    f" AND NOT EXISTS (SELECT FROM {reader}.parked p"
    f" WHERE p.redriven_at IS NULL AND p.proven AND p.key = convert_to(o.key, 'UTF8'))"
    for body, names in READERS.items()
    for producer in PRODUCERS[body]
    for reader in names
    if {producer, reader} <= {*LISTENING}
)
DUE = """
SELECT 'service request due' FROM referral.service_request WHERE next_due < $1
UNION ALL
SELECT 'message ' || status FROM notify.messages
WHERE (status = 'queued' AND next_attempt_at < $2) OR (status = 'claimed' AND claimed_at < $2)
"""
WAITING = f"SELECT what, count(*) FROM ({UNSAID} UNION ALL {UNHEARD} UNION ALL {DUE}) AS w (what)"
WAITING += " GROUP BY what ORDER BY what"


class NeverCalm(Exception):
    """It did not come back to normal in time."""


@dataclass(slots=True)
class Watch:
    """Looks at the database from outside, and waits while the database itself is away."""

    stack: Stack
    say: Callable[[str], None] = lambda _what: None
    """Told what waits, whenever that is something else."""
    last: str = ""
    _connection: asyncpg.Connection | None = None

    async def waiting(self, since: timedelta, messages: timedelta) -> bool:
        """Whether anything was due at ``since`` from now, or a message at ``messages`` from now."""
        try:
            if self._connection is None:
                dsn = self.stack.superuser("tirek")
                self._connection = await asyncpg.connect(dsn, timeout=3, command_timeout=10)
            now = await self._connection.fetchval(NOW)
            found = await self._connection.fetch(WAITING, now + since, now + messages)
        except LOST:
            await self.close()
            self._now("the database does not answer")
            return True
        self._now(", ".join(f"{count} {what}" for what, count in found))
        return bool(found)

    def _now(self, what: str) -> None:
        if what != self.last:
            self.say(what)
        self.last = what

    async def close(self) -> None:
        """Lets the connection go."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    async def normal(self, within: float) -> float:
        """Seconds from now until nothing was overdue any more, and it stayed so.

        Raises `NeverCalm` with what is still overdue.
        """
        return await self._steady(-OVERDUE, -OVERDUE, within)

    async def rest(self, within: float) -> float:
        """Seconds until nothing moves: nothing waits, and nothing is due soon. Raises `NeverCalm`.

        Deadlines that are far ahead may stand.
        """
        return await self._steady(AHEAD, EVER, within)

    async def _steady(self, since: timedelta, messages: timedelta, within: float) -> float:
        began = monotonic()
        calm: float | None = None
        while True:
            if await self.waiting(since, messages):
                calm = None
            elif calm is None:
                calm = monotonic()
            elif monotonic() - calm >= STEADY:
                return calm - began
            if monotonic() - began > within:
                raise NeverCalm(f"not after {within:.0f} s: {self.last}")
            await asyncio.sleep(0.2)
