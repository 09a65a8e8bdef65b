"""Two services' plumbing on the real broker and database, with handlers of the test's own."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

from pydantic import SecretStr

from deploy.local.stack import Stack
from shared.bus.consume import Consume
from shared.bus.groups import Group
from shared.bus.handling import Handler
from shared.bus.redrive import Redrive
from shared.bus.relay import Relay
from shared.bus.subscriber import run_consumer
from shared.db import Database
from shared.events import Act, Body
from shared.events.notify import AnswerReceived
from shared.events.words import Answer, Channel
from shared.runtime.health import Health
from shared.security.sealing import Sealer
from shared.settings import Environment, Settings


class NotifyLike(Settings):
    """The producer's settings."""

    SERVICE: ClassVar[str] = "notify"


class ReferralLike(Settings):
    """The consumer's settings."""

    SERVICE: ClassVar[str] = "referral"


def settings(stack: Stack, kind: type[Settings], dsn: str | None = None) -> Settings:
    """Settings of one service of the stack; ``dsn`` may point elsewhere, at a dead link say."""
    return kind(
        env=Environment.TEST,
        database_url=SecretStr(dsn or stack.dsn(f"tirek_{kind.SERVICE}")),
        kafka=stack.kafka,
        kafka_password=SecretStr(stack.bus(kind.SERVICE).password),
        keys_dir=Path(stack.keys(kind.SERVICE)),
    )


def sealer(stack: Stack, service: str) -> Sealer:
    """The sealer with the stack's own keys."""
    return Sealer.from_directory(service, stack.keys(service))


async def answer(db: Database, incident: str, number: int = 1) -> None:
    """Notify says that an answer came."""
    async with db.transaction() as tx:
        tx.emit(said(incident, number), subject=incident, version=number, act=act(tx.now))


def act(now: Any) -> Act:
    """An act by somebody."""
    return Act(received_at=now, actor="st-test", channel=Channel.SMS)


def said(incident: str, number: int) -> AnswerReceived:
    """The ``number``-th answer of an incident."""
    return AnswerReceived(
        incident_id=incident,
        service_request_id="s",
        offer_id="o",
        answer_id=f"{number}",
        answer=Answer.ACCEPT,
        organisation="desk",
    )


@asynccontextmanager
async def relaying(stack: Stack, db: Database, by: Sealer | None = None) -> AsyncIterator[Health]:
    """The producer's relay at work; ``by`` another sealer than its service's."""
    health = Health()
    relay = Relay(db, by or sealer(stack, db.source), stack.bus(db.source), health)
    task = asyncio.create_task(relay.run())
    try:
        yield health
    finally:
        await _end(task)


@asynccontextmanager
async def consuming(
    stack: Stack,
    db: Database,
    handlers: Mapping[type[Body], Handler],
    *,
    parked_limit: int = 1000,
    keys: Path | None = None,
) -> AsyncIterator[Health]:
    """Referral's consumer at work, in its own group; ``keys`` if not the stack's own."""
    health = Health()
    opens = Sealer.from_directory(db.source, keys or stack.keys(db.source))
    consume = Consume(db, opens, handlers, health, parked_limit=parked_limit)
    task = asyncio.create_task(
        run_consumer(Group.of(db.source), stack.bus(db.source), consume, health)
    )
    try:
        yield health
    finally:
        await _end(task)


@asynccontextmanager
async def redriving(
    stack: Stack,
    db: Database,
    handlers: Mapping[type[Body], Handler],
    *,
    keys: Path | None = None,
) -> AsyncIterator[Health]:
    """A worker's redrive of parked records, without its consumer; ``keys`` as above."""
    health = Health()
    opens = Sealer.from_directory(db.source, keys or stack.keys(db.source))
    consume = Consume(db, opens, handlers, health)
    task = asyncio.create_task(Redrive(db, consume, health).run())
    try:
        yield health
    finally:
        await _end(task)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=15)
    assert done, "it outlives its test, and would take the next one's records"


def new_incident() -> str:
    """An incident nobody else uses."""
    return str(uuid4())
