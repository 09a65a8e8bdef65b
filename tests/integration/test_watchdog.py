"""A consumer that hangs is noticed, its process ends, and the next one handles what was left."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, ConsumerRecord

from deploy.local.stack import Stack
from shared.bus import run_consumer
from shared.consume import Consume, Handler, each
from shared.db import Database, Tx
from shared.errors import Halt
from shared.events import Body, Event
from shared.events.notify import AnswerReceived
from shared.health import Health
from shared.watchdog import Watchdog
from tests.stack import scratch
from tests.support.bus import NotifyLike, ReferralLike, new_incident, relaying, said, settings
from tests.support.bus import sealer as sealer_of
from tests.support.eventually import eventually

PATIENCE = 1.5


class Seen(Consume):
    """The wrapper, with its consumer within reach of whoever wants to break it."""

    consumer: AIOKafkaConsumer | None = None

    async def batch(self, records: Sequence[ConsumerRecord], consumer: AIOKafkaConsumer) -> None:
        """As ever."""
        self.consumer = consumer
        await super().batch(records, consumer)


class House:
    """A producer with its relay, and a consumer that can be told to hang."""

    def __init__(self, stack: Stack, notify: Database, referral: Database) -> None:
        self.stack, self.notify, self.referral = stack, notify, referral
        self.heard: list[str] = []
        self.hangs = False
        self.health = Health(PATIENCE)

    async def say(self) -> str:
        """One answer of a new incident."""
        incident = new_incident()
        async with self.notify.transaction() as tx:
            tx.emit(said(incident, 1), subject=incident, version=1)
        return incident

    async def handler(self, _tx: Tx, _event: Event[Any], body: AnswerReceived) -> None:
        """Hears it, or hangs for ever."""
        if self.hangs:
            await asyncio.Event().wait()
        self.heard.append(body.incident_id)

    @asynccontextmanager
    async def consuming(self) -> AsyncIterator[tuple[Seen, asyncio.Task[None]]]:
        """Referral's consumer at work."""
        table: dict[type[Body], Handler] = {AnswerReceived: each(self.handler)}
        consume = Seen(self.referral, sealer_of(self.stack, "referral"), table, self.health)
        task = asyncio.create_task(run_consumer("referral", self.stack.kafka, consume, self.health))
        try:
            yield consume, task
        finally:
            task.cancel()
            await asyncio.wait([task], timeout=15)


@pytest_asyncio.fixture
async def house() -> AsyncIterator[House]:
    """On a stack of its own: its group must not be anybody else's."""
    async with AsyncExitStack() as life:
        stack = await life.enter_async_context(
            scratch("topics", "notify.migrate", "referral.migrate")
        )
        notify = Database(settings(stack, NotifyLike))
        referral = Database(settings(stack, ReferralLike))
        life.push_async_callback(notify.close)
        life.push_async_callback(referral.close)
        await life.enter_async_context(relaying(stack, notify))
        yield House(stack, notify, referral)


async def test_a_handler_that_hangs_ends_the_process_and_the_next_one_hears_it(
    house: House,
) -> None:
    """What was in its hands is handled once, by its successor."""
    house.hangs = True
    async with house.consuming() as (_, task):
        incident = await house.say()
        await asyncio.wait([task], timeout=40)
        with pytest.raises(Halt, match=r"does not move: tirek\.notify/\d+ at \d+"):
            task.result()
    house.hangs, house.health = False, Health(PATIENCE)
    async with house.consuming():
        await eventually(lambda: house.heard == [incident], within=30)


async def test_a_consumer_that_stopped_fetching_is_noticed(house: House) -> None:
    """It believes to be at the end of the log; the log says otherwise."""
    async with house.consuming() as (consume, task):
        await house.say()
        await eventually(lambda: len(house.heard) == 1, within=30)
        assert consume.consumer is not None
        consume.consumer.pause(*consume.consumer.assignment())
        await house.say()
        await asyncio.wait([task], timeout=40)
        with pytest.raises(Halt, match="does not move"):
            task.result()
    assert len(house.heard) == 1


async def test_who_is_idle_and_who_has_no_broker_is_not_stuck(house: House) -> None:
    """A look sees how much is left; without a broker it sees nothing, and says nothing."""
    async with house.consuming() as (consume, _):
        await house.say()
        await eventually(lambda: len(house.heard) == 1, within=30)
        assert consume.consumer is not None
        mine = consume.consumer.assignment()
        watchdog = Watchdog("referral", house.stack.kafka, Health(0.001))
        await eventually(lambda: _looked(watchdog, mine, consume), within=30)
    deaf = Watchdog("referral", "127.0.0.1:1", Health(0.001))
    for _ in range(3):
        await deaf.look(mine, {})


async def _looked(watchdog: Watchdog, mine: Any, consume: Seen) -> bool:
    """With no patience at all: raises unless nothing is left to do."""
    await watchdog.look(mine, consume.reached)
    return watchdog._health.lag == 0
