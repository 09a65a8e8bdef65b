"""One poll of a consumer, which passes over nothing whatever the client library raises on the way.

aiokafka drains partition after partition and moves each one's position as it does. When it raises
at the third, nobody ever sees what it had drained from the first and the second, and the next
commit passes over it for good. So positions are taken before, and after a failure each partition
goes back to its own and is asked alone: whichever cannot be read waits, and the others go on.
"""

from collections.abc import Callable

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import ConsumerStoppedError

from shared.bus.aiokafka_private import positions, raise_errors
from shared.clock import pause

POLL_MS, SHORT_MS = 2_000, 200
"""How long a poll waits for a first record; one that comes ends it. The short one is for partitions
that are asked one after another, and for those that have no position yet."""
BATCH = 500

Unreadable = Callable[[TopicPartition, int, AIOKafkaConsumer], None]
"""What is done about a partition whose next batch cannot be read, while that is handled."""


async def poll(consumer: AIOKafkaConsumer, unreadable: Unreadable) -> tuple[ConsumerRecord, ...]:
    """The next records, none after `POLL_MS`. A partition without a position is left for later."""
    began = dict(positions(consumer))
    if not began:
        raise_errors(consumer)  # as the call below does
        await pause(SHORT_MS / 1000)
        return ()
    wait = POLL_MS if began.keys() == consumer.assignment() else SHORT_MS
    try:
        found = await consumer.getmany(*began, timeout_ms=wait, max_records=BATCH)
    except ConsumerStoppedError:
        raise
    except Exception:  # noqa: BLE001 - a damaged batch, or the library's own bug
        for where, position in began.items():
            back_to(where, position, consumer)
        return await _each_alone(consumer, began, unreadable)
    return tuple(record for records in found.values() for record in records)


async def _each_alone(
    consumer: AIOKafkaConsumer, began: dict[TopicPartition, int], unreadable: Unreadable
) -> tuple[ConsumerRecord, ...]:
    """A call that asks for one partition moves its position only when it hands records out."""
    found: list[ConsumerRecord] = []
    for where, position in began.items():
        if len(found) < BATCH and where in consumer.assignment() - consumer.paused():
            left = BATCH - len(found)
            try:
                drained = await consumer.getmany(where, timeout_ms=SHORT_MS, max_records=left)
            except ConsumerStoppedError:
                raise
            except Exception:  # noqa: BLE001 - the same, and now we know whose it is
                unreadable(where, position, consumer)
            else:
                found += drained.get(where, [])
    return tuple(found)


def back_to(where: TopicPartition, offset: int, consumer: AIOKafkaConsumer) -> bool:
    """Rewinds a partition, if it is still ours: who has it now begins where it was committed."""
    ours = where in consumer.assignment()
    if ours:
        consumer.seek(where, offset)
    return ours
