"""Parking: a record that cannot be handled waits in PostgreSQL for a person, and nothing is lost.

Later records of a parked key are parked behind it, so that order within a key holds when they are
redriven (`shared.bus.redrive`). A row is *open* until it is redriven or dropped.

What is not *proven* to be its service's (`shared.bus.reading`) lies apart: nothing waits behind it,
nobody counts it, and only so much of it is kept. It holds its key for as long as it is asked for,
which is until a sealing key that it waits for has had time to come.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from urllib.parse import quote, unquote, unquote_to_bytes

import asyncpg

from shared import locks

CHANNEL = "redrive"
"""Suffix of the notification that something was parked, or is to be tried again."""

NUMBER = "ce_producerseq"
"""The header with a producer's number, as `shared.bus.wire` writes it."""
OPEN = "redriven_at IS NULL AND dropped_at IS NULL"
BLOCKS = f"{OPEN} AND (proven OR asked_at IS NOT NULL)"
"""Later records of its key wait behind it."""
COLUMNS = 'id, topic, partition, "offset", key, headers, value, appended_at'

PARK = f"""
INSERT INTO parked (topic, partition, "offset", key, headers, value, appended_at,
                    reason, parked_at, asked_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, CASE WHEN $10 THEN $9 ELSE
        (SELECT asked_at FROM parked WHERE key = $4 AND {BLOCKS} ORDER BY id DESC LIMIT 1) END)
ON CONFLICT DO NOTHING
"""
"""One that comes behind records which are being redriven is redriven with them."""
PARK_APART = f"""
WITH held AS (
    SELECT count(*) < $11 AND coalesce(sum(octet_length(value)), 0) < {64 * 1024 * 1024} AS room,
           count(asked_at) < 100 AS patience
    FROM parked WHERE NOT proven AND {OPEN}
), put AS (
    INSERT INTO parked (topic, partition, "offset", key, headers, value, appended_at,
                        reason, parked_at, asked_at, proven)
    SELECT $1, $2::int, $3::bigint, $4::bytea, $5::text[], $6::bytea, $7::timestamptz, $8,
           $9::timestamptz, CASE WHEN $10 AND patience THEN $9::timestamptz END, false
    FROM held WHERE room
    ON CONFLICT DO NOTHING
)
SELECT room FROM held
"""
"""Keeps so many, so much, and tries so many again: whoever writes them has no end of them."""
KEYS = f"SELECT DISTINCT key FROM parked WHERE {BLOCKS} AND key = ANY($1::bytea[])"
COUNT = f"""
SELECT count(*) FROM parked
WHERE {OPEN} AND proven AND (asked_at IS NULL OR asked_at < {{clock}} - interval '1 minute')
"""
"""What waits for a person: what is tried again by itself does so only when that takes long."""
LIST = """
SELECT id, topic, partition, "offset", reason, parked_at, tries, dropped_at, dropped_because,
       count(*) OVER () AS of_so_many
FROM parked WHERE redriven_at IS NULL AND (dropped_at IS NOT NULL) = $2 AND proven <> $3
ORDER BY id LIMIT $1
"""
ASKED = f"""
SELECT key FROM parked WHERE asked_at IS NOT NULL AND {OPEN} AND NOT EXISTS (
    SELECT FROM parked AS older WHERE older.key = parked.key AND older.id < parked.id
    AND older.redriven_at IS NULL AND older.dropped_at IS NULL
    AND (older.proven OR older.asked_at IS NOT NULL)
) ORDER BY asked_at, id
"""
OLDEST = f"""
SELECT {COLUMNS}, asked_at FROM parked WHERE key = $1 AND id > $2 AND {BLOCKS} ORDER BY id LIMIT 1
"""
HEADERS = f"SELECT headers FROM parked WHERE key = $1 AND topic = $2 AND {OPEN} AND proven"
ASK = f"UPDATE parked SET asked_at = $2 WHERE key = $1 AND {BLOCKS}"
REDRIVEN = "UPDATE parked SET redriven_at = $2, tries = tries + 1 WHERE id = $1"
FAILED = f"""
UPDATE parked SET asked_at = NULL, tries = tries + (id = $2)::int,
                  reason = CASE WHEN id = $2 THEN $3 ELSE reason END
WHERE key = $1 AND asked_at IS NOT NULL AND {OPEN}
AND EXISTS (SELECT FROM parked WHERE id = $2 AND {OPEN})
"""
LET_LIE = f"""
UPDATE parked SET asked_at = NULL, tries = tries + 1, reason = $2
WHERE id = $1 AND asked_at <= $3 AND {OPEN} RETURNING true
"""
SWEEP = "DELETE FROM parked WHERE NOT proven AND parked_at < $1"


class Queries(Protocol):
    """A transaction, as far as parking needs one."""

    now: Any

    async def execute(self, query: str, *args: Any) -> str:
        """Runs one statement."""
        ...

    async def fetch(self, query: str, *args: Any) -> list[Any]:
        """All rows."""
        ...

    async def fetchrow(self, query: str, *args: Any) -> Any:
        """The first row, or none."""
        ...

    async def fetchval(self, query: str, *args: Any) -> Any:
        """One value."""
        ...


