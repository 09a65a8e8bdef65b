"""Whether a statement waits for a lock: what a test that makes two transactions meet must know."""

from typing import Any, Protocol

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


class Asked(Protocol):
    """A connection, or a transaction."""

    async def fetchval(self, query: str, /) -> Any:
        """The first column of the first row."""
        ...


async def lock_waits(asked: Asked) -> int:
    """How many statements wait for a lock."""
    return int(await asked.fetchval(WAITING))
