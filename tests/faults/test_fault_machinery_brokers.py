"""Brokers killed, frozen, wiped, and one or two of three away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from deploy.local.stack import Stack
from deploy.local.variant import Variant
from shared.events.topics import TOPICS
from tests.stack import scratch, state_folder
from tests.support.faults.brokers import cluster_id, down, wipe
from tests.support.faults.freezing import frozen
from tests.support.faults.rig import rig

TOPIC = "tirek.intake"


@asynccontextmanager
async def producing(stack: Stack, patience: int) -> AsyncIterator[AIOKafkaProducer]:
    """Waits for all in-sync copies, and gives up after so many seconds."""
    producer = AIOKafkaProducer(
        **stack.bus().client(), acks="all", request_timeout_ms=patience * 1000
    )
    await producer.start()
    try:
        yield producer
    finally:
        await asyncio.wait_for(producer.stop(), 20)


async def records(stack: Stack, expected: int) -> list[bytes]:
    """The first so many records of partition 0."""
    consumer = AIOKafkaConsumer(
        **stack.bus().client(), auto_offset_reset="earliest", request_timeout_ms=5000
    )
    await consumer.start()
    try:
        consumer.assign([TopicPartition(TOPIC, 0)])
        async with asyncio.timeout(30):
            return [(await consumer.getone()).value for _ in range(expected)]
    finally:
        await consumer.stop()


async def send(producer: AIOKafkaProducer, value: bytes) -> None:
    """To partition 0, until every copy that is in sync has it."""
    await producer.send_and_wait(TOPIC, value, partition=0)


async def test_a_wiped_broker_is_another_cluster_with_the_same_topics() -> None:
    """Nothing of the old one is left; whoever was connected finds it at the same place."""
    async with scratch("topics") as own:
        async with producing(own, 10) as producer:
            await send(producer, b"lost")
        before, address = await cluster_id(own), own.kafka
        await wipe(own)
        assert await cluster_id(own) != before
        assert own.kafka == address
        async with producing(own, 10) as producer:
            await send(producer, b"new")
        assert await records(own, 1) == [b"new"]
        admin = AIOKafkaAdminClient(**own.bus().client())
        await admin.start()
        try:
            there = set(await admin.list_topics())
        finally:
            await admin.close()
        assert {topic.name for topic in TOPICS.values()} <= there


async def test_a_frozen_broker_takes_nothing_and_then_goes_on(stack: Stack) -> None:
    """The same process, which knows nothing of the pause."""
    async with producing(stack, 2) as producer:
        part = stack.part("kafka")
        async with frozen(part):
            assert psutil.Process(part.pid).status() == psutil.STATUS_STOPPED
            with pytest.raises(KafkaError):
                await send(producer, b"during")
        await send(producer, b"after")


async def test_one_of_three_may_be_away_and_two_may_not() -> None:
    """With one, every record is taken and kept; with two nothing is, until one of them is back."""
    with state_folder() as state:
        async with rig(state, "topics", variant=Variant(brokers=3)) as it:
            stack = it.stack
            assert stack.brokers == ("kafka", "kafka-2", "kafka-3")
            async with producing(stack, 20) as producer:
                await send(producer, b"three")
                async with down(stack, "kafka-3"):
                    await send(producer, b"two")
                    async with down(stack, "kafka-2"), producing(stack, 2) as hasty:
                        with pytest.raises(KafkaError):
                            await send(hasty, b"one")
                await send(producer, b"again")
            found = await records(stack, 3)
            assert found[:2] == [b"three", b"two"]
            assert b"again" in found or b"again" in await records(stack, 4)
