"""Kafka is lost, emptied or shortened: the outbox says everything again, and nobody acts twice."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import asyncpg
import httpx
import pytest_asyncio
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.stack import Stack
from deploy.operations.outbox_proof import Proof
from shared.bus.access import REFUSED
from shared.db import Database
from tests.stack import scratch
from tests.support import ledgers
from tests.support.bus import NotifyLike, ReferralLike, consuming, settings
from tests.support.eventually import eventually
from tests.support.ledgers import TOPIC, Listener, forget, heard, on_topic, say, waiting, written

ACKNOWLEDGED = "SELECT sum(acknowledged)::int AS events, count(DISTINCT cluster) FROM bus"
METRIC = "tirek_events_republished_total"
MARKED = "SELECT count(*) FROM outbox WHERE published_at IS NOT NULL"
BATCH = 500


@dataclass(slots=True)
class Wire:
    """Notify's own worker with its relay, and referral's consumer in this process."""

    stack: Stack
    notify: Database
    referral: Database
    listener: Listener = field(default_factory=Listener)

    async def report(self) -> dict[str, object]:
        """The worker's health; nothing while it starts."""
        try:
            async with httpx.AsyncClient() as http:
                answer = await http.get(f"{self.stack.url('notify_health')}/health/ready")
        except httpx.HTTPError:
            return {}
        found: dict[str, object] = answer.json()
        return found

    async def republished(self) -> int:
        """How many events the worker has taken back."""
        return int(await self.metric(METRIC))

    async def metric(self, name: str) -> float:
        """One of the worker's, as Prometheus would read it; 0 while it says nothing."""
        try:
            async with httpx.AsyncClient() as http:
                text = (await http.get(f"{self.stack.url('notify_health')}/metrics")).text
        except httpx.HTTPError:
            return 0.0
        found = [each for each in text.splitlines() if each.startswith(f"{name} ")]
        return float(found[0].rpartition(" ")[2]) if found else 0.0

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Referral's consumer at work."""
        async with consuming(self.stack, self.referral, self.listener.table):
            yield

    async def all_heard(self, count: int, within: float = 60) -> list[int]:
        """Waits for so many effects; answers their events' numbers."""

        async def enough() -> list[int]:
            numbers = await heard(self.referral)
            return numbers if len(numbers) >= count else []

        return await eventually(enough, within=within, every=0.2)

    async def all_said(self, within: float = 60) -> None:
        """Waits until the outbox has nothing left to say."""

        async def nothing() -> bool:
            return await waiting(self.notify) == 0

        await eventually(nothing, within=within, every=0.1)

    async def stop_kafka(self) -> None:
        """The broker goes down."""
        await self.stack.part("kafka").stop()

    async def start_empty(self) -> None:
        """It comes back without its data and its identity, and without a topic."""
        self.stack.cluster.forget()
        await self.stack.cluster.create(self.stack.log("kafka"))
        await self.stack.part("kafka").start(60)

    async def recreate_topic(self) -> None:
        """The topic's records go, the cluster stays."""
        admin = AIOKafkaAdminClient(**self.stack.bus().client())
        await admin.start()
        try:
            await admin.delete_topics([TOPIC])

            async def gone() -> bool:
                return TOPIC not in await admin.list_topics()

            await eventually(gone)
        finally:
            await admin.close()
        await self.stack.make_topics()

    async def is_whole(self, repeated: int = 0) -> None:
        """All of the outbox is on the topic: the same numbers and digests, in order.

        What is ``repeated`` may stand before that, or within.
        """
        expected, found = await written(self.notify), await on_topic(self.stack)
        assert {each.seq: each.digest for each in found} == expected
        for partition in {each.partition for each in found}:
            numbers = [each.seq for each in found if each.partition == partition]
            last = list(dict.fromkeys(reversed(numbers)))
            assert last == sorted(last, reverse=True)
        assert len(found) - len(expected) <= repeated
        async with self.notify.transaction() as tx:
            known = await tx.fetchrow(ACKNOWLEDGED)
        assert known is not None
        assert tuple(known) == (len(found), 1)
        database = await asyncpg.connect(self.stack.dsn("tirek_notify"))
        try:
            proof = await Proof(database, "notify", lambda _: None).verify(self.stack.bus())
        finally:
            await database.close()
        assert (proof.rows, proof.findings) == (len(expected), [])


@pytest_asyncio.fixture(scope="module")
async def own() -> AsyncIterator[Stack]:
    """A broker to be emptied."""
    async with scratch("referral.migrate", "notify.work") as stack:
        yield stack


@pytest_asyncio.fixture
async def wire(own: Stack) -> AsyncIterator[Wire]:
    """Nothing said, nothing heard, topics there."""
    await own.make_topics()
    await ledgers.make_room(own)
    async with AsyncExitStack() as running:
        notify, referral = (Database(settings(own, kind)) for kind in (NotifyLike, ReferralLike))
        running.push_async_callback(notify.close)
        running.push_async_callback(referral.close)
        yield Wire(own, notify, referral)


