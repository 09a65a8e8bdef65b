"""Records into a topic, at full speed or in a steady trickle, and waiting for what they lead to.

Both sides are fed and watched by this, in the same way and from the same process.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
from aiokafka import AIOKafkaProducer

from benchmarks.pipeline.floor_process import BATCH_BYTES, STAMP
from deploy.errors import StackError
from shared.bus.access import Access

STUCK = 60.0
"""Seconds without any progress after which a measurement is given up."""
_SOONEST, _LATEST = 0.02, 0.5


@dataclass(frozen=True, slots=True)
class Record:
    """What Kafka is given."""

    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


@asynccontextmanager
async def producing(kafka: Access) -> AsyncIterator[AIOKafkaProducer]:
    """A producer as durable as the services' own."""
    producer = AIOKafkaProducer(
        **kafka.client(), acks="all", enable_idempotence=True, max_batch_size=BATCH_BYTES
    )
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def at_full_speed(producer: AIOKafkaProducer, topic: str, records: Sequence[Record]) -> float:
    """Sends all; the time (`time.monotonic`) at which the first was available."""
    first = await producer.send(
        topic, records[0].value, key=records[0].key, headers=list(records[0].headers)
    )
    began: list[float] = []
    first.add_done_callback(lambda _: began.append(time.monotonic()))
    sent = [
        await producer.send(topic, each.value, key=each.key, headers=list(each.headers))
        for each in records[1:]
    ]
    await asyncio.gather(first, *sent)
    return began[0]


async def steadily(
    send: Callable[[int], Coroutine[Any, Any, None]], *, rate: float, seconds: float
) -> None:
    """Starts ``send(number)`` so many times a second, however long each takes; waits for all.

    The first failure ends all and is raised as it is.
    """
    loop = asyncio.get_running_loop()
    began, total = loop.time(), round(rate * seconds)
    try:
        async with asyncio.TaskGroup() as group:
            for number in range(total):
                await asyncio.sleep(max(0.0, began + number / rate - loop.time()))
                group.create_task(send(number))
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None


async def stamped(producer: AIOKafkaProducer, topic: str, record: Record) -> None:
    """Sends one record that says when it was sent."""
    stamp = (STAMP, repr(time.time()).encode())
    await producer.send_and_wait(
        topic, record.value, key=record.key, headers=[*record.headers, stamp]
    )


async def until(database: asyncpg.Connection, count: str, wanted: int) -> float:
    """Waits until ``count`` (a statement that answers a number) has come to ``wanted``.

    Answers when (`time.monotonic`). Looks seldom while much is missing, so that looking costs
    nothing. Raises `StackError` when nothing moves any more.
    """
    began = moved = time.monotonic()
    first = had = int(await database.fetchval(count))
    while had < wanted:
        rate = (had - first) / (moved - began) if moved > began else 0.0
        left = (wanted - had) / rate if rate else 0.0
        await asyncio.sleep(min(max(left / 2, _SOONEST), _LATEST))
        found = int(await database.fetchval(count))
        if found > had:
            had, moved = found, time.monotonic()
        elif time.monotonic() - moved > STUCK:
            raise StackError(f"nothing has moved for {STUCK:.0f} s, at {had} of {wanted}")
    return moved if had > first else time.monotonic()
