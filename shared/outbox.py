"""The outbox: what a transaction says is written with what it does.

Rows carry the unsealed document, in a schema only the producer's role may read. The relay
(`shared.bus.relay`) numbers, seals and publishes them; they stay 14 days as the ledger of the bus.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from shared.events import Envelope

CHANNEL = "outbox"
"""Suffix of the notification that wakes the relay: ``<schema>_outbox``."""

INSERT = """
WITH written AS (
    INSERT INTO outbox (event_id, type, key, subject, time, correlation_id, causation_id,
                        aggregate_version, document)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[],
                         $6::text[], $7::text[], $8::bigint[], $9::bytea[])
)
SELECT pg_notify(channel, '') FROM unnest($10::text[]) AS channel
"""


class Executes(Protocol):
    """Anything that runs a statement: a transaction, a connection."""

    async def execute(self, query: str, *args: Any) -> str:
        """Runs one statement."""
        ...


@dataclass(frozen=True, slots=True)
class Pending:
    """One event as it waits in the outbox: the envelope, and the canonical unsealed document."""

    envelope: Envelope
    document: bytes


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
        sorted(channels),
    )
