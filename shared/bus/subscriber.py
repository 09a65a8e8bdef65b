"""Subscriber: a consumer group through FastStream, raw bytes, and waiting for the broker.

FastStream's own parsing runs outside the handler: header bytes that are no UTF-8 raise there and
the record is passed over for good. So the parser here looks at nothing.
"""

import asyncio
from contextlib import suppress
from typing import Any

import structlog
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage

from shared.backoff import Backoff
from shared.bus import polling
from shared.bus.access import Access
from shared.bus.aiokafka_private import hold_back
from shared.bus.consume import Consume
from shared.bus.groups import Group
from shared.bus.raw_batches import tolerate
from shared.bus.watchdog import Watchdog
from shared.clock import pause
from shared.errors import Halt
from shared.runtime.health import Health
from shared.tasks import apart

FIRST_WAIT, LONGEST_WAIT = 0.25, 5.0
GRACE = 6.0
"""Seconds that the batch in hand has when the process is asked to end. With the last commit before
it and `LEAVING` after it that is less than the worker has: who does not leave the group keeps a
successor waiting until its session ends."""
LEAVING = 2.0
"""Seconds to leave the group."""
SESSION_MS, HEARTBEAT_MS, POLL_INTERVAL_MS = 6_000, 2_000, 60_000
METADATA_MS = 5_000
"""A consumer that joined while its topic was missing looks for it so often. Kafka's own five
minutes would leave it without partitions that long."""


async def await_kafka(kafka: Access, health: Health, who: str) -> None:
    """Waits, under a name that health shows, until a broker answers."""
    backoff = Backoff(FIRST_WAIT, LONGEST_WAIT)
    while True:
        try:
            await apart(_reach(kafka))
        except (KafkaError, OSError, TimeoutError):
            name = await apart(kafka.absence())
            if health.waiting.get(who) != name:
                structlog.get_logger().warning("kafka.absent", name=name)
            health.waits(who, name)
            await pause(backoff.pause())
        else:
            health.goes_on(who)
            return


async def _reach(kafka: Access) -> None:
    client = AIOKafkaClient(**kafka.client(), request_timeout_ms=5_000)
    try:
        async with asyncio.timeout(10):
            await client.bootstrap()
    finally:
        await client.close()


async def parse_nothing(message: Any) -> KafkaMessage:
    """The records as they came."""
    return KafkaMessage(raw_message=message, body=b"", consumer=Untouched())


async def decode_nothing(_message: Any) -> bytes:
    """Decoding is the consume wrapper's."""
    return b""


class Untouched:
    """Stands where FastStream would ack: nobody commits but the consume wrapper."""

    async def commit(self) -> None:
        """Refuses."""
        raise RuntimeError("offsets are committed by shared.bus.consume only")

    def seek(self, partition: Any, offset: int) -> None:
        """Refuses."""
        _ = (partition, offset)
        raise RuntimeError("offsets are moved by shared.bus.consume only")


async def run_consumer(group: Group, kafka: Access, reader: Consume, health: Health) -> None:
    """Consumes until cancelled; then the batch in hand is finished. Raises `Halt`."""
    health.ready["consumer"] = False
    await await_kafka(kafka, health, "consumer")
    tolerate()
    broker = KafkaBroker(
        **kafka.faststream(),
        consumer_only=True,  # nor does it make topics
        graceful_timeout=GRACE,
        logger=None,
        metadata_max_age_ms=METADATA_MS,
    )
    subscriber = broker.subscriber(
        *group.topics,
        group_id=group.name,
        batch=True,
        max_records=polling.BATCH,
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.MANUAL,
        session_timeout_ms=SESSION_MS,
        heartbeat_interval_ms=HEARTBEAT_MS,
        max_poll_interval_ms=POLL_INTERVAL_MS,
        fetch_max_wait_ms=polling.POLL_MS,
        parser=parse_nothing,
        decoder=decode_nothing,
    )

    async def next_batch(consumer: Any) -> tuple[Any, ...]:
        return await polling.poll(consumer, reader.unreadable)

    # FastStream's own sleeps after a poll in vain as long as it polled, and hears nothing meanwhile
    subscriber.get_msg = next_batch  # type: ignore[method-assign]

    @subscriber
    async def on_batch(message: KafkaMessage) -> None:
        assert subscriber.consumer is not None  # noqa: S101 - FastStream sets it before the loop
        await reader.batch(message.raw_message, subscriber.consumer)

    watchdog = Watchdog(group, kafka, health)
    await watchdog.begin()
    try:
        async with asyncio.timeout(30):
            await apart(broker.start())
        hold_back(subscriber.consumer, polling.POLL_MS / 1000)
        health.ready["consumer"] = True
        await reader.watch(subscriber, watchdog)
    except Halt:
        for task in subscriber.tasks:  # what hangs in there would be waited for
            task.cancel()
        raise
    finally:
        await reader.leave()
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE + LEAVING):
                await apart(broker.stop())
                await watchdog.close()
