"""Handlers that fail, wait and block as a test wants, and what they did in the database."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
from structlog.testing import capture_logs

from deploy.local.stack import Stack
from deploy.operations.parked import desk
from shared.bus.handling import Handler, each
from shared.db import Database, Tx
from shared.events import Body, Event
from shared.events.notify import AnswerReceived
from tests.stack import scratch
from tests.support.bus import (
    NotifyLike,
    ReferralLike,
    act,
    answer,
    consuming,
    new_incident,
    relaying,
    said,
    settings,
)
from tests.support.eventually import eventually

Which = tuple[str, int]
"""An incident, and the number of its answer."""
EFFECTS = "SELECT aggregate_version FROM outbox WHERE key = $1 ORDER BY id"
ROWS = "SELECT * FROM parked WHERE key = $1 ORDER BY id"


class Handling:
    """Referral's handler: what it does it says, so that what it did twice stands twice."""

    def __init__(self) -> None:
        self.broken: dict[Which, Exception] = {}
        self.gates: dict[Which, asyncio.Event] = {}
        self.tried: Counter[Which] = Counter()

    async def handler(self, tx: Tx, _event: Event[Any], body: AnswerReceived) -> None:
        """Has its effect, and only then waits or fails: a rollback must take the effect back."""
        incident, number = which = body.incident_id, int(body.answer_id)
        self.tried[which] += 1
        tx.emit(said(incident, number), subject=incident, version=number, act=act(tx.now))
        await tx.flush()
        if which in self.gates:
            await self.gates[which].wait()
        if which in self.broken:
            raise self.broken[which]

    @property
    def table(self) -> dict[type[Body], Handler]:
        """The handler table."""
        return {AnswerReceived: each(self.handler)}


@dataclass(slots=True)
class Ward:
    """Notify speaks, referral's consumer runs; a test starts the redriving."""

    stack: Stack
    notify: Database
    referral: Database
    handling: Handling = field(default_factory=Handling)

    async def parked(self, *numbers: int, because: Exception, incident: str | None = None) -> str:
        """An incident whose answers are parked: the first for a reason, the others behind it."""
        incident = incident or new_incident()
        self.handling.broken[incident, numbers[0]] = because
        for number in numbers:
            await answer(self.notify, incident, number)
        await self.has_open(incident, len(numbers))
        return incident

    async def rows(self, incident: str) -> list[asyncpg.Record]:
        """All that was ever parked of an incident."""
        async with self.referral.transaction() as tx:
            return await tx.fetch(ROWS, incident.encode())

    async def open_rows(self, incident: str) -> list[asyncpg.Record]:
        """What is parked of it now."""
        rows = await self.rows(incident)
        return [row for row in rows if row["redriven_at"] is None and row["dropped_at"] is None]

    async def has_open(self, incident: str, count: int) -> None:
        """Until so many are parked."""
        await self._until(incident, lambda rows: len(rows) == count)

    async def rests(self, incident: str) -> None:
        """Until nobody is to try anything of it again."""
        await self._until(incident, lambda rows: not any(row["asked_at"] for row in rows))

    async def _until(self, incident: str, holds: Callable[[list[asyncpg.Record]], bool]) -> None:
        async def probe() -> bool:
            return holds(await self.open_rows(incident))

        await eventually(probe, within=20)

    async def effects(self, incident: str) -> list[int]:
        """What was done, in the order of doing."""
        async with self.referral.transaction() as tx:
            return [row["aggregate_version"] for row in await tx.fetch(EFFECTS, incident)]

    async def did(self, incident: str, *numbers: int) -> None:
        """Until exactly this was done."""

        async def probe() -> bool:
            return len(await self.effects(incident)) >= len(numbers)

        await eventually(probe, within=20)
        assert await self.effects(incident) == list(numbers)

    async def reached(self, incident: str, number: int) -> None:
        """Until a handler has begun with it."""
        await eventually(lambda: self.handling.tried[incident, number], within=20)

    async def ask(self, incident: str) -> None:
        """An operator wants all of an incident tried again."""
        await self.at_desk(incident, lambda at, row: at.ask_key(row))

    async def at_desk(
        self,
        incident: str,
        act_: Callable[[Any, asyncpg.Record], Awaitable[Any]],
        position: int = 0,
    ) -> Any:
        """An operator does something with one of an incident's rows, the first if not said."""
        row_id = (await self.rows(incident))[position]["id"]
        async with desk(self.stack.dsn("tirek_referral")) as at:
            row = await at.find(row_id)
            assert row is not None
            return await act_(at, row)


@asynccontextmanager
async def warding() -> AsyncIterator[Ward]:
    """A broker whose groups nobody else joins, a producer and a consumer."""
    async with AsyncExitStack() as running:
        running.enter_context(capture_logs())  # a traceback of each planned failure takes seconds
        stack = await running.enter_async_context(
            scratch("notify.migrate", "referral.migrate", "topics")
        )
        notify = Database(settings(stack, NotifyLike))
        referral = Database(settings(stack, ReferralLike))
        ward = Ward(stack, notify, referral)
        running.push_async_callback(notify.close)
        running.push_async_callback(referral.close)
        await running.enter_async_context(relaying(stack, notify))
        await running.enter_async_context(consuming(stack, referral, ward.handling.table))
        yield ward
