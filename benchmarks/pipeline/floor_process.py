"""The floor's two consumers: the durable steps of the pipeline, and nothing else.

``first``: topic A → one transaction {inbox, service request, offer, outbox} → topic B, outbox rows
deleted, offsets committed. ``second``: topic B → one transaction {inbox, message}, offsets
committed. No events, no seals, no rules, no people: whatever Tirek does must cost at least this.

The database's address is in the environment (``BENCH_DSN``); the rest are arguments.
"""

import argparse
import asyncio
import json
import os
import signal
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

BATCH = 500
POLL_MS = 20
BATCH_BYTES = 512 * 1024
STAMP = "sent"
"""The header that says when a record was sent (`time.time`), where somebody wants to know."""

SCHEMA = """
CREATE TABLE inbox_1 (event_id text PRIMARY KEY, received_at timestamptz NOT NULL);
CREATE TABLE inbox_2 (event_id text PRIMARY KEY, received_at timestamptz NOT NULL);
CREATE TABLE service_request (
    id text PRIMARY KEY, incident_id text NOT NULL, service_type text NOT NULL,
    urgency text NOT NULL, territory text NOT NULL, status text NOT NULL,
    opened_at timestamptz NOT NULL
);
CREATE TABLE offer (
    id text PRIMARY KEY, service_request_id text NOT NULL, organisation text NOT NULL,
    status text NOT NULL, deadline timestamptz NOT NULL
);
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_id text NOT NULL,
    key text NOT NULL, document bytea NOT NULL
);
CREATE TABLE message (
    id text PRIMARY KEY, incident_id text NOT NULL, offer_id text NOT NULL, staff_id text NOT NULL,
    status text NOT NULL, queued_at timestamptz NOT NULL
);
"""
MARK_1 = """
INSERT INTO inbox_1 SELECT id, $2 FROM unnest($1::text[]) AS new (id)
ON CONFLICT DO NOTHING RETURNING event_id
"""
MARK_2 = MARK_1.replace("inbox_1", "inbox_2")
REQUESTS = """
INSERT INTO service_request
SELECT id, incident, type, urgency, territory, 'active', $6
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
     AS new (id, incident, type, urgency, territory)
"""
OFFERS = """
INSERT INTO offer SELECT id, request, organisation, 'requested', $4
FROM unnest($1::text[], $2::text[], $3::text[]) AS new (id, request, organisation)
"""
OUTBOX = """
INSERT INTO outbox (event_id, key, document)
SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[]) RETURNING id
"""
DELETE = "DELETE FROM outbox WHERE id = ANY ($1::bigint[])"
MESSAGES = """
INSERT INTO message SELECT id, incident, offer, staff, 'queued', $5
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS new (id, incident, offer, staff)
"""
Batch = Mapping[TopicPartition, Sequence[ConsumerRecord]]


