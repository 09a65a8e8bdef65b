"""What a producer's outbox holds, what lies on its topic, and what a consumer made of it."""

from dataclasses import dataclass
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.stack import Stack
from shared.bus.handling import Handler, each
from shared.db import Database, Tx
from shared.errors import RetryLater
from shared.events import Body, Event
from shared.events.notify import AnswerReceived
from tests.support.bus import act, new_incident, said

TOPIC = "tirek.notify"
HEARD = """
CREATE TABLE heard (id bigint GENERATED ALWAYS AS IDENTITY, event_id text, producer_seq bigint);
GRANT SELECT, INSERT ON heard TO tirek_referral;
"""
NUMBERED = "SELECT producer_seq, digest FROM outbox WHERE producer_seq IS NOT NULL"


@dataclass(frozen=True, slots=True)
class OnTopic:
    """The place in the chain of one record, as anybody may read it."""

    partition: int
    offset: int
    seq: int
    digest: str


class Listener:
    """A handler that writes each event down in its transaction: what it did twice stands twice."""

    def __init__(self) -> None:
        self.deaf_to: set[str] = set()
        """Incidents whose events must wait."""

    async def handler(self, tx: Tx, event: Event[Any], body: AnswerReceived) -> None:
        """Writes the event down, or waits."""
        if body.incident_id in self.deaf_to:
            raise RetryLater("the test")
        await tx.execute(
            "INSERT INTO heard (event_id, producer_seq) VALUES ($1, $2)",
            event.id,
            event.envelope.producer_seq,
        )

    @property
    def table(self) -> dict[type[Body], Handler]:
        """The handler table."""
        return {AnswerReceived: each(self.handler)}


async def make_room(stack: Stack) -> None:
    """The table that `Listener` writes to, empty."""
    connection = await asyncpg.connect(stack.dsn("tirek_referral_owner"))
    try:
        await connection.execute("DROP TABLE IF EXISTS heard;" + HEARD)
    finally:
        await connection.close()


async def forget(stack: Stack, service: str, which: str = "true") -> None:
    """Deletes rows of an outbox, as its owner: the service's role may not before their time."""
    owner = await asyncpg.connect(stack.dsn(f"tirek_{service}_owner"))
    try:
        await owner.execute(f"DELETE FROM outbox WHERE {which}")
    finally:
        await owner.close()


async def say(db: Database, count: int, incidents: int = 30) -> list[str]:
    """Says ``count`` events about so many new incidents, in one transaction; answers these."""
    about = [new_incident() for _ in range(incidents)]
    async with db.transaction() as tx:
        for number in range(count):
            incident = about[number % incidents]
            tx.emit(said(incident, number), subject=incident, version=number, act=act(tx.now))
    return about


async def heard(db: Database) -> list[int]:
    """Numbers of the events handled, in the order of their effects."""
    async with db.transaction() as tx:
        return [row["producer_seq"] for row in await tx.fetch("SELECT * FROM heard ORDER BY id")]


async def written(db: Database) -> dict[int, str]:
    """The outbox: digests by number."""
    async with db.transaction() as tx:
        return {row["producer_seq"]: row["digest"] for row in await tx.fetch(NUMBERED)}


async def waiting(db: Database) -> int:
    """Events that the outbox has not marked as published."""
    async with db.transaction() as tx:
        found: int = await tx.fetchval("SELECT count(*) FROM outbox WHERE published_at IS NULL")
        return found


async def on_topic(stack: Stack) -> list[OnTopic]:
    """All records of notify's topic, by partition and offset."""
    found = [_placed(record) for record in await records_on_topic(stack)]
    return sorted(found, key=lambda each: (each.partition, each.offset))


async def records_on_topic(stack: Stack) -> list[Any]:
    """The same as they are, whatever they are."""
    consumer = AIOKafkaConsumer(**stack.bus().client(), auto_offset_reset="earliest")
    await consumer.start()
    try:
        admin = AIOKafkaAdminClient(**stack.bus().client())
        await admin.start()
        try:
            [topic] = await admin.describe_topics([TOPIC])
        finally:
            await admin.close()
        where = [TopicPartition(TOPIC, each["partition"]) for each in topic["partitions"]]
        consumer.assign(where)
        ends = await consumer.end_offsets(where)
        await consumer.seek_to_beginning(*where)
        found: list[Any] = []
        while any([await consumer.position(each) < ends[each] for each in where]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found += records
    finally:
        await consumer.stop()
    return found


def _placed(record: Any) -> OnTopic:
    headers = dict(record.headers)
    seq = int(headers["ce_producerseq"])
    return OnTopic(record.partition, record.offset, seq, headers["ce_digest"].decode())