async def test_an_emptied_cluster_is_filled_again_and_nobody_acts_twice(wire: Wire) -> None:
    """300 events said, 100 of them not heard yet and the oldest swept; the consumer runs on."""
    before = await last_number(wire)
    async with wire.listening():
        await say(wire.notify, 200)
        await wire.all_heard(200)
        wire.listener.deaf_to = set(await say(wire.notify, 100))
        await wire.all_said()
        await forget(wire.stack, "notify", f"producer_seq <= {before + 60}")
        taken_back = await wire.republished()

        await wire.stop_kafka()
        wire.listener.deaf_to = set()
        await wire.start_empty()
        await eventually(lambda: waits_for(wire, REFUSED), within=40)
        await say(wire.notify, 20)
        await wire.stack.make_topics()

        assert sorted(await wire.all_heard(320)) == list(range(before + 1, before + 321))
        await wire.all_said()
        assert await wire.republished() == taken_back + 240
        await wire.is_whole()
        await say(wire.notify, 1)
        assert (await wire.all_heard(321))[-1] == before + 321


async def test_a_consumer_that_was_away_reads_the_new_cluster_from_its_start(wire: Wire) -> None:
    """Its offsets went with the old one; what it did before it does not do again."""
    before = len(await written(wire.notify))
    async with wire.listening():
        await say(wire.notify, 60)
        await wire.all_heard(60)
    await say(wire.notify, 60)
    await wire.all_said()
    await wire.stop_kafka()
    await say(wire.notify, 30)  # in flight when it comes back: they must not go first
    await wire.start_empty()
    await wire.stack.make_topics()

    async def written_again() -> bool:
        return len(await on_topic(wire.stack)) >= before + 150

    await eventually(written_again, within=60, every=0.5)
    async with wire.listening():
        assert sorted(await wire.all_heard(150)) == sorted(await written(wire.notify))[before:]
    await wire.is_whole()


async def test_a_shorter_log_is_noticed_by_its_acknowledgements(wire: Wire) -> None:
    """The same cluster, but its topic begins anew: the relay's next batch comes too low."""
    before = await last_number(wire)
    async with wire.listening():
        await say(wire.notify, 200)
        await wire.all_heard(200)
        await wire.recreate_topic()
        await say(wire.notify, 100)
        assert sorted(await wire.all_heard(300)) == list(range(before + 1, before + 301))
        await wire.all_said()
    await wire.is_whole(repeated=100)


async def test_killed_while_it_publishes_again_the_next_relay_goes_on(wire: Wire) -> None:
    """Half of 1,000 events are on the new cluster: what was in flight is repeated, no more."""
    before = await last_number(wire)
    worker = wire.stack.part("notify.work")
    async with wire.listening():
        await say(wire.notify, 1_000)
        await wire.all_heard(1_000)
        await wire.stop_kafka()
        await wire.start_empty()
        await wire.stack.make_topics()
        async with wire.notify.transaction() as tx:
            total = await tx.fetchval(MARKED)

        async def half_way() -> bool:
            async with wire.notify.transaction() as tx:
                return bool(BATCH <= await tx.fetchval(MARKED) < total)

        await eventually(half_way, within=40)
        await worker.kill()
        await worker.ready()
        await wire.all_said()
        await say(wire.notify, 1)
        assert sorted(await wire.all_heard(1_001)) == list(range(before + 1, before + 1_002))
    await wire.is_whole(repeated=BATCH)


async def test_while_kafka_is_away_the_alerts_have_something_to_fire_at(wire: Wire) -> None:
    """The age of what waits grows, and the wait is counted; both end when Kafka is back."""

    async def seen(age: float) -> bool:
        waiting = await wire.metric('tirek_partition_waiting{name="kafka"}')
        return waiting > 0 and await wire.metric("tirek_outbox_oldest_seconds") > age

    async def over() -> bool:
        waiting = await wire.metric('tirek_partition_waiting{name="kafka"}')
        return waiting == 0 and await wire.metric("tirek_outbox_unpublished") == 0

    await wire.stop_kafka()
    await say(wire.notify, 1)
    await eventually(partial(seen, 0.0), within=60)
    await eventually(partial(seen, await wire.metric("tirek_outbox_oldest_seconds")), within=60)
    await wire.stack.part("kafka").start(60)
    await wire.all_said()
    await eventually(over, within=60)


async def last_number(wire: Wire) -> int:
    """Of all that was ever said."""
    return max(await written(wire.notify), default=0)


async def waits_for(wire: Wire, name: str) -> bool:
    """Whether the worker says that it waits for this."""
    return name in str((await wire.report()).get("waiting"))
