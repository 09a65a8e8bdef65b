"""All that the databases and the topics of a stack say at one moment, read and not judged."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Self

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local.stack import Stack
from services.notify.codes.keys import CodeKeys
from shared.bus.access import Access
from shared.events import READERS, event_type
from shared.events.envelope import GENESIS, Envelope, digest
from shared.events.topics import TOPICS
from tests.support.services import LISTENING

Row = asyncpg.Record
NOW = "SELECT clock_timestamp() + (SELECT by FROM clock.turned)"
OUTBOX = """
SELECT id, event_id, type, key, subject, time, correlation_id, causation_id, aggregate_version,
       document, producer_seq, prev, digest, published_at
FROM {service}.outbox ORDER BY producer_seq NULLS LAST, id
"""
INBOX = "SELECT event_id FROM {service}.inbox"
PARKED = """
SELECT '{service}' AS service, id, convert_from(key, 'UTF8') AS key, reason, proven
FROM {service}.parked WHERE redriven_at IS NULL
"""
TABLES: dict[str, str] = {
    "incidents": "SELECT incident_id FROM intake.incidents",
    "needs": "SELECT need_id, incident_id FROM intake.needs",
    "answered": "SELECT key, answer::jsonb ->> 'incident_id' AS incident_id FROM intake.requests",
    "withdrawn": """
        SELECT consent_id, incident_id FROM intake.consents WHERE withdrawn_at IS NOT NULL""",
    "requests": """
        SELECT id, incident_id, need_id, status, fulfilment, version, next_due
        FROM referral.service_request""",
    "offers": """
        SELECT id, service_request_id, service, status, answer_by, deadline, next_tier_at, alert_id,
               tier, person, holds_until
        FROM referral.offer ORDER BY service_request_id, position""",
    "told": """
        SELECT 'notify' AS reader, offer_id AS id, status, '' AS fulfilment FROM notify.offers
        UNION ALL SELECT 'intake', offer_id, status, '' FROM intake.offers
        UNION ALL SELECT 'intake', service_request_id, status, fulfilment
        FROM intake.service_requests""",
    "alerts": "SELECT alert_id, offer_id, tier, outcome, reason FROM notify.alerts",
    "messages": """
        SELECT m.message_id, m.kind, m.template, m.channel, m.staff_id, m.offer_id, m.alert_id,
               m.dedup_key, m.status, m.reason, m.maybe_sent, m.provider_id, m.receipt,
               m.public_id, p.phone, p.email
        FROM notify.messages m JOIN notify.people p USING (staff_id)""",
    "early": "SELECT provider_id FROM notify.receipts_early",
    "codes": "SELECT offer_id, staff_id, kid, counter FROM notify.codes",
    "notices": "SELECT dedup_key, template, people FROM notify.notices",
    "answers": "SELECT answer_id, offer_id, staff_id, answer, judgement FROM notify.answers",
    "people": "SELECT staff_id, phone, email FROM notify.people",
}


@dataclass(frozen=True, slots=True)
class Said:
    """One row of an outbox, its document opened: ``data`` is the event's body."""

    id: str
    type: str
    producer: str
    key: str
    subject: str
    time: datetime
    cause: str | None
    version: int
    seq: int | None
    prev: str | None
    digest: str | None
    unaltered: bool
    """Whether the row still is what its digest was made of."""
    published: bool
    data: Mapping[str, Any]
    act: Mapping[str, Any] | None
    number: int = 0
    """Of its row: in the order in which they were written, whatever a clock said."""

    @classmethod
    def of(cls, producer: str, row: Row) -> Self:
        """As the database has it."""
        document = json.loads(bytes(row["document"]))
        return cls(
            id=row["event_id"],
            type=row["type"].removeprefix("tirek."),
            producer=producer,
            key=row["key"],
            subject=row["subject"],
            time=row["time"],
            cause=row["causation_id"],
            version=row["aggregate_version"],
            seq=row["producer_seq"],
            prev=row["prev"],
            digest=row["digest"],
            unaltered=row["digest"] in {None, _digest(producer, row)},
            published=row["published_at"] is not None,
            data=document["data"],
            act=document.get("act"),
            number=row["id"],
        )


def _digest(producer: str, row: Row) -> str:
    envelope = Envelope(
        id=row["event_id"],
        type=row["type"],
        source=producer,
        subject=row["subject"],
        key=row["key"],
        time=row["time"],
        correlation_id=row["correlation_id"],
        causation_id=row["causation_id"],
        aggregate_version=row["aggregate_version"],
        producer_seq=row["producer_seq"] or 0,
        prev=row["prev"] or GENESIS,
    )
    return digest(envelope, bytes(row["document"]))


