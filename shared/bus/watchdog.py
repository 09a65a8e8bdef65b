"""Watchdog: notices a consumer that does not move.

Everything else that a worker awaits has a timeout: statements, sends and gateways each their own,
and a turn of a relay, a job or a redrive has one for all of it (`shared.runtime.stalls`). A
consumer has none, because it may be idle for days; so it is compared with the log itself, asked
over connections that are not the consumer's. The cure is a new process (docs/decisions/0002).
"""

import asyncio
from collections.abc import Collection, Mapping
from contextlib import suppress
from time import monotonic

import structlog
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient

from shared import metrics
from shared.bus import cluster_state
from shared.bus.access import Access
from shared.bus.aiokafka_private import client_of
from shared.bus.cluster_state import ABSENT, EARLIEST, REQUEST_MS
from shared.bus.consumer_progress import Partition, Progress, Standing
from shared.bus.groups import Group
from shared.errors import Halt
from shared.runtime.health import Health
from shared.runtime.stalls import LOOKS
from shared.tasks import apart

BLIND = "watchdog"
"""Under this health says that brokers do not answer it."""
ASK_WITHIN = 8.0
FIRSTS = 8
"""Of so many looks one asks what is kept: a broker looks every five minutes what it may delete."""


class Watchdog:
    """Watches one consumer group member."""

    def __init__(self, group: Group, kafka: Access, health: Health) -> None:
        self._group = group
        self._kafka = kafka
        self._health = health
        self._progress = Progress()
        self._next = 0.0
        self._admin: AIOKafkaAdminClient | None = None
        self._first: dict[str, tuple[int, Mapping[int, int]]] = {}
        self._missed: dict[Partition, int] = {}
        """Up to where each partition's missed records are told already."""
        self._log = structlog.get_logger()

    @property
    def every(self) -> float:
        """Seconds between looks."""
        return self._health.stuck_after / LOOKS

    async def begin(self) -> None:
        """Tells what is gone before it was read; to be asked before a consumer starts.

        It begins at the first record that is kept, without a word, and commits behind that.
        """
        try:
            async with asyncio.timeout(ASK_WITHIN):
                await apart(self._ask(None, {}))
        except ABSENT as problem:
            self._blind(problem)

    async def close(self) -> None:
        """Lets go of the brokers."""
        if self._admin is not None:
            await self._admin.close()

    async def look(
        self, mine: Collection[TopicPartition], reached: Mapping[TopicPartition, int]
    ) -> None:
        """Looks if it is time to; raises `Halt` when one of ``mine`` is stuck.

        ``reached``: behind the last record that was dealt with, as the consumer says.
        """
        if monotonic() < self._next:
            return
        try:
            async with asyncio.timeout(ASK_WITHIN):
                seen = await apart(self._ask(mine, reached))
        except ABSENT as problem:
            self._blind(problem)
            return
        finally:
            self._next = max(monotonic(), self._next + self.every)
        self._health.goes_on(BLIND)
        self._tell(seen)
        waiting = {where for where in mine if str(where) in self._health.waiting}
        self._progress = self._progress.after(seen, waiting)
        stuck = self._progress.stuck(LOOKS)
        self._health.stuck = [f"{topic}/{number}" for topic, number in stuck]
        if stuck:
            at = ", ".join(f"{topic}/{n} at {seen[topic, n].committed}" for topic, n in stuck)
            raise Halt(f"the consumer has work, waits for nothing and does not move: {at}")

    def _blind(self, problem: Exception) -> None:
        """Brokers that do not answer tell nothing about a consumer: patience begins anew."""
        if BLIND not in self._health.waiting:
            self._log.warning("watchdog.blind", exc_info=problem)
        self._health.waits(BLIND, "kafka")
        self._progress = Progress()

    async def _ask(
        self, mine: Collection[TopicPartition] | None, reached: Mapping[TopicPartition, int]
    ) -> dict[Partition, Standing]:
        """How ``mine`` stand, or all if none are named. Who answered last time is asked first."""
        if self._admin is not None:
            with suppress(*ABSENT):
                return await self._ask_by(self._admin, mine, reached)
        admin = AIOKafkaAdminClient(**self._kafka.client(), request_timeout_ms=REQUEST_MS)
        self._first.clear()
        return await self._ask_by(admin, mine, reached)

    async def _ask_by(
        self,
        admin: AIOKafkaAdminClient,
        mine: Collection[TopicPartition] | None,
        reached: Mapping[TopicPartition, int],
    ) -> dict[Partition, Standing]:
        self._admin = None  # it is kept only if it answers
        try:
            await admin.start()
            seen = await self._stand(admin, mine, reached)
        except BaseException:
            await admin.close()
            raise
        self._admin = admin
        return seen

    async def _stand(
        self,
        admin: AIOKafkaAdminClient,
        mine: Collection[TopicPartition] | None,
        reached: Mapping[TopicPartition, int],
    ) -> dict[Partition, Standing]:
        seen: dict[Partition, Standing] = {}
        found = await admin.list_consumer_group_offsets(self._group.name)
        for topic in self._group.topics:
            first = await self._first_of(topic, client_of(admin))
            for number, end in (await cluster_state.ask(client_of(admin), topic)).ends.items():
                where = TopicPartition(topic, number)
                committed = found[where].offset if where in found else 0
                if mine is not None and where not in mine:
                    continue
                kept = first.get(number, 0)
                self._miss(where, committed, kept)
                if not kept <= committed <= end:  # so will it begin
                    committed = kept
                seen[where] = Standing(committed, reached.get(where, 0), end)
        return seen

    async def _first_of(self, topic: str, client: AIOKafkaClient) -> Mapping[int, int]:
        """The first offset that is kept of each partition: of `FIRSTS` looks one asks for it."""
        looks, first = self._first.get(topic, (0, {}))
        if looks % FIRSTS == 0:
            first = (await cluster_state.ask(client, topic, EARLIEST)).ends
        self._first[topic] = looks + 1, first
        return first

    def _miss(self, where: TopicPartition, committed: int, kept: int) -> None:
        """Counts what lies between, once. Some of it may have been handled and not committed."""
        count = kept - max(0, committed, self._missed.get(where, 0))
        if count <= 0:
            return
        self._missed[where] = kept
        metrics.MISSED.labels(where.topic).inc(count)
        self._log.error(
            "consume.missed", topic=where.topic, partition=where.partition, count=count, offset=kept
        )

    def _tell(self, seen: Mapping[Partition, Standing]) -> None:
        self._health.lag = sum(each.left for each in seen.values())
        for topic in self._group.topics:
            behind = sum(each.left for (name, _), each in seen.items() if name == topic)
            metrics.LAG.labels(topic).set(behind)
