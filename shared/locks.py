"""Locks: what one transaction at a time may do, by rows of the service's own schema.

Not an advisory lock: any role of the database may take one of those (docs/decisions/0028).

A lock of a key is one of `SLOTS` rows of its kind, by the key's hash. So there are never more rows
than that, and none tells of a key. Two keys that share a row wait for each other, harmlessly.
"""

from typing import Any, Protocol
from zlib import crc32

SLOTS = 16_384

HOLD = """
INSERT INTO locks (name) SELECT unnest($1::text[])
ON CONFLICT (name) DO UPDATE SET name = excluded.name WHERE false
"""
"""Locks each row, and makes it the first time. A row that is there is not written anew."""
SHARE = "SELECT true FROM locks WHERE name = $1 FOR KEY SHARE"
TRY = """
SELECT EXISTS (SELECT FROM locks WHERE name = $1) AS known,
       (SELECT true FROM (SELECT FROM locks WHERE name = $1 FOR UPDATE SKIP LOCKED) AS free) AS ours
"""


class Queries(Protocol):
    """Anything that runs statements: a transaction, a connection in one."""

    async def execute(self, query: str, *args: Any) -> str:
        """Runs one statement."""
        ...

    async def fetchrow(self, query: str, *args: Any) -> Any:
        """The first row, or none."""
        ...

    async def fetchval(self, query: str, *args: Any) -> Any:
        """The first column of the first row, or none."""
        ...


def slot(kind: str, key: str | bytes) -> str:
    """The name of the lock of a key."""
    octets = key.encode(errors="surrogatepass") if isinstance(key, str) else key
    return f"{kind} {crc32(octets) % SLOTS}"


async def hold(tx: Queries, *names: str) -> None:
    """Waits for these locks, in one order; ours until the transaction ends.

    What is read afterwards has in it what their last holders committed.
    """
    await tx.execute(HOLD, sorted(set(names)))


async def share(tx: Queries, name: str) -> None:
    """The same, except that others may share it."""
    if await tx.fetchval(SHARE, name) is None:
        await hold(tx, name)


async def try_hold(tx: Queries, name: str) -> bool:
    """Whether nobody else holds it: then it is ours until the transaction ends."""
    row = await tx.fetchrow(TRY, name)
    if not row["known"]:  # used for the first time
        await hold(tx, name)
        return True
    return bool(row["ours"])