@dataclass(frozen=True, slots=True)
class Heard:
    """One record of a topic, by its open headers; sealed as it is."""

    id: str
    producer: str
    seq: int
    prev: str
    digest: str


@dataclass(frozen=True)
class Evidence:
    """The databases and the topics. ``now`` is the database's clock, turned as it is."""

    now: datetime
    tables: Mapping[str, Sequence[Row]]
    said: tuple[Said, ...]
    inbox: Mapping[str, frozenset[str]]
    parked: tuple[Row, ...]
    heard: tuple[Heard, ...]
    foreign: int = 0
    """Records on the topics that are no events of ours."""
    keys: CodeKeys = field(default_factory=lambda: CodeKeys({}))

    @cached_property
    def by_type(self) -> dict[str, list[Said]]:
        """What was said, by type, each in the order it was said."""
        found: dict[str, list[Said]] = {}
        for each in self.said:
            found.setdefault(each.type, []).append(each)
        return found

    def events(self, name: str) -> list[Said]:
        """All of one type, for instance ``offer.changed.v1``."""
        return self.by_type.get(name, [])

    @cached_property
    def parked_keys(self) -> frozenset[tuple[str, str]]:
        """(service, key) of what could not be handled: what follows from it cannot be there."""
        return frozenset((row["service"], row["key"]) for row in self.parked if row["proven"])

    @cached_property
    def code_of(self) -> dict[tuple[str, str], str]:
        """(offer id, staff id) → the code that this person was given for it."""
        return {
            (row["offer_id"], row["staff_id"]): self.keys.derive(
                row["kid"], row["offer_id"], row["staff_id"], row["counter"]
            )
            for row in self.tables["codes"]
        }


def readers(name: str) -> tuple[str, ...]:
    """Who of a town handles events of a type, as ``offer.changed.v1``; nobody for unknown ones."""
    return _READERS.get(name, ())


_READERS = {
    event_type(body).removeprefix("tirek."): tuple(each for each in names if each in LISTENING)
    for body, names in READERS.items()
}


async def gather(connection: asyncpg.Connection, stack: Stack, heard: "Topics") -> Evidence:
    """Reads the database through ``connection``, as its own transaction sees it."""
    said: list[Said] = []
    parked: list[Row] = []
    inbox: dict[str, frozenset[str]] = {}
    for service in LISTENING:
        rows = await connection.fetch(OUTBOX.format(service=service))
        said += [Said.of(service, row) for row in rows]
        marks = await connection.fetch(INBOX.format(service=service))
        inbox[service] = frozenset(row["event_id"] for row in marks)
        parked += await connection.fetch(PARKED.format(service=service))
    return Evidence(
        now=await connection.fetchval(NOW),
        tables={name: await connection.fetch(query) for name, query in TABLES.items()},
        said=tuple(said),
        inbox=inbox,
        parked=tuple(parked),
        heard=heard.records,
        foreign=heard.foreign,
        keys=CodeKeys.from_directory(stack.keys("notify")),
    )


@dataclass(frozen=True, slots=True)
class Topics:
    """Every record of every topic."""

    records: tuple[Heard, ...]
    foreign: int


async def read_topics(kafka: Access) -> Topics:
    """From the first record that is kept to the last one there is now."""
    consumer = AIOKafkaConsumer(**kafka.client(), enable_auto_commit=False)
    records: list[Heard] = []
    foreign = 0
    await consumer.start()
    try:
        parts = [
            TopicPartition(topic.name, number)
            for topic in TOPICS.values()
            for number in range(topic.partitions)
        ]
        consumer.assign(parts)
        starts = await consumer.beginning_offsets(parts)
        ends = await consumer.end_offsets(parts)
        for part, start in starts.items():
            consumer.seek(part, start)
        at = dict(starts)
        while left := [part for part in parts if at[part] < ends[part]]:
            for part, batch in (await consumer.getmany(*left, timeout_ms=500)).items():
                found = [_heard(dict(record.headers)) for record in batch]
                records += [each for each in found if each is not None]
                foreign += found.count(None)
                at[part] = batch[-1].offset + 1
    finally:
        await consumer.stop()
    return Topics(tuple(records), foreign)


def _heard(headers: Mapping[str, bytes]) -> Heard | None:
    try:
        return Heard(
            id=headers["ce_id"].decode(),
            producer=headers["ce_source"].decode().removeprefix("/tirek/"),
            seq=int(headers["ce_producerseq"]),
            prev=headers["ce_prev"].decode(),
            digest=headers["ce_digest"].decode(),
        )
    except (KeyError, ValueError):
        return None
