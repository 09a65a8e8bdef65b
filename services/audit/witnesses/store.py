"""Cosignatures: which witness has cosigned which checkpoint, the first time for good."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.audit.ledger.add_checkpoint import Cosigned
from services.audit.ledger.keys import VerifierKey
from services.audit.ledger.notes import Signature
from services.audit.store.checkpoints import Checkpoint
from shared.db import Tx

ADD = """
INSERT INTO cosignatures (size, key, line, at, received_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING RETURNING true
"""
NEWEST = """
SELECT DISTINCT ON (key) key, size, at, received_at FROM cosignatures WHERE key = ANY ($1)
ORDER BY key, size DESC
"""
LATEST = """
SELECT index, event_id, time FROM leaves JOIN heard ON heard.id = heard_id
WHERE index < $2 AND index >= coalesce(
    (SELECT max(size) FROM cosignatures WHERE key = $1 AND size < $2), 0)
ORDER BY time DESC LIMIT 1
"""
OF = "SELECT line FROM cosignatures WHERE size = $1 ORDER BY at, key"
SIGNED = "SELECT size, note, signed_at FROM checkpoints WHERE size = $1"
COSIGNED_BY = """
SELECT size, note, signed_at FROM checkpoints JOIN cosignatures USING (size)
WHERE size = $1 AND key = $2
"""
CONTRADICT = """
INSERT INTO contradictions (origin, key, size, signed, found_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING
"""
CONTRADICTIONS = """
SELECT key, max(size) AS size, bool_or(signed) AS signed FROM contradictions AS said
WHERE origin = $1 AND key = ANY ($2) AND (signed OR NOT EXISTS (
    SELECT FROM cosignatures AS since WHERE since.key = said.key AND since.size >= said.size
        AND received_at > found_at))
GROUP BY key
"""
SHARED = """
SELECT coalesce(max(cosignatures.size), 0)
FROM cosignatures JOIN unnest($1::text[], $2::bigint[]) AS known (key, size)
    ON cosignatures.key = known.key AND cosignatures.size <= known.size
"""
AHEAD = """
INSERT INTO ahead (key, size, said_at) VALUES ($1, $2, $3)
ON CONFLICT (key) DO UPDATE SET size = excluded.size, said_at = excluded.said_at
"""
NOT_AHEAD = "DELETE FROM ahead WHERE key = $1"
WHO_IS_AHEAD = "SELECT max(size) FROM ahead WHERE key = ANY ($1)"
BEHIND = """
SELECT size, note, signed_at FROM checkpoints WHERE size > $1 ORDER BY size LIMIT 1
"""
BY_SIZE = """
SELECT size, key FROM cosignatures WHERE size IN (
    SELECT DISTINCT size FROM cosignatures WHERE size > $1 AND key = ANY ($2)
    ORDER BY size {order} LIMIT $3)
ORDER BY size {order}
"""
AT_ONCE = 500
"""Checkpoints that are looked through for one that enough have cosigned."""


@dataclass(frozen=True, slots=True)
class Newest:
    """The largest size that a witness has cosigned: when by its clock, and when we got it."""

    size: int
    at: datetime
    received_at: datetime


async def add(tx: Tx, size: int, key: VerifierKey, given: Cosigned) -> bool:
    """Keeps the first cosignature of a key over a checkpoint; whether this is it."""
    values = size, str(key), str(given.signature), given.at, tx.now
    await tx.execute(NOT_AHEAD, str(key))
    return bool(await tx.fetchval(ADD, *values))


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A witness knows ``size`` leaves of ``origin`` otherwise; ``signed`` by the ledger's key."""

    origin: str
    size: int
    signed: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """The leaf ``index``, from 0, and the time that its event says."""

    index: int
    event_id: str
    time: datetime


async def latest(tx: Tx, key: VerifierKey, size: int) -> Entry | None:
    """Of the entries that a witness cosigned for the first time with this size, the one that says
    the latest time."""
    row = await tx.fetchrow(LATEST, str(key), size)
    return Entry(row["index"], row["event_id"], row["time"]) if row else None


async def newest(tx: Tx, keys: Mapping[str, VerifierKey]) -> dict[str, Newest]:
    """By the name of each of these that has ever cosigned."""
    rows = await tx.fetch(NEWEST, [str(key) for key in keys.values()])
    found = {row["key"]: Newest(row["size"], row["at"], row["received_at"]) for row in rows}
    return {name: found[str(key)] for name, key in keys.items() if str(key) in found}


async def cosigned_by(tx: Tx, key: VerifierKey, size: int) -> Checkpoint | None:
    """The checkpoint of this size, if this witness has cosigned it."""
    row = await tx.fetchrow(COSIGNED_BY, size, str(key))
    return Checkpoint(row["size"], row["note"], row["signed_at"]) if row else None


async def contradict(tx: Tx, key: VerifierKey, found: Contradiction) -> None:
    """Keeps what a witness knows otherwise."""
    what = found.origin, str(key), found.size, found.signed
    await tx.execute(CONTRADICT, *what, tx.now)


async def contradictions(
    tx: Tx, origin: str, keys: Mapping[str, VerifierKey]
) -> dict[str, Contradiction]:
    """By the name of each of these that contradicts, and has not cosigned as much since."""
    rows = await tx.fetch(CONTRADICTIONS, origin, [str(key) for key in keys.values()])
    found = {row["key"]: Contradiction(origin, row["size"], row["signed"]) for row in rows}
    return {name: found[str(key)] for name, key in keys.items() if str(key) in found}


async def shared(tx: Tx, known: Mapping[VerifierKey, int]) -> int:
    """The most leaves of this ledger that one of these has cosigned, as it knows its own: up to
    there it is the same tree. 0: none is known of."""
    keys = [str(key) for key in known]
    return int(await tx.fetchval(SHARED, keys, list(known.values())))


async def say_ahead(tx: Tx, key: VerifierKey, size: int) -> None:
    """A witness says that it knows so many leaves; ``size`` is more than there are here."""
    await tx.execute(AHEAD, str(key), size, tx.now)


async def ahead(tx: Tx, keys: Mapping[str, VerifierKey]) -> int:
    """The most that one of these says it knows, since it cosigned last; 0: none says so."""
    return await tx.fetchval(WHO_IS_AHEAD, [str(key) for key in keys.values()]) or 0


async def lines(tx: Tx, size: int) -> Sequence[Signature]:
    """All cosignatures of a checkpoint, the earliest first."""
    return [Signature.parse(row["line"]) for row in await tx.fetch(OF, size)]


async def signed(tx: Tx, size: int) -> Checkpoint | None:
    """The checkpoint of this very size."""
    row = await tx.fetchrow(SIGNED, size)
    return Checkpoint(row["size"], row["note"], row["signed_at"]) if row else None


async def behind(tx: Tx, size: int) -> Checkpoint | None:
    """The first checkpoint that is larger."""
    row = await tx.fetchrow(BEHIND, size)
    return Checkpoint(row["size"], row["note"], row["signed_at"]) if row else None


async def cosigned_sizes(
    tx: Tx, keys: Mapping[str, VerifierKey], *, above: int, newest_first: bool
) -> dict[int, Collection[str]]:
    """Sizes above one, in order, with the names of those who have cosigned each."""
    names = {str(key): name for name, key in keys.items()}
    query = BY_SIZE.format(order="DESC" if newest_first else "ASC")
    found: dict[int, set[str]] = defaultdict(set)
    for row in await tx.fetch(query, above, list(names), AT_ONCE):
        if row["key"] in names:
            found[row["size"]].add(names[row["key"]])
    return dict(found)
