"""Audit's ledger in this process, on the real database: what it hears is made here."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

from deploy.local.stack import Stack
from services.audit import app, jobs
from services.audit.deps import Deps
from services.audit.handlers import growing
from services.audit.settings import AuditSettings
from shared.db import Database
from shared.events import Closed, Envelope, Event
from shared.events.envelope import GENESIS, digest
from shared.security.tokens import Caller
from tests.support import environment
from tests.support.tokens import bearer

AUDITOR = Caller("st-auditor", "ombudsman", frozenset({"auditor"}))
FINDINGS = "SELECT kind, first, last FROM findings WHERE producer = $1 ORDER BY kind, first"


@dataclass(slots=True)
class Producer:
    """Says one thing after the other, as a relay numbers them; ``said`` is all of it."""

    name: str
    now: datetime
    said: list[Event[Any]] = field(default_factory=list)

    def say(self, subject: str = "s", *, age: timedelta = timedelta(0)) -> Event[Any]:
        """The next event, of ``age`` when the broker takes it; a second after the one before."""
        self.now += timedelta(seconds=1)
        last = self.said[-1] if self.said else None
        envelope = Envelope(
            id=str(uuid4()),
            type="tirek.thing.said.v1",
            source=self.name,
            subject=subject,
            key=subject,
            time=self.now - age,
            correlation_id=subject,
            aggregate_version=1,
            producer_seq=last.envelope.producer_seq + 1 if last else 1,
            prev=last.digest if last else GENESIS,
        )
        self.said.append(kept(envelope, self.now))
        return self.said[-1]


def kept(envelope: Envelope, appended_at: datetime, document: bytes = b"{}") -> Event[Any]:
    """As a reader that keeps every event gets it."""
    return Event(envelope, Closed(), None, digest(envelope, document), appended_at)


def altered(event: Event[Any], **fields: Any) -> Event[Any]:
    """The same event with another outside, vouched for once more."""
    when = event.appended_at or event.time
    return kept(replace(event.envelope, **fields), when, b'{"a":1}')


@dataclass(slots=True)
class Ledger:
    """One audit service."""

    stack: Stack
    db: Database
    deps: Deps
    http: httpx.AsyncClient

    async def producer(self) -> Producer:
        """One that nobody has heard yet, on the database's clock."""
        async with self.db.transaction() as tx:
            return Producer(f"p-{uuid4()}", tx.now)

    async def hear(self, *events: Event[Any]) -> None:
        """Each in a transaction of its own; then the tree grows."""
        for event in events:
            async with self.db.transaction() as tx:
                await app.handler_table(self.deps)[type(event.body)](tx, [event])
        await self.grow()

    async def hear_at_once(self, events: Sequence[Event[Any]]) -> None:
        """All of one kind in one transaction; then the tree grows."""
        async with self.db.transaction() as tx:
            await app.handler_table(self.deps)[type(events[0].body)](tx, events)
        await self.grow()

    async def grow(self) -> None:
        """Until nothing waits."""
        while True:
            async with self.db.transaction() as tx:
                if not await growing.grow(tx):
                    return

    async def asked(self, producer: str, upto: int) -> None:
        """All up to there was asked for, and is here; then what is missing is looked for."""
        async with self.db.transaction() as tx:
            insert = "INSERT INTO asked (producer, seq, asked_at) VALUES ($1, $2, $3)"
            await tx.execute(insert, producer, upto, tx.now)
        async with self.db.transaction() as tx:
            await jobs.look_for_missing(tx)

    async def found(self, producer: Producer) -> list[tuple[str, int, int]]:
        """Kind, first and last number of what was found of one."""
        return [tuple(row) for row in await self.fetch(FINDINGS, producer.name)]

    async def fetch(self, query: str, *args: Any) -> Sequence[Any]:
        """All rows."""
        async with self.db.transaction() as tx:
            return await tx.fetch(query, *args)

    async def get(self, path: str, caller: Caller = AUDITOR) -> httpx.Response:
        """One request, in a task of its own: how long it may take is nothing to what follows."""
        asked = self.http.get(path, headers=bearer(self.stack, caller))
        return await asyncio.create_task(asked)


@asynccontextmanager
async def ledger(stack: Stack, **fields: Any) -> AsyncIterator[Ledger]:
    """Audit on the stack's database; ``fields``: settings that are otherwise."""
    await stack.ensure("audit.migrate")
    settings = environment.settings_of(AuditSettings, stack, "audit.serve", **fields)
    web, db = app.make_http(settings), Database(settings)
    transport = httpx.ASGITransport(web)
    async with httpx.AsyncClient(transport=transport, base_url="http://audit") as http:
        yield Ledger(stack, db, web.state.deps, http)
    await web.state.db.close()
    await db.close()
