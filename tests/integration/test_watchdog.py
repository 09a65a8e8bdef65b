"""A consumer that hangs is noticed, its process ends, and the next one handles what was left."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, NoReturn

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.records_to_delete import RecordsToDelete
from aiokafka.errors import KafkaConnectionError
from structlog.testing import capture_logs

from deploy.local.stack import Stack
from shared import metrics
from shared.bus import cluster_state, consume, offsets, polling
from shared.bus.access import Access
from shared.bus.consume import Consume
from shared.bus.groups import Group
from shared.bus.handling import Handler, each
from shared.bus.subscriber import run_consumer
from shared.bus.watchdog import BLIND, Watchdog
from shared.db import Database, Tx
from shared.errors import Halt, RetryLater
from shared.events import Body, Event
from shared.events.notify import AnswerReceived
from shared.events.topics import TOPICS
from shared.runtime.health import Health
from shared.runtime.stalls import LOOKS
from tests.stack import scratch
from tests.support.bus import NotifyLike, ReferralLike, answer, new_incident, relaying, settings
from tests.support.bus import sealer as sealer_of
from tests.support.eventually import eventually

PATIENCE = 1.5


@pytest.fixture(autouse=True)
def margins(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in real life (`tests/architecture/test_timers.py`): what waits is well within a look."""
    monkeypatch.setattr(offsets, "EVERY", PATIENCE / LOOKS)
    monkeypatch.setattr(polling, "POLL_MS", 100)


class Seen(Consume):
    """The wrapper, with its consumer within reach of whoever wants to break it."""

    consumer: AIOKafkaConsumer | None = None

    async def batch(self, records: Sequence[ConsumerRecord], consumer: AIOKafkaConsumer) -> None:
        """As ever."""
        self.consumer = consumer
        await super().batch(records, consumer)


class House:
    """A producer with its relay, and a consumer that does with an answer what it is told to."""

    def __init__(self, stack: Stack, notify: Database, referral: Database) -> None:
        self.stack, self.notify, self.referral = stack, notify, referral
        self.heard: list[str] = []
        self.tries = 0
        self.first: Callable[[Tx], Any] | None = None
        self.health = Health(PATIENCE)

    async def say(self, count: int = 1) -> list[str]:
        """Answers, each of a new incident."""
        incidents = [new_incident() for _ in range(count)]
        for incident in incidents:
            await answer(self.notify, incident)
        return incidents

    async def handler(self, tx: Tx, _event: Event[Any], body: AnswerReceived) -> None:
        """Hears it, after what it is told to do first."""
        self.tries += 1
        if self.first is not None:
            await self.first(tx)
        self.heard.append(body.incident_id)

    @asynccontextmanager
    async def consuming(self) -> AsyncIterator[tuple[Seen, asyncio.Task[None]]]:
        """Referral's consumer at work."""
        table: dict[type[Body], Handler] = {AnswerReceived: each(self.handler)}
        self.health = Health(PATIENCE)
        seen = Seen(self.referral, sealer_of(self.stack, "referral"), table, self.health)
        task = asyncio.create_task(
            run_consumer(Group.of("referral"), self.stack.bus("referral"), seen, self.health)
        )
        try:
            yield seen, task
        finally:
            task.cancel()
            await asyncio.wait([task], timeout=15)

    async def done(self) -> int:
        """Answers whose effects are committed."""
        async with self.referral.transaction() as tx:
            count: int = await tx.fetchval("SELECT count(*) FROM inbox")
            return count


@pytest_asyncio.fixture(scope="module")
async def own() -> AsyncIterator[Stack]:
    """A broker whose groups nobody else joins."""
    async with scratch("topics", "notify.migrate", "referral.migrate") as stack:
        yield stack


@pytest_asyncio.fixture
async def house(own: Stack) -> AsyncIterator[House]:
    """Somebody who says, and somebody who may hear."""
    async with AsyncExitStack() as life:
        notify = Database(settings(own, NotifyLike))
        referral = Database(settings(own, ReferralLike))
        life.push_async_callback(notify.close)
        life.push_async_callback(referral.close)
        await life.enter_async_context(relaying(own, notify))
        yield House(own, notify, referral)


async def hang(_tx: Tx) -> None:
    """For ever."""
    await asyncio.Event().wait()


async def given_up(task: "asyncio.Task[None]") -> None:
    """The consumer's end, with a line that says where it stood."""
    await asyncio.wait([task], timeout=40)
    with pytest.raises(Halt, match=r"does not move: tirek\.notify/\d+ at \d+"):
        task.result()


async def test_a_handler_that_hangs_ends_the_process_and_the_next_one_hears_it(
    house: House,
) -> None:
    """What was in its hands is handled once, by its successor."""
    house.first = hang
    async with house.consuming() as (_, task):
        said = await house.say()
        await given_up(task)
        assert house.health.report()["ready"] is False
        assert house.health.stuck
    house.first = None
    async with house.consuming():
        await eventually(lambda: house.heard == said, within=30)


def paused(consumer: AIOKafkaConsumer) -> None:
    """Nobody will resume it."""
    consumer.pause(*consumer.assignment())


