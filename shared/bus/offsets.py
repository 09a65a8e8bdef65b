"""Offsets as offsets: where a group goes on reading. The inbox knows what was handled.

So nobody waits for them: they are committed a moment after the transactions whose records they
stand behind, several batches with one request. A process that dies has its successor read a
moment's records twice, which the inbox makes harmless.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.backoff import Backoff
from shared.clock import pause
from shared.tasks import Tasks, apart

EVERY = 2.0
"""Seconds that offsets are gathered: a batch alone is not worth a request."""
LONGEST_WAIT = 10.0
"""Seconds. What is done and not committed looks like a standstill to the watchdog: it must be tried
again well before that loses patience (`shared.settings.Settings.stuck_after`).
"""
WITHIN = 2.0
"""Seconds for one commit. aiokafka repeats one for a topic that is missing ten times a second, with
a line in the log for each partition, and never returns."""
LAST = 1.0
"""Seconds that a consumer which leaves has for its last commit."""


class Offsets:
    """Commits what it is given, in the order it was given, one request at a time."""

    def __init__(self) -> None:
        self._waiting: dict[TopicPartition, int] = {}
        self._tasks = Tasks()
        self._at_work: AIOKafkaConsumer | None = None
        self._closed = False

    def put(self, offsets: Mapping[TopicPartition, int], consumer: AIOKafkaConsumer) -> None:
        """Commits ``offsets`` soon, where ``consumer`` still has the partition by then."""
        self._waiting |= offsets
        if self._waiting and self._at_work is None and not self._closed:
            self._at_work = consumer
            self._tasks.start(self._commit_all(consumer))

    async def close(self) -> None:
        """Commits what is gathered, if that is done in a second, and nothing any more after it."""
        self._closed = True
        self._tasks.cancel()
        if self._waiting and self._at_work is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST):
                    await apart(self._commit(self._waiting, self._at_work))

    async def _commit_all(self, consumer: AIOKafkaConsumer) -> None:
        backoff = Backoff(EVERY, LONGEST_WAIT)
        try:
            while self._waiting:
                await pause(backoff.pause())
                offsets, self._waiting = self._waiting, {}
                try:
                    async with asyncio.timeout(WITHIN):
                        await apart(self._commit(offsets, consumer))
                except TimeoutError:
                    self._waiting = offsets | self._waiting  # what has come since is further on
                    structlog.get_logger().warning("consume.commit_waits", count=len(offsets))
                else:
                    backoff.reset()
        finally:
            self._at_work = None

    async def _commit(
        self, offsets: Mapping[TopicPartition, int], consumer: AIOKafkaConsumer
    ) -> None:
        assigned = consumer.assignment()
        owned = {where: offset for where, offset in offsets.items() if where in assigned}
        if not owned:
            return
        try:
            await consumer.commit(owned)
        except KafkaError as problem:
            # whoever reads on begins further back, and the inbox makes that harmless
            structlog.get_logger().warning("consume.commit_failed", exc_info=problem)
