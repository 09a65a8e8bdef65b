"""Where databases stand during a restore: beside what is there, then in its place in one step.

Until that step nothing that is there has changed, and whoever is interrupted begins again. From it
until the topics are empty nobody can connect: neither a service nor a start of the stack may look
at restored data and at events that the data do not know.
"""

from collections.abc import Iterable

import asyncpg

from deploy.backup.errors import BackupError
from deploy.backup.server import MAINTENANCE, TABLES, Server
from deploy.topology import CLOCK, ROLES, SCHEMAS

BESIDE, REPLACED = "_restoring", "_replaced"
"""Suffixes of a database's name while it is not in its place."""
SESSIONS = """
SELECT DISTINCT usename FROM pg_stat_activity
WHERE datname = ANY ($1::text[]) AND backend_type = 'client backend' ORDER BY usename
"""
NO_CONTENT = {"clock.turned"}
"""Rows that are there from the beginning, as are the marks of migrations."""


class Places:
    """Some databases of a server that are to be restored."""

    def __init__(self, server: Server, databases: Iterable[str]) -> None:
        self._server = server
        self._databases = tuple(databases)

    async def required_at_rest(self) -> None:
        """Raises `BackupError` while anybody is connected."""
        async with self._server.connected() as connection:
            found = await connection.fetch(SESSIONS, list(self._databases))
        if found:
            names = ", ".join(row["usename"] for row in found)
            raise BackupError(f"still connected: {names}. Stop the services first")

    async def holding(self) -> list[str]:
        """Which of the databases hold anything. What a restore has left unfinished does not."""
        there = await self._server.databases(*self._databases)
        return [name for name in sorted(there) if there[name] and await self._holds(name)]

    async def _holds(self, database: str) -> bool:
        async with self._server.connected(database) as connection:
            for table in await connection.fetch(TABLES):
                if table["name"] in NO_CONTENT or table["name"].endswith(".alembic_version"):
                    continue
                if await connection.fetchval(f"SELECT EXISTS (SELECT FROM {table['quoted']})"):
                    return True
        return False

    async def make_beside(self) -> None:
        """Empty databases beside those in place; leftovers of an interrupted restore go."""
        await self.clear()
        async with self._server.connected() as connection:
            for name in self._databases:
                await connection.execute(f"CREATE DATABASE {name}{BESIDE} TEMPLATE template0")
                await connection.execute(f"REVOKE ALL ON DATABASE {name}{BESIDE} FROM PUBLIC")

    async def exchange(self) -> None:
        """Puts what stands beside into its place, all or nothing, closed to everybody."""
        there = await self._server.databases(*self._databases)
        async with self._server.connected() as connection, connection.transaction():
            try:
                for name in self._databases:
                    if name in there:
                        await connection.execute(
                            f"ALTER DATABASE {name} RENAME TO {name}{REPLACED}"
                        )
                    beside = f"{name}{BESIDE}"
                    await connection.execute(f"ALTER DATABASE {beside} ALLOW_CONNECTIONS false")
                    await connection.execute(f"ALTER DATABASE {beside} RENAME TO {name}")
                    await _let_in(connection, name)
            except asyncpg.ObjectInUseError:
                raise BackupError(
                    "somebody connected to the databases meanwhile: nothing was changed. "
                    "Stop the services first"
                ) from None

    async def open(self) -> None:
        """Lets the services in, and drops what was there before."""
        async with self._server.connected() as connection:
            for name in self._databases:
                await connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await self.clear()

    async def clear(self) -> None:
        """Drops whatever is not in its place."""
        async with self._server.connected(MAINTENANCE) as connection:
            for name in self._databases:
                for suffix in (BESIDE, REPLACED):
                    await connection.execute(f"DROP DATABASE IF EXISTS {name}{suffix} WITH (FORCE)")


async def _let_in(connection: asyncpg.Connection, database: str) -> None:
    """What the server itself, not the dump, knows of who enters and where they work."""
    for role, its in ROLES.items():
        if its == database:
            await connection.execute(f"GRANT CONNECT ON DATABASE {database} TO {role}")
    for schema in (*SCHEMAS, CLOCK):
        if schema.database == database:
            for role in (schema.owner, schema.role):
                await connection.execute(
                    f"ALTER ROLE {role} IN DATABASE {database} SET search_path = {schema.name}"
                )
