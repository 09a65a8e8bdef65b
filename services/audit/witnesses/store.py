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
OF = "SELECT line FROM cosignatures WHERE size = $1 ORDER BY at, key"
SIGNED = "SELECT size, note, signed_at FROM checkpoints WHERE size = $1"
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
    return bool(await tx.fetchval(ADD, *values))


async def newest(tx: Tx, keys: Mapping[str, VerifierKey]) -> dict[str, Newest]:
    """By the name of each of these that has ever cosigned."""
    rows = await tx.fetch(NEWEST, [str(key) for key in keys.values()])
    found = {row["key"]: Newest(row["size"], row["at"], row["received_at"]) for row in rows}
    return {name: found[str(key)] for name, key in keys.items() if str(key) in found}


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