Headers = tuple[tuple[str, bytes | None], ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A Kafka record as it came, undecoded. Place and ``appended_at`` tell it from every other."""

    topic: str
    partition: int
    offset: int
    key: bytes
    headers: Headers
    value: bytes
    appended_at: datetime | None = None

    @classmethod
    def read(cls, record: Any) -> "Record":
        """As aiokafka gives it; no key and no value are empty ones."""
        return cls(
            record.topic,
            record.partition,
            record.offset,
            record.key or b"",
            tuple(record.headers),
            record.value or b"",
            appended_at(record),
        )

    def emptied(self) -> "Record":
        """Its place alone: there is more in it than is worth keeping."""
        return replace(self, key=b"", headers=(), value=b"")

    @classmethod
    def of(cls, row: Any) -> "Record":
        """From a row with `COLUMNS`."""
        return cls(
            row["topic"],
            row["partition"],
            row["offset"],
            bytes(row["key"]),
            unpacked(row["headers"]),
            bytes(row["value"]),
            row["appended_at"],
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """A record that is to be tried again."""

    id: int
    record: Record


def appended_at(record: Any) -> datetime | None:
    """When the broker took a record: one of aiokafka's, or a parked one."""
    if isinstance(record, Record):
        return record.appended_at
    stamp = record.timestamp
    return None if stamp is None or stamp < 0 else datetime.fromtimestamp(stamp / 1000, UTC)


def packed(headers: Iterable[tuple[str, bytes | None]]) -> list[str]:
    """Headers as text that PostgreSQL takes: percent-encoded, and no ``=`` where there is null."""
    named = ((quote(name, errors="surrogateescape"), value) for name, value in headers)
    return [name if value is None else f"{name}={quote(value)}" for name, value in named]


def unpacked(texts: Iterable[str]) -> Headers:
    """The headers that `packed` was given."""
    parts = [text.partition("=") for text in texts]
    return tuple(
        (unquote(name, errors="surrogateescape"), unquote_to_bytes(value) if given else None)
        for name, given, value in parts
    )


async def park(tx: Queries, record: Record, reason: str, *, again: bool = False) -> None:
    """Keeps a record with the reason it could not be handled; once, however often it is read.

    ``again``: it is tried again by itself, until it is handled.
    """
    await tx.execute(PARK, *_columns(tx, record, reason), again)


async def park_apart(tx: Queries, record: Record, reason: str, *, again: bool, limit: int) -> bool:
    """The same for one that nothing proves; False if so many are kept that there is no room."""
    kept: bool = await tx.fetchval(PARK_APART, *_columns(tx, record, reason), again, limit)
    return kept


def _columns(tx: Queries, record: Record, reason: str) -> tuple[Any, ...]:
    return (
        record.topic,
        record.partition,
        record.offset,
        record.key,
        packed(record.headers),
        record.value,
        record.appended_at,
        fitting(reason),
        tx.now,
    )


def fitting(reason: str) -> str:
    """A reason as a column and a terminal take it: it may quote what a header said."""
    plain = (each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in reason[:500])
    return "".join(plain)


def lock(key: bytes) -> str:
    """What is held to the end of a transaction that decides what becomes of a parked key."""
    return locks.slot("parked", key)


async def blocked_keys(tx: Queries, keys: list[bytes]) -> set[bytes]:
    """Which of these keys have a parked record that later ones must wait behind."""
    return {bytes(row["key"]) for row in await tx.fetch(KEYS, keys)}


async def still_blocked(tx: Queries, key: bytes) -> bool:
    """The same for one key, which nobody else redrives before this transaction ends."""
    await locks.hold(tx, lock(key))
    return bool(await blocked_keys(tx, [key]))


async def is_older(tx: Queries, record: Record) -> bool:
    """Whether its producer said it before all that is parked of its key from there.

    The bus had passed it over, and it was published again: it comes late, and first.
    """
    number = _number(record.headers)
    rows = await tx.fetch(HEADERS, record.key, record.topic)
    numbers = [_number(unpacked(row["headers"])) for row in rows]
    known = [each for each in numbers if each is not None]
    return number is not None and bool(known) and number < min(known)


def _number(headers: Headers) -> int | None:
    """The producer's number of a record, as it says itself."""
    said = dict(headers).get(NUMBER)
    return int(said) if said and said.isdigit() else None


async def ask(tx: Queries, key: bytes) -> None:
    """Has all that is parked of a key tried again: what it waited for has come."""
    await tx.execute(ASK, key, tx.now)


async def open_and_asked(connection: asyncpg.Connection, clock: str) -> tuple[int, list[bytes]]:
    """How many records wait for a person; keys whose oldest one is to be tried again, who asked
    first first. ``clock``: the SQL that reads the time."""
    count = COUNT.format(clock=f"({clock})")
    rows = await connection.fetch(f"SELECT ({count}) AS open, ARRAY({ASKED}) AS keys")
    return rows[0]["open"], rows[0]["keys"]


async def claim(tx: Queries, key: bytes, behind: int) -> Asked | None:
    """A key's oldest open record behind that id if it is asked for, for this transaction alone.

    None too when another transaction has the key.
    """
    if not await locks.try_hold(tx, lock(key)):
        return None
    # a statement of its own: it must see what the last holder has committed
    row = await tx.fetchrow(OLDEST, key, behind)
    if row is None or row["asked_at"] is None:
        return None
    return Asked(row["id"], Record.of(row))


async def failed_again(tx: Queries, key: bytes, row_id: int, reason: str) -> None:
    """Keeps why, and lets the key rest until it is asked for again."""
    await locks.hold(tx, lock(key))
    await tx.execute(FAILED, key, row_id, fitting(reason))


async def let_lie(tx: Queries, key: bytes, row_id: int, reason: str, patience: timedelta) -> bool:
    """Tries one that nothing proves no more once it was asked for so long ago; whether it does.

    Whatever waited behind it waits no more.
    """
    await locks.hold(tx, lock(key))
    return bool(await tx.fetchval(LET_LIE, row_id, fitting(reason), tx.now - patience))
