"""The chain that proves the outbox whole: events are numbered, each with the digest before it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import asyncpg

from shared.events import Envelope
from shared.events.envelope import GENESIS, digest
from shared.macs import Mac, Macs

COLUMNS = """
event_id, type, key, subject, time, correlation_id, causation_id, aggregate_version, document,
producer_seq, prev, mac_key, mac, number_mac
"""
"""What a digest covers, the row's place in the chain, and what proves who made both."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an outbox, with its place in the chain once it has one."""

    id: int
    envelope: Envelope
    document: bytes
    mac: Mac | None = None
    number_mac: bytes | None = None

    @classmethod
    def of(cls, source: str, record: asyncpg.Record) -> "Row":
        """A row as it is read."""
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
            producer_seq=record["producer_seq"] or 0,
            prev=record["prev"] or GENESIS,
        )
        mac = None if record["mac"] is None else Mac(record["mac_key"], record["mac"])
        return cls(record["id"], envelope, record["document"], mac, record["number_mac"])


def chain(rows: Sequence[Row], seq: int, last: str) -> list[tuple[Row, str]]:
    """Numbers fresh rows after ``seq`` and links each to the digest before it; pure."""
    numbered: list[tuple[Row, str]] = []
    for row in rows:
        seq += 1
        envelope = row.envelope.numbered(seq, last)
        last = digest(envelope, row.document)
        numbered.append((replace(row, envelope=envelope), last))
    return numbered


def columns(
    numbered: list[tuple[Row, str]], macs: Macs
) -> tuple[list[int], list[int], list[str], list[str], list[bytes]]:
    """Ids, numbers, ``prev``, digests and their MACs, as statements take them."""
    return (
        [row.id for row, _ in numbered],
        [row.envelope.producer_seq for row, _ in numbered],
        [row.envelope.prev for row, _ in numbered],
        [own for _, own in numbered],
        [macs.number(row.envelope.source, own) for row, own in numbered],
    )