def deaf(consumer: AIOKafkaConsumer) -> None:
    """Nothing asks the broker for records any more; its heart beats on."""
    fetcher = consumer._fetcher
    for task in (fetcher._fetch_task, *fetcher._pending_tasks):
        task.cancel()


@pytest.mark.parametrize("breaks", [paused, deaf])
async def test_a_consumer_that_stopped_fetching_is_noticed(
    house: House, breaks: Callable[[AIOKafkaConsumer], None]
) -> None:
    """It believes to be at the end of the log; the log says otherwise."""
    async with house.consuming() as (seen, task):
        first = await house.say()
        await eventually(lambda: house.heard == first, within=30)
        assert seen.consumer is not None
        breaks(seen.consumer)
        second = await house.say()
        await given_up(task)
        assert house.heard == first
    async with house.consuming():
        await eventually(lambda: house.heard == first + second, within=30)


async def test_who_waits_by_name_is_not_stuck(house: House) -> None:
    """It says what for, is tried again and again, and goes on when it can."""

    async def wait(_tx: Tx) -> None:
        raise RetryLater("gate")

    house.first = wait
    async with house.consuming() as (_, task):
        said = await house.say()
        await eventually(lambda: house.tries >= 5, within=40)
        await eventually(lambda: house.health.report()["waiting"] == ["gate"])
        assert not task.done()
        house.first = None
        await eventually(lambda: house.heard == said, within=40)


async def test_a_batch_that_takes_its_time_is_not_stuck(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database so slow that no batch comes to its end: record by record it gets there."""
    monkeypatch.setattr(consume, "TOGETHER", 0.4)
    monkeypatch.setattr(consume, "ONE_BY_ONE", 0.4)
    before = await house.done()
    said = await house.say(8)

    async def sleep(tx: Tx) -> None:
        await tx.execute("SELECT pg_sleep(0.2)")

    house.first = sleep
    async with house.consuming() as (_, task):

        async def all_done() -> bool:
            assert not task.done()
            return await house.done() == before + len(said)

        await eventually(all_done, within=60, every=0.2)


async def test_what_is_kept_no_more_when_it_is_read_is_told(house: House) -> None:
    """A consumer was away for longer than the topic keeps: it says how much it never saw."""
    async with house.consuming():
        before = await house.say()
        await eventually(lambda: before[0] in house.heard, within=30)
        await eventually(lambda: committed(house), within=30)
    said = await house.say(3)
    await eventually(lambda: published(house), within=20)
    admin = AIOKafkaAdminClient(**house.stack.bus().client())
    await admin.start()
    try:
        partitions = range(TOPICS["notify"].partitions)
        await admin.delete_records(
            {TopicPartition("tirek.notify", each): RecordsToDelete(-1) for each in partitions}
        )
    finally:
        await admin.close()
    missed = metrics.MISSED.labels("tirek.notify")._value
    known = missed.get()
    with capture_logs() as logs:
        async with house.consuming():
            after = await house.say()
            await eventually(lambda: after[0] in house.heard, within=30)
    told = [each for each in logs if each["event"] == "consume.missed"]
    assert sum(each["count"] for each in told) == missed.get() - known == len(said)
    assert not set(said) & set(house.heard)


async def committed(house: House) -> bool:
    """Whether the group has committed all that is on the topic: what was heard is not yet."""
    seen = await cluster_state.look(house.stack.bus(), "tirek.notify")
    admin = AIOKafkaAdminClient(**house.stack.bus().client())
    await admin.start()
    try:
        offsets = await admin.list_consumer_group_offsets("referral")
    finally:
        await admin.close()
    places = {number: TopicPartition("tirek.notify", number) for number in seen.ends}
    return all(
        end == 0 or (places[number] in offsets and offsets[places[number]].offset >= end)
        for number, end in seen.ends.items()
    )


async def published(house: House) -> bool:
    """Whether all that was said is on the topic."""
    async with house.notify.transaction() as tx:
        return not await tx.fetchval("SELECT count(*) FROM outbox WHERE published_at IS NULL")


async def test_a_broker_that_does_not_answer_is_waited_for_by_name() -> None:
    """Nothing can be told of the consumer, and nothing is said against it."""
    health = Health(0.001)
    blind = Watchdog(Group.of("referral"), Access("127.0.0.1:1"), health)
    for _ in range(3):
        await blind.look([], {})
    assert health.waiting == {BLIND: "kafka"}
    assert not health.stuck


async def test_who_kept_a_link_that_broke_is_not_blind(
    own: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The brokers are asked again over a new one, and only if that fails does nobody answer."""
    health = Health(0.001)
    watchdog = Watchdog(Group.of("referral"), own.bus("referral"), health)

    async def asked() -> AIOKafkaAdminClient | None:
        await watchdog.look([], {})
        return watchdog._admin

    kept = await eventually(asked, within=30)

    async def broken(_group: str) -> NoReturn:
        raise KafkaConnectionError

    monkeypatch.setattr(kept, "list_consumer_group_offsets", broken)
    assert await asked() not in {kept, None}
    assert BLIND not in health.waiting
    await watchdog.close()
