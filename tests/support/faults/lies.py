"""Lies of the bus: records that a group stands behind, and that nobody of it has read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from deploy.local.stack import Stack
from shared.events.services import SERVICES, asked_by
from shared.events.topics import TOPICS


def partitions(*services: str) -> list[TopicPartition]:
    """All of the topics of these services."""
    topics = [TOPICS[each] for each in services]
    return [TopicPartition(each.name, n) for each in topics for n in range(each.partitions)]


def read_by(reader: str) -> list[TopicPartition]:
    """All that a service reads."""
    return partitions(*asked_by(reader))


async def offsets_are_moved(stack: Stack, reader: str) -> None:
    """To the end, by hand: ``--reset-offsets --to-latest``. The reader must be down."""
    consumer = AIOKafkaConsumer(**stack.bus().client(), group_id=reader, enable_auto_commit=False)
    await consumer.start()
    try:
        where = read_by(reader)
        consumer.assign(where)
        await consumer.commit(await consumer.end_offsets(where))
    finally:
        await consumer.stop()


async def records_are_deleted(stack: Stack, producer: str) -> None:
    """All of its topic, read or not."""
    client = stack.bus().client()
    consumer, admin = AIOKafkaConsumer(**client), AIOKafkaAdminClient(**client)
    await consumer.start()
    await admin.start()
    try:
        where = partitions(producer)
        consumer.assign(where)
        ends = await consumer.end_offsets(where)
        await admin.delete_records(
            {each: RecordsToDelete(before_offset=end) for each, end in ends.items()}
        )
    finally:
        await consumer.stop()
        await admin.close()


@asynccontextmanager
async def stranger(stack: Stack, reader: str) -> AsyncIterator[None]:
    """Reads under the name of a service's group, says that it has, and throws all away."""
    consumer = AIOKafkaConsumer(
        *SERVICES[reader].consumes,
        **stack.bus().client(),
        group_id=reader,
        auto_commit_interval_ms=200,
        session_timeout_ms=6_000,
        heartbeat_interval_ms=2_000,
    )

    async def read() -> None:
        async for _ in consumer:
            pass

    await consumer.start()
    reading = asyncio.create_task(read())
    try:
        yield
    finally:
        reading.cancel()
        await consumer.stop()
