"""The one wrapper round every subscriber: a record is handled once, kept in order, never lost.

A batch is tried in one transaction: inbox marks, handlers, outbox rows, commit; then offsets. A
handler gets all events of one type that do not depend on each other, so that it can load and save
them together (docs/decisions/0010). When anything fails the same records are taken one by one, each
in its own transaction, and the failure has a consequence by its class:

- `RetryLater` (and a lost database): the record's partition waits under a name that health shows,
  polling goes on, and it is tried again with capped backoff, without end.
- `RowHeld`: somebody's transaction has a row that it needs. It is set aside: parked, and tried
  again by itself until it is handled, so that its neighbours do not wait with it.
- `Unprocessable`: parked in PostgreSQL, then passed; `Forged`, one of them, is counted too, and
  pages. So is a handler's own bug parked, after three tries within 1 s. Later records of a parked
  key are parked behind it, until it is redriven (`shared.bus.redrive`, which says why their order
  holds). One that its producer said before all of them comes late (`shared.bus.asking`): it is
  handled at once, and they are tried again after it.
- `Unproven`, one of those, holds up nothing: whoever wrote it has no part in the case it names.
- `Halt`: the process stops.
- Anything else, as when a record cannot even be parked: its partition waits like the first, because
  whatever left here would be swallowed, and the next commit would pass over all that came after it.

A batch has an end in time, so that a slow database makes it smaller and never endless: what is not
done by then comes again with the next poll.
"""

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from time import monotonic
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from shared import crash, deadline, metrics
from shared.backoff import Backoff
from shared.bus import inbox, parked, parking
from shared.bus.handling import Handler
from shared.bus.offsets import Offsets
from shared.bus.polling import back_to
from shared.bus.reading import KeyToCome, Reading, count_forged
from shared.bus.watchdog import Watchdog
from shared.clock import pause
from shared.crash import Point
from shared.db import BRIEFLY, Database, Tx
from shared.errors import Halt, RetryLater, RowHeld, Unavailable, Unprocessable
from shared.events import Body, Closed, Event, event_type
from shared.logging import describe
from shared.runtime.health import Health
from shared.security.sealing import Sealer
from shared.tasks import Tasks

BUG_TRIES = (0.1, 0.5)
"""Pauses, in seconds, between tries of a record whose handler failed in an unforeseen way."""
UNFORESEEN, UNREADABLE = "unforeseen failure", "batch that cannot be read"
"""Names of waits whose cause stands in the log alone, by its type."""
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
TOGETHER, ONE_BY_ONE = 20.0, 10.0
"""Seconds that a batch may take, each way. One more record may begin within them."""
WATCH_EVERY = 1.0


