"""A connection to one service's database, for what an operator does with it.

Both raise what asyncpg does.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from deploy.topology import SERVICES
from shared.errors import NotFound

_SEARCH_PATH = "SELECT set_config('search_path', $1, false)"
_SYSTEM = "SELECT set_config('app.actor', 'system', false)"


@asynccontextmanager
async def of_service(
    dsn: str, service: str | None, *, command_timeout: float = 30
) -> AsyncIterator[tuple[str, asyncpg.Connection]]:
    """The service's name and a connection into its schema; ``command_timeout`` in seconds.

    ``service`` if the role is not the service's own. Raises `NotFound` if that leaves none.
    """
    database = await asyncpg.connect(dsn, timeout=5, command_timeout=command_timeout)
    try:
        name = service or await database.fetchval("SELECT current_schema()")
        if name not in SERVICES:
            raise NotFound("this role belongs to no service: give --service")
        await database.execute(_SEARCH_PATH, name)
        yield name, database
    finally:
        await database.close()


@asynccontextmanager
async def as_system(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection as the service itself, to whom row-level security shows and lets all."""
    connection = await asyncpg.connect(dsn, timeout=5, command_timeout=30)
    try:
        await connection.execute(_SYSTEM)
        yield connection
    finally:
        await connection.close()
