"""The relay: what the outbox holds goes to Kafka, in order, numbered without gaps, sealed.

One a service (advisory lock). It numbers rows and chains their digests in a transaction of its own
before the first send, so a repeated send carries the same number. When Kafka does not answer in
time the outcome is unknown and the process dies: with idempotence on, aiokafka's own calls would
never return. The supervisor starts a new one, which sends what is not marked.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer

from shared import metrics, wire
from shared.bus import await_kafka
from shared.clock import pause
from shared.db import Database
from shared.errors import Halt
from shared.events import Envelope
from shared.events.envelope import GENESIS, digest
from shared.health import Health
from shared.sealing import Sealer
from shared.wakeup import Wakeup

BATCH = 500
SEND_TIMEOUT = 15.0
SLOW_SCAN = 1.0
"""Seconds between looks when no notification comes: they are lost on reconnect."""

UNPUBLISHED = """
SELECT id, event_id, type, key, subject, time, correlation_id, causation_id, aggregate_version,
       document, producer_seq, prev
FROM outbox WHERE published_at IS NULL ORDER BY producer_seq NULLS LAST, id LIMIT $1
"""
LAST = """
SELECT producer_seq, digest FROM outbox WHERE producer_seq IS NOT NULL
ORDER BY producer_seq DESC LIMIT 1
"""
NUMBER = """
UPDATE outbox SET producer_seq = new.seq, prev = new.prev, digest = new.digest
FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[]) AS new(id, seq, prev, digest)
WHERE outbox.id = new.id AND outbox.producer_seq IS NULL
"""
MARK = """
UPDATE outbox SET published_at = $1, partition = new.partition, "offset" = new."offset"
FROM unnest($2::bigint[], $3::int[], $4::bigint[]) AS new(id, partition, "offset")
WHERE outbox.id = new.id
"""
SWEEP = """
DELETE FROM outbox WHERE published_at < $1
AND producer_seq < (SELECT max(producer_seq) FROM outbox)
"""
LOCK = "SELECT pg_try_advisory_lock(hashtext($1))"
COUNT = "SELECT count(*) AS n, min(time) AS oldest FROM outbox WHERE published_at IS NULL"


@dataclass(frozen=True, slots=True)
class Row:
    """One unpublished row, with its place in the chain once it has one."""

    id: int
    envelope: Envelope
    document: bytes
    fresh: bool

    @classmethod
    def of(cls, source: str, record: asyncpg.Record) -> "Row":
        """A row as it is read."""
        seq: int | None = record["producer_seq"]
        envelope = Envelope(
            id=record["event_id"],
            type=record["type"],
            source=source,
            subject=record["subject"],
            key=record["key"],
            time=record["time"],
            correlation_id=record["correlation_id"],
            causation_id=record["causation_id"],
            aggregate_version=record["aggregate_version"],
            producer_seq=seq or 0,
            prev=record["prev"] or GENESIS,
        )
        return cls(record["id"], envelope, bytes(record["document"]), fresh=seq is None)


def chain(rows: Sequence[Row], seq: int, last: str) -> list[tuple[Row, str]]:
    """Numbers fresh rows after ``seq`` and links each to the digest before it; pure."""
    numbered: list[tuple[Row, str]] = []
    for row in rows:
        seq += 1
        envelope = row.envelope.numbered(seq, last)
        last = digest(envelope, row.document)
        numbered.append((Row(row.id, envelope, row.document, fresh=False), last))
    return numbered


class Relay:
    """Publishes one service's outbox for as long as it holds the lock."""

    def __init__(self, db: Database, sealer: Sealer, kafka: str, health: Health) -> None:
        self._db = db
        self._sealer = sealer
        self._kafka = kafka
        self._health = health
        self._topic = f"tirek.{db.source}"
        self._log = structlog.get_logger()

    async def run(self) -> None:
        """Runs until cancelled; raises when the lock, the database or Kafka is lost."""
        self._health.ready["relay"] = False
        await await_kafka(self._kafka, self._health, "relay")
        async with Wakeup(self._db, f"{self._db.source}_outbox") as wakeup:
            await self._take_lock(wakeup.connection)
            producer = AIOKafkaProducer(
                bootstrap_servers=self._kafka,
                acks="all",
                enable_idempotence=True,
                max_batch_size=512 * 1024,
                request_timeout_ms=10_000,
                client_id=f"{self._db.source}-relay",
            )
            await asyncio.wait_for(producer.start(), SEND_TIMEOUT)
            self._health.ready["relay"] = True
            try:
                while True:
                    published = await self.publish_once(producer)
                    if published < BATCH:
                        await wakeup.wait(SLOW_SCAN)
            finally:
                # a stuck stop() never returns; the process ends anyway
                async with asyncio.timeout(2):
                    await producer.stop()

    async def _take_lock(self, connection: asyncpg.Connection) -> None:
        """Waits to be the one relay; a second replica stands by."""
        while not await connection.fetchval(LOCK, f"{self._db.source}.relay"):
            self._health.ready["relay"] = True
            await pause(1.0)

    async def publish_once(self, producer: AIOKafkaProducer) -> int:
        """Publishes up to `BATCH` rows; answers how many. Safe to repeat at any point."""
        rows = await self._number()
        if not rows:
            return 0
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                sent = [await self._send(producer, row) for row in rows]
                acks = await asyncio.gather(*sent)
        except TimeoutError as problem:
            raise Halt(f"Kafka did not acknowledge within {SEND_TIMEOUT:.0f} s") from problem
        async with self._db.transaction() as tx:
            await tx.execute(
                MARK,
                tx.now,
                [row.id for row in rows],
                [ack.partition for ack in acks],
                [ack.offset for ack in acks],
            )
        for row in rows:
            metrics.PUBLISHED.labels(row.envelope.type).inc()
        return len(rows)

    async def _number(self) -> list[Row]:
        async with self._db.transaction() as tx:
            records = await tx.fetch(UNPUBLISHED, BATCH)
            rows = [Row.of(self._db.source, record) for record in records]
            fresh = [row for row in rows if row.fresh]
            if fresh:
                last = await tx.fetchrow(LAST)
                start = (last["producer_seq"], last["digest"]) if last else (0, GENESIS)
                numbered = chain(fresh, *start)
                await tx.execute(NUMBER, *_columns(numbered))
                rows = [row for row in rows if not row.fresh] + [row for row, _ in numbered]
        return rows

    async def _send(self, producer: AIOKafkaProducer, row: Row) -> asyncio.Future[Any]:
        key, value, headers = wire.encode(row.envelope, row.document, self._sealer)
        future: asyncio.Future[Any] = await producer.send(
            self._topic, value, key=key, headers=headers
        )
        return future

    async def measure(self) -> None:
        """Sets the gauges of what waits."""
        async with self._db.transaction() as tx:
            row = await tx.fetchrow(COUNT)
            if row is not None:
                metrics.OUTBOX_UNPUBLISHED.set(row["n"])
                metrics.OUTBOX_AGE.set(_age(tx.now, row["oldest"]))


def _age(now: datetime, oldest: datetime | None) -> float:
    return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


def _columns(
    numbered: list[tuple[Row, str]],
) -> tuple[list[int], list[int], list[str], list[str]]:
    return (
        [row.id for row, _ in numbered],
        [row.envelope.producer_seq for row, _ in numbered],
        [row.envelope.prev for row, _ in numbered],
        [own for _, own in numbered],
    )