class Consume:
    """Handles batches of raw records for one service. ``handlers`` is its table of types; with one
    of `Closed` it takes every event, and again what it has had: to hold it against that."""

    def __init__(
        self,
        db: Database,
        sealer: Sealer,
        handlers: Mapping[type[Body], Handler],
        health: Health,
        *,
        parked_limit: int = 1000,
    ) -> None:
        self._db = db
        self._keeps = Closed in handlers
        types = [event_type(body) for body in handlers if body is not Closed]
        self._reading = Reading(sealer, types, keeps=self._keeps)
        self._handlers = handlers
        self._health = health
        self._parked_limit = parked_limit
        self._waits: dict[TopicPartition, Backoff] = {}
        self._offsets = Offsets()
        self._tasks = Tasks()
        self._log = structlog.get_logger()
        self.reached: dict[TopicPartition, int] = {}
        """Behind the last record of each partition that was dealt with here."""
        self.failure: BaseException | None = None
        """Set by `Halt`: FastStream swallows what a handler raises, so the watch raises it."""

    async def batch(self, records: Sequence[ConsumerRecord], consumer: AIOKafkaConsumer) -> None:
        """Handles a batch and has its offsets committed; raises nothing but `CancelledError`."""
        by_partition: dict[TopicPartition, list[ConsumerRecord]] = defaultdict(list)
        for record in records:
            by_partition[TopicPartition(record.topic, record.partition)].append(record)
        crash.passing(Point.CONSUMER_BEFORE)
        with metrics.BATCH_SECONDS.time():
            try:
                with deadline.within(TOGETHER):
                    await self._together(records)
                done = {where: batch[-1].offset + 1 for where, batch in by_partition.items()}
                self.reached |= done
                for where in done:
                    self._waits.pop(where, None)
            except Exception as problem:  # noqa: BLE001 - whatever it is, each record gets its own try
                self._log.info("consume.one_by_one", count=len(records), exc_info=problem)
                done, end = {}, monotonic() + ONE_BY_ONE
                for where, batch in by_partition.items():
                    offset = await self._one_by_one(where, batch, consumer, end)
                    if offset is not None:
                        done[where] = offset
            crash.passing(Point.CONSUMER_AFTER)
            self._offsets.put(done, consumer)

    async def _together(self, records: Sequence[ConsumerRecord]) -> None:
        mine, apart = self._reading.batch(records)
        if not (mine or apart):
            return
        events = [event for event, _ in mine]
        begin, asked = inbox.BEGIN, inbox.asked(events)
        async with self._db.transaction(begin=begin, args=asked) as tx:
            for record, why in apart:
                await self._park(tx, record, why)
            behind = frozenset(tx.begun["behind"])
            for event, record in mine:  # before any row is held: a redrive may have their key
                if (record.key or b"") in behind:
                    await self._in_its_order(event, record, tx)
            free = [event for event in events if event.envelope.key.encode() not in behind]
            new = await inbox.marked(tx, free, tx.begun["marked"])
            for group in independent(free if self._keeps else new):
                await self._handle(tx, group)
        for _, why in apart:
            count_forged(why)

    async def _handle(self, tx: Tx, events: Sequence[Event[Any]]) -> None:
        await self._handlers[type(events[0].body)](tx, events)
        crash.passing(Point.CONSUMER_IN)
        metrics.CONSUMED.labels(events[0].envelope.type, "handled").inc(len(events))

    async def _one_by_one(
        self,
        where: TopicPartition,
        batch: list[ConsumerRecord],
        consumer: AIOKafkaConsumer,
        end: float,
    ) -> int | None:
        """The offset to commit for a partition: behind the last record that is done with."""
        done: int | None = None
        for record in batch:
            if monotonic() > end:
                back_to(where, record.offset, consumer)
                return done
            try:
                await self._one(record)
            except (RetryLater, Unavailable) as problem:
                name = problem.name if isinstance(problem, RetryLater) else problem.part
                self._wait(where, record.offset, name, consumer)
                return done
            except Halt as problem:
                self.failure = problem
                if back_to(where, record.offset, consumer):
                    consumer.pause(where)
                return done
            except Exception:  # noqa: BLE001 - let out, it would cost the rest of the batch
                self._log.exception("consume.unforeseen", topic=record.topic, offset=record.offset)
                self._wait(where, record.offset, UNFORESEEN, consumer)
                return done
            done = self.reached[where] = record.offset + 1
            self._waits.pop(where, None)  # it moves: what fails next waits as what fails first
        return done

    async def _one(self, record: ConsumerRecord) -> None:
        step, why = partial(self._alone, record), None
        try:
            why = await self.tried(step, offset=record.offset)
        except RowHeld:
            why = parking.SetAside("another transaction holds a row that it needs")
        if why is not None:
            async with self._db.transaction(begin=BRIEFLY) as tx:
                await self._park(tx, record, why)
            count_forged(why)

    async def tried(
        self,
        step: Callable[[Tx], Awaitable[None]],
        *,
        offset: int | None = None,
        pauses: Sequence[float] = BUG_TRIES,
    ) -> Unprocessable | None:
        """Tries ``step``, each time in a transaction; why its record must be parked, or none.

        Raises `RetryLater`, `Unavailable` and `Halt`: nothing was committed, nothing is to be.
        """
        for pause_after in (*pauses, None):
            try:
                async with self._db.transaction(begin=BRIEFLY) as tx:
                    await step(tx)
                return None
            except Unprocessable as problem:
                return problem
            except (RetryLater, Unavailable, Halt):
                raise
            except Exception as problem:  # noqa: BLE001 - a bug in a handler must not cost an event
                self._log.exception("consume.handler_failed", offset=offset)
                if pause_after is None:
                    return Unprocessable(describe(problem)[0])
                await pause(pause_after)
        return None

    async def _alone(self, record: ConsumerRecord, tx: Tx) -> None:
        event = self._reading.event(record)
        if event is not None:
            await self._in_its_order(event, record, tx)

    async def _in_its_order(self, event: Event[Any], record: ConsumerRecord, tx: Tx) -> None:
        key = record.key or b""
        if not (await parked.blocked_keys(tx, [key]) and await parked.still_blocked(tx, key)):
            await self._do(tx, event)
        elif await parked.is_older(tx, parked.Record.read(record)):
            await self._do(tx, event)
            await parked.ask(tx, key)
            tx.wake(parked.CHANNEL)
        else:
            await self._park(tx, record, Unprocessable("behind a parked record of its key"))

    def opens(self, record: parked.Record) -> bool:
        """Whether no sealing key is missing for it."""
        try:
            self._reading.event(record)
        except KeyToCome:
            return False
        except Unprocessable:
            pass
        return True

    async def take(self, tx: Tx, record: parked.Record) -> None:
        """Reads, marks and handles one record in this transaction, whatever is parked."""
        event = self._reading.event(record)
        if event is not None:
            await self._do(tx, event)

    async def _do(self, tx: Tx, event: Event[Any]) -> None:
        if await inbox.mark(tx, [event]) or self._keeps:
            await self._handle(tx, [event])

    async def _park(self, tx: Tx, record: ConsumerRecord, why: Unprocessable) -> None:
        await parking.put(tx, record, why, limit=self._parked_limit)

    def unreadable(self, where: TopicPartition, offset: int, consumer: AIOKafkaConsumer) -> None:
        """Has a partition wait, while what its next batch failed with is handled."""
        self._log.exception("consume.unreadable", topic=where.topic, offset=offset)
        self._wait(where, offset, UNREADABLE, consumer)

    def _wait(
        self, where: TopicPartition, offset: int, name: str, consumer: AIOKafkaConsumer
    ) -> None:
        """Rewinds and pauses a partition; it resumes by itself, later each time."""
        if not back_to(where, offset, consumer):
            return
        backoff = self._waits.setdefault(where, Backoff(FIRST_WAIT, LONGEST_WAIT, jitter=0.25))
        self._health.waits(str(where), name)
        self._log.warning(
            "consume.waiting", name=name, topic=where.topic, partition=where.partition
        )
        consumer.pause(where)
        self._tasks.start(self._resume(where, backoff.pause(), consumer))

    async def _resume(self, where: TopicPartition, wait: float, consumer: AIOKafkaConsumer) -> None:
        try:
            await pause(wait)
        finally:  # a name that nobody takes away would hide from the watchdog for ever
            self._health.goes_on(str(where))
            if where in consumer.assignment():
                consumer.resume(where)

    async def leave(self) -> None:
        """The consumer is about to leave its group: nobody may commit for it after that."""
        await self._offsets.close()

    async def watch(self, subscriber: Any, watchdog: Watchdog) -> None:
        """Raises what `Halt` left, and what the watchdog says of the subscriber's consumer."""
        while self.failure is None:
            await pause(min(WATCH_EVERY, watchdog.every))
            if subscriber.consumer is not None:
                await watchdog.look(subscriber.consumer.assignment(), self.reached)
        raise self.failure


def independent(events: Sequence[Event[Any]]) -> list[list[Event[Any]]]:
    """Events in groups of one type and different keys; a key's events stay in their order."""
    turns: list[dict[type[Body], list[Event[Any]]]] = []
    of_key: Counter[str] = Counter()
    for event in events:
        turn = of_key[event.envelope.key]
        of_key[event.envelope.key] += 1
        if turn == len(turns):
            turns.append(defaultdict(list))
        turns[turn][type(event.body)].append(event)
    return [group for turn in turns for group in turn.values()]
