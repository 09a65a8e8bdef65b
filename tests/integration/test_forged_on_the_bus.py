"""What a service's key forges in another's name is parked and counted, on the real broker."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer
from prometheus_client import REGISTRY

from deploy.local.stack import Stack
from deploy.operations.outbox_proof import Proof
from deploy.operations.parked import desk
from shared.bus import wire
from shared.bus.handling import Handler, each
from shared.bus.proof import Kind, one
from shared.db import Database, Tx
from shared.events import BODIES, Body, Envelope, Event
from shared.events.services import SERVICES
from shared.ids import RandomIds
from tests.contract.test_samples import opened, sample
from tests.stack import scratch
from tests.support.bus import (
    NotifyLike,
    ReferralLike,
    answer,
    consuming,
    new_incident,
    redriving,
    relaying,
    sealer,
    settings,
)
from tests.support.eventually import eventually

REPORTED, ANSWERED = "tirek.incident.reported.v1", "tirek.answer.received.v1"
FORGED = "tirek_events_forged_total"
ROWS = "SELECT id, reason, tries FROM parked WHERE key = $1 AND dropped_at IS NULL ORDER BY id"


@dataclass(slots=True)
class Bus:
    """Referral, with handlers that only write down what they were given."""

    stack: Stack
    notify: Database
    referral: Database
    heard: list[str] = field(default_factory=list)

    async def handler(self, _tx: Tx, event: Event[Any], _body: Any) -> None:
        """Writes the key down."""
        self.heard.append(event.envelope.key)

    @property
    def table(self) -> dict[type[Body], Handler]:
        """The two types that were forged."""
        return {BODIES[each_]: each(self.handler) for each_ in (REPORTED, ANSWERED)}

    async def parked(self, key: str) -> list[Any]:
        """What is parked of a key."""
        async with self.referral.transaction() as tx:
            return await tx.fetch(ROWS, key.encode())


@pytest_asyncio.fixture(scope="module")
async def own() -> AsyncIterator[Stack]:
    """A broker whose groups nobody else joins."""
    async with scratch("notify.migrate", "referral.migrate", "topics") as stack:
        yield stack


@pytest_asyncio.fixture
async def bus(own: Stack) -> AsyncIterator[Bus]:
    """Notify's relay, referral's consumer."""
    async with AsyncExitStack() as running:
        made = Bus(own, Database(settings(own, NotifyLike)), Database(settings(own, ReferralLike)))
        for db in (made.notify, made.referral):
            running.push_async_callback(db.close)
        await running.enter_async_context(relaying(own, made.notify))
        await running.enter_async_context(consuming(own, made.referral, made.table))
        yield made


@asynccontextmanager
async def sending(stack: Stack) -> AsyncIterator[AIOKafkaProducer]:
    """Whoever reaches the broker."""
    producer = AIOKafkaProducer(**stack.bus().client(), acks="all")
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


def forged(
    stack: Stack, ce_type: str, key: str, source: str, sealed_by: str, event_id: str = ""
) -> tuple[bytes, bytes, wire.Headers]:
    """An event of the golden samples in the name of ``source``, with another service's key."""
    document = opened(ce_type, sample(ce_type))
    envelope = Envelope(
        id=event_id or RandomIds().new(), type=ce_type, source=source, subject=key, key=key,
        time=datetime(2026, 11, 23, 12, tzinfo=UTC), correlation_id=key,
        aggregate_version=1, producer_seq=7,
    )  # fmt: skip
    return wire.encode(envelope, document.canonical(), sealer(stack, sealed_by))


@pytest.mark.parametrize(
    ("ce_type", "source", "sealed_by", "topic"),
    [
        (REPORTED, "intake", "notify", "intake"),
        (REPORTED, "intake", "notify", "notify"),
        (REPORTED, "notify", "notify", "notify"),
        (ANSWERED, "notify", "intake", "notify"),
        (ANSWERED, "notify", "intake", "intake"),
        (ANSWERED, "intake", "intake", "intake"),
        (ANSWERED, "notify", "notify", "intake"),
    ],
)
async def test_a_forged_event_is_parked_counted_and_has_no_effect(
    bus: Bus, ce_type: str, source: str, sealed_by: str, topic: str
) -> None:
    """Each way to speak as another; a redrive does not let it in, and true events go on."""
    key, neighbour = new_incident(), new_incident()
    before = REGISTRY.get_sample_value(FORGED) or 0
    async with sending(bus.stack) as producer:
        at, value, headers = forged(bus.stack, ce_type, key, source, sealed_by)
        name = SERVICES[topic].topic
        await producer.send_and_wait(name, value, key=at, headers=headers)
    await answer(bus.notify, neighbour)
    await eventually(lambda: neighbour in bus.heard, within=20)
    await eventually(lambda: bus.parked(key), within=20)
    assert (REGISTRY.get_sample_value(FORGED) or 0) == before + 1
    [row] = await bus.parked(key)
    async with desk(bus.stack.dsn("tirek_referral")) as at_desk:
        found = await at_desk.find(row["id"])
        assert found is not None
        await at_desk.ask_key(found)

    async def tried() -> bool:
        return bool((await bus.parked(key))[0]["tries"])

    async with redriving(bus.stack, bus.referral, bus.table):
        await eventually(tried, within=20)
    assert (REGISTRY.get_sample_value(FORGED) or 0) == before + 2
    assert key not in bus.heard


@pytest.mark.parametrize("together", [True, False])
async def test_an_id_that_another_service_has_used_hides_nothing(bus: Bus, together: bool) -> None:
    """Notify repeats a report's id: whichever comes second is parked, and never passed over."""
    first, second, event_id = new_incident(), new_incident(), RandomIds().new()
    before = REGISTRY.get_sample_value(FORGED) or 0
    true = forged(bus.stack, REPORTED, first, "intake", "intake", event_id)
    twin = forged(bus.stack, ANSWERED, second, "notify", "notify", event_id)

    async def known() -> bool:
        return first in bus.heard or bool(await bus.parked(first))

    async with sending(bus.stack) as producer:
        await producer.send_and_wait("tirek.intake", true[1], key=true[0], headers=true[2])
        if not together:
            await eventually(known, within=20)
        await producer.send_and_wait("tirek.notify", twin[1], key=twin[0], headers=twin[2])

    async def settled() -> bool:
        return len(await bus.parked(first)) + len(await bus.parked(second)) == 1

    await eventually(settled, within=20)
    assert len([each for each in bus.heard if each in (first, second)]) == 1
    assert (REGISTRY.get_sample_value(FORGED) or 0) == before + 1


async def test_an_outbox_is_proven_against_what_another_service_put_on_its_topic(
    bus: Bus,
) -> None:
    """`tirek outbox verify` names a number that is sealed by somebody else."""
    async with sending(bus.stack) as producer:
        key, value, headers = forged(bus.stack, REPORTED, new_incident(), "referral", "notify")
        await producer.send_and_wait("tirek.referral", value, key=key, headers=headers)
        key, value, headers = forged(bus.stack, ANSWERED, new_incident(), "notify", "notify")
        await producer.send_and_wait("tirek.referral", value, key=key, headers=headers)
    database = await asyncpg.connect(bus.stack.dsn("tirek_referral"))
    try:
        looked = await Proof(database, "referral", lambda _: None).verify(bus.stack.bus())
    finally:
        await database.close()
    assert looked.findings == [one(Kind.REMOVED, 7), one(Kind.FORGED, 7)]
