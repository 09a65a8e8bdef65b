"""From one service's transaction to another's, on the real broker: once, in order, never lost."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer
from aiokafka.errors import UnsupportedCodecError
from aiokafka.partitioner import DefaultPartitioner

from deploy.local.stack import Stack
from shared.bus import parked as parking
from shared.bus import raw_batches, relay
from shared.bus.consume import UNFORESEEN, UNREADABLE, Consume
from shared.bus.handling import Handler, each
from shared.db import Database, Tx
from shared.errors import Refused, RetryLater, Unprocessable
from shared.events import Body, Event
from shared.events.notify import AnswerReceived
from shared.events.topics import TOPICS
from shared.runtime.health import Health
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
from tests.support.ledgers import records_on_topic

REASONS = "SELECT reason FROM parked WHERE key = $1 ORDER BY id"
TAKE_BACK = "UPDATE outbox SET published_at = NULL WHERE key = $1 RETURNING event_id"
PUBLISHED = "SELECT published_at IS NOT NULL FROM outbox WHERE key = $1"
CHAIN = """
SELECT producer_seq, prev, digest FROM outbox WHERE producer_seq IS NOT NULL ORDER BY 1
"""


@dataclass(slots=True)
class Heard:
    """What the consumer's handler was given, and how it behaves."""

    answers: list[tuple[str, str]] = field(default_factory=list)
    fails: dict[tuple[str, str], list[Exception]] = field(default_factory=dict)

    async def handler(self, tx: Tx, event: Event[Any], body: AnswerReceived) -> None:
        """Writes something with the event, or fails as the test wants it."""
        _ = event
        which = (body.incident_id, body.answer_id)
        if self.fails.get(which):
            raise self.fails[which].pop(0)
        await tx.execute("SELECT 1")
        self.answers.append(which)

    def of(self, incident: str) -> list[str]:
        """The answers of one incident, in the order handled."""
        return [number for key, number in self.answers if key == incident]

    @property
    def table(self) -> dict[type[Body], Handler]:
        """The handler table."""
        return {AnswerReceived: each(self.handler)}


@dataclass(slots=True)
class Bus:
    """Producer, consumer and what was heard."""

    stack: Stack
    notify: Database
    referral: Database
    heard: Heard
    health: Health


@pytest_asyncio.fixture(scope="module")
async def own() -> AsyncIterator[Stack]:
    """A broker whose groups nobody else joins."""
    async with scratch("notify.migrate", "referral.migrate", "topics") as stack:
        yield stack


@pytest_asyncio.fixture
async def bus(own: Stack) -> AsyncIterator[Bus]:
    """Notify's relay and referral's consumer, running in this process."""
    stack = own
    notify = Database(settings(stack, NotifyLike))
    referral = Database(settings(stack, ReferralLike))
    heard = Heard()
    async with AsyncExitStack() as running:
        running.push_async_callback(notify.close)
        running.push_async_callback(referral.close)
        await running.enter_async_context(relaying(stack, notify))
        health = await running.enter_async_context(consuming(stack, referral, heard.table))
        yield Bus(stack, notify, referral, heard, health)


async def parked(bus: Bus, key: str | bytes) -> list[str]:
    """Why records of an incident, or of any key, are parked."""
    async with bus.referral.transaction() as tx:
        rows = await tx.fetch(REASONS, key.encode() if isinstance(key, str) else key)
    return [row["reason"] for row in rows]


def incident_on(partition: int) -> str:
    """An incident whose events go to this partition."""
    partitions = list(range(TOPICS["notify"].partitions))
    place = DefaultPartitioner()
    return next(
        each
        for each in iter(new_incident, None)
        if place(each.encode(), partitions, partitions) == partition
    )


async def test_what_is_said_in_a_transaction_is_heard_once_and_in_order(bus: Bus) -> None:
    """Fifty answers of one incident, one after another."""
    incident = new_incident()
    for number in range(50):
        await answer(bus.notify, incident, number)
    await eventually(lambda: len(bus.heard.of(incident)) >= 50)
    assert bus.heard.of(incident) == [str(number) for number in range(50)]


