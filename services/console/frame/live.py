"""Live: a page that is open hears that something changed, and asks again for what it shows.

What goes out is a number and nothing else: what has changed, and for whom, would tell. A page that
asks again gets what its session may see. Without a script a page asks by itself each minute.
"""

import asyncio
from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass, field

from aiokafka.errors import KafkaError

from services.console.sessions import handlers as sessions
from shared.bus import hints
from shared.bus.access import Access
from shared.clock import pause
from shared.db import Database
from shared.errors import TirekError
from shared.events import Envelope
from shared.events.topics import TOPICS
from shared.events.words import SYSTEM

LIVE = "/live"
"""Where an open page listens."""
LOOK = 3.0
"""Seconds between two looks whether the sessions of open pages still stand: who is signed out
hears nothing more within five."""
GATHER = 0.3
"""Seconds in which changes become one hint."""
HEARTBEAT = 15.0
STAFF = "tirek.staff.changed.v1"


@dataclass(slots=True)
class Changes:
    """What one process heard: a number that grows, and the sessions of pages that listen."""

    number: int = 0
    staff: set[str] = field(default_factory=set)
    """Whose entry of the register has changed since it was last asked for."""
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _open: dict[str, int] = field(default_factory=dict)
    _over: set[str] = field(default_factory=set)
    _closed: bool = False

    def hear(self, envelope: Envelope) -> None:
        """Something changed."""
        if envelope.type == STAFF:
            self.staff.add(envelope.subject)
        self.number += 1
        self._tell()

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def follow(self, session_id: str) -> AsyncGenerator[int | None, None]:
        """The number whenever it has grown, none when it has not for a while; ends with the
        session, or with the process."""
        self._open[session_id] = self._open.get(session_id, 0) + 1
        told: int | None = None
        try:
            while session_id not in self._over and not self._closed:
                if self.number != told:
                    told = self.number
                    yield told
                    continue
                waiting = self._changed  # nothing has come since it was looked at
                try:
                    async with asyncio.timeout(HEARTBEAT):
                        await waiting.wait()
                except TimeoutError:
                    yield None
                else:
                    await pause(GATHER)
        finally:
            self._open[session_id] -= 1
            if not self._open[session_id]:
                del self._open[session_id]
                self._over.discard(session_id)

    def close(self) -> None:
        """The process ends, and nobody waits for it to hear anything more."""
        self._closed = True
        self._tell()

    def open_sessions(self) -> Collection[str]:
        """Whose pages listen now."""
        return list(self._open)

    def end(self, session_ids: Collection[str]) -> None:
        """These sessions are over."""
        ended = set(session_ids) & self._open.keys()
        if ended:
            self._over |= ended
            self._tell()


async def listen(changes: Changes, kafka: Access) -> None:
    """Hears every topic from now on; begins again after trouble."""
    topics = tuple(topic.name for topic in TOPICS.values())
    while True:
        try:
            await hints.listen(topics, kafka, changes.hear)
        except (KafkaError, OSError, TimeoutError):
            await pause(LOOK)


async def watch_sessions(changes: Changes, db: Database) -> None:
    """Ends the pages of sessions that no longer stand, and has the register asked about people
    whose entry has changed."""
    while True:
        await pause(LOOK)
        listening, staff = changes.open_sessions(), set(changes.staff)
        if not listening and not staff:
            continue
        try:
            async with db.transaction(actor=SYSTEM) as tx:
                for staff_id in sorted(staff):
                    await sessions.doubt(tx, staff_id)
                standing = await sessions.standing(tx, list(listening))
        except TirekError:
            continue
        changes.staff -= staff
        changes.end(set(listening) - standing)
