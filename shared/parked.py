"""Parking: a record that cannot be handled waits in PostgreSQL for a person, and nothing is lost.

Later records of a parked key are parked behind it, so that order within a key holds when they are
redriven.
"""

from dataclasses import dataclass
from typing import Any, Protocol

PARK = """
INSERT INTO parked (topic, partition, "offset", key, headers, value, reason, parked_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (topic, partition, "offset") DO NOTHING
"""
KEYS = "SELECT DISTINCT key FROM parked WHERE redriven_at IS NULL AND key = ANY($1::bytea[])"
COUNT = "SELECT count(*) FROM parked WHERE redriven_at IS NULL"
LIST = """
SELECT id, topic, partition, "offset", reason, parked_at
FROM parked WHERE redriven_at IS NULL ORDER BY id LIMIT $1
"""


class Queries(Protocol):
    """A transaction, as far as parking needs one."""

    now: Any

    async def execute(self, query: str, *args: Any) -> str:
        """Runs one statement."""
        ...

    async def fetch(self, query: str, *args: Any) -> list[Any]:
        """All rows."""
        ...

    async def fetchval(self, query: str, *args: Any) -> Any:
        """One value."""
        ...


@dataclass(frozen=True, slots=True)
class Record:
    """A Kafka record as it came, undecoded."""

    topic: str
    partition: int
    offset: int
    key: bytes
    headers: tuple[tuple[str, bytes], ...]
    value: bytes


async def park(tx: Queries, record: Record, reason: str) -> None:
    """Keeps a record with the reason it could not be handled."""
    await tx.execute(
        PARK,
        record.topic,
        record.partition,
        record.offset,
        record.key,
        [f"{name}={value.decode('latin-1')}" for name, value in record.headers],
        record.value,
        reason[:500],
        tx.now,
    )


async def blocked_keys(tx: Queries, keys: list[bytes]) -> set[bytes]:
    """Which of these keys have a parked record that later ones must wait behind."""
    return {bytes(row["key"]) for row in await tx.fetch(KEYS, keys)}
