"""What was heard: the outside of every event, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.audit.model.judging import PROMPT, Around
from shared.db import Tx
from shared.events import Envelope, event_type
from shared.events.audit import FindingRaised
from shared.events.notices import NoticeRequested
from shared.macs import Value

ECHOES = [("audit", event_type(body)) for body in (FindingRaised, NoticeRequested)]
"""What audit says of a finding."""
CHANNEL = "heard"
"""Suffix of the notification that something waits for its leaf."""
KEEP = """
WITH given AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[],
        $7::text[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], $11::bytea[],
        $12::bytea[], $13::boolean[], $14::text[], $15::bytea[])
    AS new (event_id, source, producer_seq, prev, digest, type, subject, time, said_at,
            appended_at, entry, hash, worded, mac_key, mac)
), kept AS (
    INSERT INTO heard (event_id, source, producer_seq, prev, digest, type, subject, time, said_at,
                       appended_at, entry, hash, worded, mac_key, mac, heard_at)
    SELECT *, $16 FROM given ORDER BY source, producer_seq
    ON CONFLICT (hash) DO NOTHING
    RETURNING id, hash
), queued AS (
    INSERT INTO waiting SELECT id FROM kept
), begun AS (
    INSERT INTO chains (source, begun_at) SELECT DISTINCT source, $16 FROM given
    ON CONFLICT DO NOTHING
)
SELECT hash FROM kept
"""
WAITING = """
SELECT id, event_id, source, type, producer_seq, prev, digest, time, said_at, appended_at, hash,
    ARRAY(SELECT digest FROM heard AS o WHERE o.source = h.source
          AND o.producer_seq = h.producer_seq)
        || ARRAY(SELECT digest FROM heard AS o WHERE o.event_id = h.event_id) AS same,
    ARRAY(SELECT digest FROM heard AS o WHERE o.source = h.source
          AND o.producer_seq = h.producer_seq - 1) AS before,
    ARRAY(SELECT prev FROM heard AS o WHERE o.source = h.source
          AND o.producer_seq = h.producer_seq + 1) AS after,
    (SELECT time FROM heard AS o WHERE o.source = h.source AND o.subject = h.subject
     AND o.producer_seq < h.producer_seq ORDER BY o.producer_seq DESC LIMIT 1) AS older,
    (SELECT time FROM heard AS o WHERE o.source = h.source AND o.subject = h.subject
     AND o.producer_seq > h.producer_seq ORDER BY o.producer_seq LIMIT 1) AS newer
FROM (SELECT heard.* FROM waiting JOIN heard USING (id) ORDER BY id LIMIT $1) AS h ORDER BY id
"""
NO_LONGER = "DELETE FROM waiting WHERE id = ANY ($1)"
FIRST_WAITING = "SELECT CASE WHEN EXISTS (SELECT FROM waiting) THEN at.now END"
MEANWHILE = """
SELECT (SELECT begun_at FROM chains WHERE source = $1) AS begun_at,
    (SELECT max(appended_at) FROM heard WHERE source = $1 AND appended_at < $2
     AND appended_at - said_at <= $5) AS in_time,
    (SELECT max(said_at) FROM heard WHERE source = $1 AND producer_seq < $3 AND said_at > $4)
        AS latest_before
"""


@dataclass(frozen=True, slots=True)
class Outside:
    """One event, as it is kept: ``entry`` is what its leaf covers, ``hash`` the leaf; ``worded``:
    words of it are kept for facts."""

    envelope: Envelope
    digest: str
    said_at: datetime
    appended_at: datetime | None
    entry: bytes
    hash: bytes
    worded: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """What has no leaf yet, with what is to be judged."""

    id: int
    hash: bytes
    around: Around


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What a producer did beside an event that came late; see `services.audit.model.judging`."""

    begun_at: datetime
    in_time: datetime | None
    latest_before: datetime | None


async def keep(tx: Tx, outsides: Sequence[Outside]) -> set[bytes]:
    """Keeps what is not here yet; the hashes of those."""
    envelopes = [each.envelope for each in outsides]
    macs = [tx.macs.row("heard", *_covered(tx, each)) for each in outsides]
    rows = await tx.fetch(
        KEEP,
        [each.id for each in envelopes],
        [each.source for each in envelopes],
        [each.producer_seq for each in envelopes],
        [each.prev for each in envelopes],
        [each.digest for each in outsides],
        [each.type for each in envelopes],
        [each.subject for each in envelopes],
        [each.time for each in envelopes],
        [each.said_at for each in outsides],
        [each.appended_at for each in outsides],
        [each.entry for each in outsides],
        [each.hash for each in outsides],
        [each.worded for each in outsides],
        [each.key for each in macs],
        [each.code for each in macs],
        tx.now,
    )
    if rows:
        tx.wake(CHANNEL)
    return {bytes(row["hash"]) for row in rows}


def _covered(tx: Tx, outside: Outside) -> tuple[Value, ...]:
    """In the order of `services.audit.store.proofs.HEARD`."""
    envelope = outside.envelope
    return (
        envelope.id,
        envelope.source,
        envelope.producer_seq,
        envelope.prev,
        outside.digest,
        envelope.type,
        envelope.subject,
        envelope.time,
        outside.said_at,
        outside.appended_at,
        tx.now,
        outside.worded,
        outside.hash,
    )


async def waiting(tx: Tx, at_once: int) -> list[Waiting]:
    """What has no leaf yet, in the order in which it was heard."""
    return [
        Waiting(row["id"], bytes(row["hash"]), _around(row))
        for row in await tx.fetch(WAITING, at_once)
    ]


async def no_longer_waiting(tx: Tx, ids: Sequence[int]) -> None:
    """They have their leaves."""
    await tx.execute(NO_LONGER, ids)


async def meanwhile(tx: Tx, event: Around) -> Meanwhile:
    """What else came of a producer around an event of its that came late."""
    row = await tx.fetchrow(
        MEANWHILE,
        event.producer,
        event.appended_at,
        event.seq,
        event.said_at + PROMPT,
        PROMPT,
    )
    if row is None:
        raise LookupError(event.producer)
    return Meanwhile(row["begun_at"], row["in_time"], row["latest_before"])


def _around(row: Any) -> Around:
    return Around(
        producer=row["source"],
        seq=row["producer_seq"],
        event_id=row["event_id"],
        prev=row["prev"],
        digest=row["digest"],
        time=row["time"],
        said_at=row["said_at"],
        appended_at=row["appended_at"],
        same=frozenset(row["same"]),
        before=frozenset(row["before"]),
        after=frozenset(row["after"]),
        older=row["older"],
        newer=row["newer"],
        echo=(row["source"], row["type"]) in ECHOES,
    )
