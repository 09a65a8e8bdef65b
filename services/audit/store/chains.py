"""Chains: up to which number each producer's events were heard, or their lack was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.db import Tx

AT_ONCE = 5_000
BEGIN = """
UPDATE chains SET first = least.seq, upto = least.seq - 1
FROM (SELECT heard.source, min(producer_seq) AS seq
      FROM heard JOIN asked ON asked.producer = heard.source AND producer_seq <= asked.seq
      GROUP BY heard.source) AS least
WHERE chains.source = least.source AND chains.first IS NULL
"""
"""Once all that a producer can still show was found here: where that began, nobody can say more."""
UNKNOWN = """
SELECT source, upto, array(
    SELECT producer_seq FROM heard
    WHERE heard.source = chains.source AND producer_seq > upto
        AND (producer_seq <= asked.seq OR heard_at < $1)
    ORDER BY producer_seq LIMIT $2) AS numbers
FROM chains JOIN asked ON asked.producer = chains.source WHERE first IS NOT NULL
"""
REACHED = "UPDATE chains SET upto = $2 WHERE source = $1"
LIST = """
SELECT source, first, upto, begun_at,
    (SELECT max(producer_seq) FROM heard WHERE heard.source = chains.source) AS newest,
    (SELECT heard_at FROM heard WHERE heard.source = chains.source ORDER BY id DESC LIMIT 1)
        AS newest_at
FROM chains ORDER BY source
"""


@dataclass(frozen=True, slots=True)
class Chain:
    """What is known of one producer. ``first`` is unset until it was asked for all."""

    producer: str
    first: int | None
    upto: int | None
    newest: int
    begun_at: datetime
    newest_at: datetime


async def begin(tx: Tx) -> None:
    """Notes where a chain begins, of each producer that was asked for all it can show."""
    await tx.execute(BEGIN)


async def unknown(tx: Tx, heard_before: datetime) -> dict[str, tuple[int, Sequence[int]]]:
    """By producer: up to where nothing is missing, and numbers behind it, which rise, as far as
    whatever lies between them should be here: it was asked for, or had time to come."""
    rows = await tx.fetch(UNKNOWN, heard_before, AT_ONCE)
    return {row["source"]: (row["upto"], row["numbers"]) for row in rows if row["numbers"]}


async def reached(tx: Tx, producer: str, upto: int) -> None:
    """Nothing up to there is unknown any more."""
    await tx.execute(REACHED, producer, upto)


async def every(tx: Tx) -> list[Chain]:
    """Of each producer that was ever heard."""
    return [
        Chain(
            producer=row["source"],
            first=row["first"],
            upto=row["upto"],
            newest=row["newest"],
            begun_at=row["begun_at"],
            newest_at=row["newest_at"],
        )
        for row in await tx.fetch(LIST)
    ]
