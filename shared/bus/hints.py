"""Hints: a reader that hears that something changed, and is no reader of what.

It sees the open attributes of each event (type, subject, key, version, time), opens nothing and so
stands in no row of `shared.events.registry.READERS`. It has no inbox and parks nothing: a hint that
is lost or comes twice costs a look at the service whose event it was. A process has a group of its
own, from latest: each hears everything while it lives, and nothing from before.
"""

from collections.abc import Callable, Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from shared.bus import wire
from shared.bus.offsets import Offsets
from shared.bus.polling import back_to
from shared.bus.watchdog import Watchdog
from shared.clock import pause
from shared.errors import Unprocessable
from shared.events import Envelope

WATCH_EVERY = 1.0
"""Seconds."""

OnHint = Callable[[Envelope], None]
"""Told of every event's envelope; must not raise and must not wait."""


class Hints:
    """Tells ``on_hint`` of each event; in place of `shared.bus.consume.Consume`."""

    def __init__(self, on_hint: OnHint) -> None:
        self._on_hint = on_hint
        self._offsets = Offsets()
        self.reached: dict[TopicPartition, int] = {}
        """Behind the last record of each partition that was told."""

    async def batch(self, records: Sequence[ConsumerRecord], consumer: AIOKafkaConsumer) -> None:
        """Tells of a batch; what is no event, or not its topic's, is passed over."""
        done: dict[TopicPartition, int] = {}
        for record in records:
            done[TopicPartition(record.topic, record.partition)] = record.offset + 1
            try:
                envelope = wire.decode_envelope(record.topic, record.key, record.headers)
            except Unprocessable:
                continue
            self._on_hint(envelope)
        self.reached |= done
        self._offsets.put(done, consumer)

    def unreadable(self, where: TopicPartition, offset: int, consumer: AIOKafkaConsumer) -> None:
        """Passes over one record of a batch that cannot be unpacked: nobody waits for a hint."""
        structlog.get_logger().warning("hints.unreadable", topic=where.topic, offset=offset)
        back_to(where, offset + 1, consumer)

    async def leave(self) -> None:
        """The consumer is about to leave its group."""
        await self._offsets.close()

    async def watch(self, subscriber: Any, watchdog: Watchdog) -> None:
        """Raises `Halt` when the watchdog says that the consumer is stuck."""
        while True:
            await pause(min(WATCH_EVERY, watchdog.every))
            if subscriber.consumer is not None:
                await watchdog.look(subscriber.consumer.assignment(), self.reached)
