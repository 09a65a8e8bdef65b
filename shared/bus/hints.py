"""Hints: a reader that hears that something changed, and is no reader of what.

It sees the open attributes of each event (type, subject, key, version, time), opens nothing and so
stands in no row of `shared.events.registry.READERS`. It has no inbox and parks nothing: a hint that
is lost or comes twice costs a look at the service whose event it was. It joins no consumer group
either, which would say to a broker three times a second that it lives: each process reads every
partition from its end on, and nothing from before.
"""

from collections.abc import Callable, Iterable, Sequence

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.errors import ConsumerStoppedError

from shared.bus import wire
from shared.bus.access import Access
from shared.bus.polling import POLL_MS
from shared.bus.raw_batches import tolerate
from shared.bus.subscriber import METADATA_MS
from shared.errors import Unprocessable
from shared.events import Envelope
from shared.tasks import apart

OnHint = Callable[[Envelope], None]
"""Told of every event's envelope; must not raise and must not wait."""


async def listen(topics: Sequence[str], kafka: Access, on_hint: OnHint) -> None:
    """Tells ``on_hint`` of each event from now on, until cancelled.

    Raises what the client raises when no broker answers: the caller begins again.
    """
    tolerate()
    consumer = AIOKafkaConsumer(
        *topics,
        **kafka.client(),
        auto_offset_reset="latest",
        enable_auto_commit=False,
        fetch_max_wait_ms=POLL_MS,
        metadata_max_age_ms=METADATA_MS,
    )
    try:
        await apart(consumer.start())
        while True:
            tell(await _next(consumer), on_hint)
    finally:
        await apart(consumer.stop())


async def _next(consumer: AIOKafkaConsumer) -> list[ConsumerRecord]:
    """What has come. What cannot be unpacked is passed over: nobody waits for a hint."""
    try:
        found = await consumer.getmany(timeout_ms=POLL_MS)
    except ConsumerStoppedError:
        raise
    except Exception as problem:  # noqa: BLE001 - a damaged batch, or the library's own bug
        structlog.get_logger().warning("hints.unreadable", exc_info=problem)
        await consumer.seek_to_end()
        return []
    return [record for records in found.values() for record in records]


def tell(records: Iterable[ConsumerRecord], on_hint: OnHint) -> None:
    """Tells of a batch; what is no event, or not its topic's, is passed over."""
    for record in records:
        try:
            envelope = wire.decode_envelope(record.topic, record.key, record.headers)
        except Unprocessable:
            continue
        on_hint(envelope)
