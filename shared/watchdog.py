"""Who notices what hangs: a consumer that does not move, and an event loop that does not turn.

Everything else that a worker awaits has a timeout of its own: statements, sends, gateways. A
consumer has none, because it may be idle for days; so it is held against the log itself, asked over
connections that are not the consumer's. The cure is always the same, a new process (0002).
"""

import asyncio
import faulthandler
import os
import sys
import threading
from collections.abc import Collection, Mapping
from time import monotonic

import structlog
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from shared import bus_state, metrics
from shared.bus_state import ABSENT, EARLIEST
from shared.errors import Halt
from shared.events.topics import CONSUMES
from shared.health import Health
from shared.progress import Look, Partition, Progress

LOOKS = 8
"""Looks within the patience: what is stuck is noticed an eighth of it late at most."""
SECOND_CHANCE = 5.0
"""Seconds that a loop has after it was found still: a stopped process may just have woken up."""
ASK_WITHIN = 8.0


class Watchdog:
    """Watches one consumer group member."""

    def __init__(self, service: str, kafka: str, health: Health) -> None:
        self._service = service
        self._kafka = kafka
        self._health = health
        self._progress = Progress(health.stuck_after)
        self._next = 0.0
        self._blind = False
        self._log = structlog.get_logger()

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
                left, committed = await self._ask(mine)
        except ABSENT as problem:
            if not self._blind:
                self._log.warning("watchdog.blind", exc_info=problem)
            self._blind = True
            self._progress.forget()
            return
        finally:
            self._next = monotonic() + self._health.stuck_after / LOOKS
        self._blind = False
        self._tell(left)
        done = {where: max(committed.get(where, 0), reached.get(where, 0)) for where in left}
        waiting = {where for where in left if str(where) in self._health.waiting}
        stuck = self._progress.judge(Look(left, done), waiting, monotonic())
        self._health.stuck = [f"{topic}/{number}" for topic, number in stuck]
        if stuck:
            at = ", ".join(f"{topic}/{number} at {done[topic, number]}" for topic, number in stuck)
            raise Halt(f"the consumer has work, waits for nothing and does not move: {at}")

    async def _ask(
        self, mine: Collection[TopicPartition]
    ) -> tuple[dict[Partition, int], dict[Partition, int]]:
        """Records left, and committed offsets, of each partition of ``mine``."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self._kafka, request_timeout_ms=5_000)
        await admin.start()
        try:
            found = await admin.list_consumer_group_offsets(self._service)
            committed = {where: known.offset for where, known in found.items() if known.offset >= 0}
            left: dict[Partition, int] = {}
            for topic in CONSUMES[self._service]:
                # the admin's own connections: it has no public way to ask for offsets of a log
                first = (await bus_state.ask(admin._client, topic, EARLIEST)).ends
                for number, end in (await bus_state.ask(admin._client, topic)).ends.items():
                    where = TopicPartition(topic, number)
                    begin = max(committed.get(where, 0), first.get(number, 0))
                    if where in mine:
                        left[where] = end - begin
        finally:
            await admin.close()
        return left, committed

    def _tell(self, left: Mapping[Partition, int]) -> None:
        self._health.lag = sum(left.values())
        for topic in CONSUMES[self._service]:
            behind = sum(count for (name, _), count in left.items() if name == topic)
            metrics.LAG.labels(topic).set(behind)


def watch_loop(patience: float) -> None:
    """Ends the process, with status 1 and the stacks on stderr, when the running loop stands still.

    A thread of its own looks: a loop in which something computes for ever cannot look itself.
    """
    loop = asyncio.get_running_loop()
    threading.Thread(target=_watch, args=(loop, patience), daemon=True, name="watchdog").start()


def _watch(loop: asyncio.AbstractEventLoop, patience: float) -> None:
    turned = threading.Event()
    while True:
        turned.clear()
        try:
            loop.call_soon_threadsafe(turned.set)
        except RuntimeError:  # the loop is closed: the process ends
            return
        if not turned.wait(patience) and not turned.wait(SECOND_CHANCE):
            sys.stderr.write(f"the event loop has not turned for {patience:.0f} s: ending\n")
            faulthandler.dump_traceback(sys.stderr)  # files, lines and names; no values
            sys.stderr.flush()
            os._exit(1)
        threading.Event().wait(1.0)
