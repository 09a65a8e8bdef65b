"""What is in force, asked of the servers themselves: a floor that cheats is no floor."""

import struct
from pathlib import Path

import asyncpg

from benchmarks.figures import Json

_ASKED = ("fsync", "synchronous_commit", "full_page_writes", "wal_sync_method")
_PRODUCER_AT = 43
"""Where a record batch (format 2) has the id of its producer; -1 is a producer without one."""


async def of(dsn: str, log: Path) -> Json:
    """As a role sees the database, and as a topic's first record batch shows its producer."""
    connection = await asyncpg.connect(dsn)
    try:
        settings = {name: await connection.fetchval(f"SHOW {name}") for name in _ASKED}
    finally:
        await connection.close()
    return {**settings, "producer": producer_of(log)}


def producer_of(log: Path) -> str:
    """Whether the first batch of a partition came from an idempotent producer.

    Idempotence needs acks=all: brokers and clients refuse it otherwise.
    """
    with log.open("rb") as file:
        head = file.read(_PRODUCER_AT + 8)
    if len(head) < _PRODUCER_AT + 8:
        return "unknown"
    (producer,) = struct.unpack_from(">q", head, _PRODUCER_AT)
    return "idempotent, acks=all" if producer >= 0 else "not idempotent"