async def test_what_is_rolled_back_was_never_said(bus: Bus) -> None:
    """State and event commit together or not at all."""
    incident = new_incident()

    async def changes_its_mind() -> None:
        async with bus.notify.transaction() as tx:
            tx.emit(said(incident, 1), subject=incident, version=1)
            raise Refused("changed my mind")

    with pytest.raises(Refused):
        await changes_its_mind()
    await answer(bus.notify, incident, 2)
    await eventually(lambda: bus.heard.of(incident))
    assert bus.heard.of(incident) == ["2"]


async def test_a_repeated_publishing_has_no_second_effect(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the relay died between Kafka's word and its own mark: the inbox knows the event."""
    incident = new_incident()
    await answer(bus.notify, incident, 1)
    await eventually(lambda: bus.heard.of(incident))

    async def published() -> bool:
        async with bus.notify.transaction() as tx:
            return bool(await tx.fetchval(PUBLISHED, incident))

    await eventually(published)
    monkeypatch.setattr(relay, "LOOK_EVERY", 0.2)  # it looks for what was taken back then
    async with bus.notify.transaction() as tx:
        event_id = await tx.fetchval(TAKE_BACK, incident)
        tx.wake("outbox")
    await eventually(published)
    sent = [dict(each.headers).get("ce_id") for each in await records_on_topic(bus.stack)]
    assert sent.count(event_id.encode()) == 2
    await answer(bus.notify, incident, 2)
    await eventually(lambda: "2" in bus.heard.of(incident))
    assert bus.heard.of(incident) == ["1", "2"]


@pytest.mark.parametrize("long", [False, True], ids=["any", "longer-than-a-b-tree-takes"])
async def test_poison_is_parked_and_neighbours_are_not_delayed(bus: Bus, long: bool) -> None:
    """Bytes that are no event: they wait for a person, and what lies behind them goes on."""
    poison = os.urandom(4000) if long else new_incident().encode()
    producer = AIOKafkaProducer(**bus.stack.bus().client(), acks="all")
    await producer.start()
    try:
        placed = await producer.send_and_wait(
            "tirek.notify", b"\x00\xffnot an event" * 99, key=poison, headers=[("x", b"\xff\xfe")]
        )
    finally:
        await producer.stop()
    neighbour = incident_on(placed.partition)
    await answer(bus.notify, neighbour, 1)
    await eventually(lambda: bus.heard.of(neighbour))
    await eventually(lambda: parked(bus, poison))
    assert (await parked(bus, poison))[0].startswith("not an event")


async def test_what_cannot_even_be_parked_holds_its_partition(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the record nor any behind it is passed over, and it goes on by itself."""
    incident, park, mended = new_incident(), parking.park, asyncio.Event()

    async def refuses(tx: Any, record: parking.Record, reason: str, *, again: bool) -> None:
        if not mended.is_set():
            raise ZeroDivisionError("a bug")
        await park(tx, record, reason, again=again)

    monkeypatch.setattr(parking, "park", refuses)
    bus.heard.fails[incident, "1"] = [Unprocessable("no such offer")] * 9
    await answer(bus.notify, incident, 1)
    await answer(bus.notify, incident, 2)
    await eventually(lambda: UNFORESEEN in bus.health.waiting.values())
    assert not await parked(bus, incident)
    mended.set()

    async def both() -> bool:
        return len(await parked(bus, incident)) == 2

    await eventually(both)
    assert await parked(bus, incident) == ["no such offer", "behind a parked record of its key"]
    neighbour = new_incident()
    await answer(bus.notify, neighbour, 1)
    await eventually(lambda: bus.heard.of(neighbour))


async def test_behind_a_parked_record_a_batch_is_taken_whole(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One by one everybody would be slower for as long as anything is parked."""
    incident, neighbour = new_incident(), new_incident()
    bus.heard.fails[incident, "1"] = [Unprocessable("no such offer")] * 2
    await answer(bus.notify, incident, 1)
    await eventually(lambda: parked(bus, incident))
    alone: list[object] = []

    async def one_by_one(*_any: object) -> None:
        alone.append(_any)

    monkeypatch.setattr(Consume, "_one_by_one", one_by_one)
    await answer(bus.notify, incident, 2)
    await answer(bus.notify, neighbour, 1)
    await eventually(lambda: bus.heard.of(neighbour))

    async def both() -> bool:
        return len(await parked(bus, incident)) == 2

    await eventually(both)
    assert not alone


async def test_a_batch_that_cannot_be_read_costs_no_neighbour(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its partition waits at it; whatever came with it from others is heard, and in the end all."""
    partitions = range(TOPICS["notify"].partitions)
    broken, *neighbours = (incident_on(each) for each in partitions)
    missing, unpacked = ["the codec"], raw_batches.unpacked

    def unpack(quick: Any, raw: memoryview) -> list[Any]:
        if missing and broken.encode() in bytes(raw):
            raise UnsupportedCodecError("lz4")
        return unpacked(quick, raw)

    monkeypatch.setattr(raw_batches, "unpacked", unpack)
    async with bus.notify.transaction() as tx:
        for incident in (broken, *neighbours):
            tx.emit(said(incident, 1), subject=incident, version=1, act=act(tx.now))
    await eventually(lambda: UNREADABLE in bus.health.waiting.values())
    await eventually(lambda: all(bus.heard.of(each) for each in neighbours))
    await answer(bus.notify, neighbours[0], 2)
    await eventually(lambda: len(bus.heard.of(neighbours[0])) == 2)
    assert bus.heard.of(broken) == []
    missing.clear()
    await eventually(lambda: bus.heard.of(broken))
    assert [bus.heard.of(each) for each in (broken, *neighbours[1:])] == [["1"]] * len(
        partitions[1:]
    )


async def test_later_records_of_a_parked_key_wait_behind_it(bus: Bus) -> None:
    """Order within a key survives what cannot be handled."""
    incident = new_incident()
    bus.heard.fails[incident, "1"] = [Unprocessable("no such offer")] * 2
    await answer(bus.notify, incident, 1)
    await answer(bus.notify, incident, 2)

    async def both() -> bool:
        return len(await parked(bus, incident)) == 2

    await eventually(both)
    assert await parked(bus, incident) == ["no such offer", "behind a parked record of its key"]
    assert bus.heard.of(incident) == []


async def test_a_handlers_bug_costs_no_event(bus: Bus) -> None:
    """It is tried again; one that fails for good is parked."""
    passing, lasting = new_incident(), new_incident()
    bus.heard.fails[passing, "1"] = [ZeroDivisionError("a bug")] * 2
    bus.heard.fails[lasting, "1"] = [ZeroDivisionError("a bug")] * 9
    await answer(bus.notify, passing, 1)
    await answer(bus.notify, lasting, 1)
    await eventually(lambda: bus.heard.of(passing))
    await eventually(lambda: parked(bus, lasting))
    assert (await parked(bus, lasting))[0].startswith("ZeroDivisionError at ")


async def test_what_must_wait_waits_without_end_and_without_being_parked(bus: Bus) -> None:
    """`RetryLater` holds its partition until the world is better."""
    incident = new_incident()
    bus.heard.fails[incident, "1"] = [RetryLater("a gateway")] * 3
    await answer(bus.notify, incident, 1)
    await answer(bus.notify, incident, 2)
    await eventually(lambda: len(bus.heard.of(incident)) == 2)
    assert bus.heard.of(incident) == ["1", "2"]
    assert await parked(bus, incident) == []


async def test_events_are_numbered_without_gaps_and_chained(bus: Bus) -> None:
    """What the producer said can be proven complete."""
    incident = new_incident()
    for number in range(5):
        await answer(bus.notify, incident, number)
    await eventually(lambda: len(bus.heard.of(incident)) == 5)
    async with bus.notify.transaction() as tx:
        rows = await tx.fetch(CHAIN)
    sequence = [row["producer_seq"] for row in rows]
    assert sequence == list(range(1, len(rows) + 1))
    assert [row["prev"] for row in rows[1:]] == [row["digest"] for row in rows[:-1]]