class First:
    """Consumer 1. It knows of no latencies: a record has half its way before it."""

    def __init__(self, connection: asyncpg.Connection, onto: str) -> None:
        self._db = connection
        self.latencies: list[float] = []
        self._onto = onto
        self._producer = AIOKafkaProducer(
            **json.loads(os.environ["BENCH_KAFKA"]),
            acks="all",
            enable_idempotence=True,
            max_batch_size=BATCH_BYTES,
        )

    async def start(self) -> None:
        """Prepares every statement."""
        await self._producer.start()
        prepare = self._db.prepare
        self._mark, self._requests = await prepare(MARK_1), await prepare(REQUESTS)
        self._offers, self._outbox = await prepare(OFFERS), await prepare(OUTBOX)
        self._delete = await prepare(DELETE)

    async def handle(self, batch: Batch) -> None:
        """One batch, whole."""
        events = {
            event["id"]: (event, record.partition, dict(record.headers).get(STAMP))
            for records in batch.values()
            for record in records
            for event in (json.loads(record.value),)
        }
        now = datetime.now(UTC)
        async with self._db.transaction():
            fresh = {row["event_id"] for row in await self._mark.fetch(list(events), now)}
            said = [self._decide(*events[each]) for each in events if each in fresh]
            bodies = [event["data"] for event, *_ in said]
            requests = [request for _, request, *_ in said]
            await self._requests.fetch(
                requests,
                [body["incident_id"] for body in bodies],
                [body["service_type"] for body in bodies],
                [body["urgency"] for body in bodies],
                [body["territory"] for body in bodies],
                now,
            )
            offers = [offer for _, _, offer, *_ in said]
            named = [body["organisation"] for body in bodies]
            await self._offers.fetch(offers, requests, named, now + timedelta(minutes=5))
            keys = [body["incident_id"] for body in bodies]
            documents = [document for *_, document in said]
            rows = await self._outbox.fetch(offers, keys, documents)
        await self._publish(batch, said)
        await self._delete.fetch([row["id"] for row in rows])

    @staticmethod
    def _decide(
        event: dict[str, Any], partition: int, stamp: bytes | None
    ) -> tuple[dict[str, Any], str, str, int, bytes | None, bytes]:
        """(event, service request, offer, partition, stamp, what consumer 2 is told)."""
        body, request, offer = event["data"], str(uuid4()), str(uuid4())
        told = {
            "id": str(uuid4()),
            "type": "floor.offer",
            "data": {
                "incident_id": body["incident_id"],
                "service_request_id": request,
                "offer_id": offer,
                "organisation": body["organisation"],
                "urgency": body["urgency"],
            },
            "salt": event["salt"],
        }
        return event, request, offer, partition, stamp, json.dumps(told).encode()

    async def _publish(self, batch: Batch, said: list[tuple[Any, ...]]) -> None:
        """A batch a partition: the topics are cut alike, so a key stays in its partition."""
        building = {where.partition: self._producer.create_batch() for where in batch}
        for event, _, _, partition, stamp, document in said:
            key = event["data"]["incident_id"].encode()
            headers = [(STAMP, stamp)] if stamp else []
            added = building[partition].append(
                key=key, value=document, timestamp=None, headers=headers
            )
            if added is None:
                raise RuntimeError("a batch of the floor does not fit its buffer")
        sent = [
            await self._producer.send_batch(each, self._onto, partition=partition)
            for partition, each in building.items()
            if each.record_count()
        ]
        await asyncio.gather(*sent)

    async def stop(self) -> None:
        """Lets Kafka go."""
        await self._producer.stop()


class Second:
    """Consumer 2. ``latencies``: seconds from a stamp to the commit."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._db = connection
        self.latencies: list[float] = []

    async def start(self) -> None:
        """Prepares every statement."""
        self._mark = await self._db.prepare(MARK_2)
        self._messages = await self._db.prepare(MESSAGES)

    async def handle(self, batch: Batch) -> None:
        """One batch, whole."""
        records = [record for each in batch.values() for record in each]
        events = {event["id"]: event for event in (json.loads(each.value) for each in records)}
        now = datetime.now(UTC)
        async with self._db.transaction():
            fresh = {row["event_id"] for row in await self._mark.fetch(list(events), now)}
            bodies = [events[each]["data"] for each in events if each in fresh]
            await self._messages.fetch(
                [str(uuid4()) for _ in bodies],
                [body["incident_id"] for body in bodies],
                [body["offer_id"] for body in bodies],
                [f"st-{body['organisation']}" for body in bodies],
                now,
            )
        done = time.time()
        stamps = (dict(record.headers).get(STAMP) for record in records)
        self.latencies += [done - float(stamp) for stamp in stamps if stamp]

    async def stop(self) -> None:
        """Nothing to let go."""


async def run(which: str, topic: str, onto: str) -> list[float]:
    """Consumes until SIGTERM; the latencies it then knows of."""
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - asyncio.run made one
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    connection = await asyncpg.connect(os.environ["BENCH_DSN"])
    work = First(connection, onto) if which == "first" else Second(connection)
    consumer = AIOKafkaConsumer(
        topic,
        **json.loads(os.environ["BENCH_KAFKA"]),
        group_id=f"floor.{which}",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    await work.start()
    print("ready", flush=True)
    try:
        while True:
            batch = await consumer.getmany(timeout_ms=POLL_MS, max_records=BATCH)
            if batch:
                await work.handle(batch)
                await consumer.commit({at: each[-1].offset + 1 for at, each in batch.items()})
    except asyncio.CancelledError:
        return work.latencies
    finally:
        await consumer.stop()
        await work.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("which", choices=("first", "second"))
    parser.add_argument("--topic", required=True)
    parser.add_argument("--onto", default="")
    parser.add_argument("--report", type=Path, required=True, help="where latencies go at the end")
    given = vars(parser.parse_args())
    path: Path = given.pop("report")
    path.write_text(json.dumps(asyncio.run(run(**given))))
