"""The outbox: what a transaction says is written with what it does.

Rows carry the unsealed document, in a schema only the producer's role may read. The relay
(`shared.bus.relay`) numbers, seals and publishes them; they stay 14 days as the ledger of the bus.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from shared.events import Envelope
from shared.macs import Mac

CHANNEL = "outbox"
"""Suffix of the notification that wakes the relay: ``<schema>_outbox``."""

KEPT_DAYS = 14
"""After publishing."""

INSERT = """
WITH written AS (
    INSERT INTO outbox (event_id, type, key, subject, time, correlation_id, causation_id,
                        aggregate_version, document, mac_key, mac)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[],
                         $6::text[], $7::text[], $8::bigint[], $9::bytea[], $10::text[],
                         $11::bytea[])
)
SELECT pg_notify(channel, '') FROM unnest($12::text[]) AS channel
"""


ADDRESSED = """
WITH first AS (
    SELECT greatest($1::bigint, min(producer_seq) - 1) AS seq FROM outbox
), upto AS (
    SELECT first.seq AS after, least(first.seq + $4, coalesce(
        (SELECT min(producer_seq) - 1 FROM outbox
         WHERE producer_seq > first.seq AND producer_seq <= first.seq + $4
             AND (published_at IS NULL AND refused_at IS NULL OR published_at > $3)),
        (SELECT max(producer_seq) FROM outbox), first.seq)) AS seq
    FROM first
)
SELECT upto.seq AS upto, event_id, producer_seq, partition, "offset"
FROM upto LEFT JOIN outbox
    ON producer_seq > upto.after AND producer_seq <= upto.seq
        AND ($2::text[] IS NULL OR type = ANY ($2))
        AND published_at IS NOT NULL
ORDER BY producer_seq
"""
AGAIN = """
UPDATE outbox SET published_at = NULL, partition = NULL, "offset" = NULL
WHERE event_id = ANY ($1) AND ($2::text[] IS NULL OR type = ANY ($2)) AND published_at <= $3
"""
ASKED = "/outbox"
"""How the addresses begin that other services ask for themselves, and no person."""
MOST = 500
"""Events that are asked for again in one request."""
WINDOW = 2_000
"""Numbers that are looked at in one page."""


class Queries(Protocol):
    """A transaction, as far as askers need one."""

    now: Any

    async def execute(self, query: str, *args: Any) -> str:
        """Runs one statement; answers its command tag."""
        ...

    async def fetch(self, query: str, *args: Any) -> list[Any]:
        """All rows."""
        ...

    def wake(self, channel: str = "wake") -> None:
        """Notifies once this commits."""
        ...


@dataclass(frozen=True, slots=True)
class Said:
    """An event that is published, and where: ``seq`` is its number."""

    id: str
    seq: int
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Page:
    """What was said to somebody, up to and including the number ``upto``, by their numbers."""

    upto: int
    said: list[Said]


class Executes(Protocol):
    """Anything that runs a statement: a transaction, a connection."""

    async def execute(self, query: str, *args: Any) -> str:
        """Runs one statement."""
        ...


@dataclass(frozen=True, slots=True)
class Pending:
    """One event as it waits in the outbox: the envelope, the canonical unsealed document, and the
    MAC of both."""

    envelope: Envelope
    document: bytes
    mac: Mac


async def write(tx: Executes, pending: Sequence[Pending], channels: Collection[str]) -> None:
    """Writes events, in the order they were emitted, and wakes ``channels`` at the commit."""
    envelopes = [each.envelope for each in pending]
    await tx.execute(
        INSERT,
        [envelope.id for envelope in envelopes],
        [envelope.type for envelope in envelopes],
        [envelope.key for envelope in envelopes],
        [envelope.subject for envelope in envelopes],
        [envelope.time for envelope in envelopes],
        [envelope.correlation_id for envelope in envelopes],
        [envelope.causation_id for envelope in envelopes],
        [envelope.aggregate_version for envelope in envelopes],
        [each.document for each in pending],
        [each.mac.key for each in pending],
        [each.mac.code for each in pending],
        sorted(channels),
    )


async def addressed(tx: Queries, types: Sequence[str] | None, after: int, age: timedelta) -> Page:
    """Events of ``types``, or of every type, behind the number ``after``, of which the last was
    published ``age`` ago.

    A page ends before the first event, of any type, that waits to be published or was published
    just now: what comes behind is for the next question.
    """
    rows = await tx.fetch(ADDRESSED, after, types, tx.now - age, WINDOW)
    return Page(
        upto=rows[0]["upto"] or 0,
        said=[
            Said(row["event_id"], row["producer_seq"], row["partition"], row["offset"])
            for row in rows
            if row["event_id"] is not None
        ],
    )


async def again(
    tx: Queries, types: Sequence[str] | None, ids: Sequence[str], age: timedelta
) -> int:
    """Has these events of ``types`` published once more, under the numbers that they have; how
    many. None that waits already, or was published within ``age``."""
    tag = await tx.execute(AGAIN, list(ids), types, tx.now - age)
    tx.wake(CHANNEL)
    return int(tag.rpartition(" ")[2])
