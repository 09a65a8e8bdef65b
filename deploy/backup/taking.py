"""Taking a backup, while all runs: one snapshot of the data, and a later one of the key store.

Keys commit before their people (`services.intake.keystore`), so in this order every person of the
data has a key in the backup, unless they were erased in between.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

import asyncpg

from deploy.backup import files, heads
from deploy.backup.errors import BackupError
from deploy.backup.files import Manifest, Told
from deploy.backup.server import Server, counted
from deploy.topology import SCHEMAS
from shared.clock import reading
from shared.settings import Environment

DATABASES = {"data": "tirek", "keys": "tirek_keys"}
"""By kind of file; the keys' snapshot is the later one."""
SAY_TAKEN = """
INSERT INTO console.backup_taken (at) VALUES ($1)
ON CONFLICT (one) DO UPDATE SET at = greatest(backup_taken.at, excluded.at)
"""
CLOCK = reading(Environment.PROD)


@dataclass(frozen=True, slots=True)
class Taken:
    """One file that was written."""

    path: Path
    manifest: Manifest

    @property
    def size(self) -> int:
        """In bytes."""
        return self.path.stat().st_size


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One moment of a database, which pg_dump can look at too while the connection lives."""

    database: str
    name: str
    manifest: Manifest


async def take(
    server: Server, folders: dict[str, Path], recipients: Sequence[str], told: Told
) -> list[Taken]:
    """Writes both files, each kind into its folder, or neither. Raises `BackupError`."""
    await _required(server)
    backup = token_hex(8)
    taken: list[Taken] = []
    async with AsyncExitStack() as stack:
        snapshots = [
            await stack.enter_async_context(_snapshot(server, kind, backup)) for kind in DATABASES
        ]
        stem = stem_of(snapshots[0].manifest)
        try:
            for each in snapshots:
                path = folders[each.manifest.kind] / f"{stem}.{each.manifest.kind}.age"
                taken.append(await _written(server, each, path, recipients, told))
        except BaseException:
            for one in taken:  # one without the other would pass for a backup
                one.path.unlink(missing_ok=True)
            raise
    await _said(server, snapshots[0].manifest.at)
    return taken


async def _said(server: Server, at: datetime) -> None:
    """For the console, which shows how old it is. What is written is a backup whatever it says."""
    with suppress(asyncpg.PostgresError):
        async with server.connected(DATABASES["data"]) as connection:
            await connection.execute(SAY_TAKEN, at)


async def _written(
    server: Server, snapshot: Snapshot, path: Path, recipients: Sequence[str], told: Told
) -> Taken:
    with files.written(path, snapshot.manifest, recipients) as sealed:
        async for piece in server.dumped(snapshot.database, snapshot.name):
            sealed.write(piece)
            told(len(piece))
    return Taken(path, snapshot.manifest)


def stem_of(manifest: Manifest) -> str:
    """What both files of a backup are called: in a folder, the newest is the last."""
    return f"tirek-{manifest.at.astimezone(UTC):%Y%m%dT%H%M%SZ-%f}-{manifest.backup[:4]}"


async def _required(server: Server) -> None:
    await server.required()
    there = await server.databases(*DATABASES.values())
    for database in DATABASES.values():
        if not there.get(database):
            raise BackupError(f"no database {database} to back up, or it takes no connections")


@asynccontextmanager
async def _snapshot(server: Server, kind: str, backup: str) -> AsyncIterator[Snapshot]:
    database = DATABASES[kind]
    async with (
        server.connected(database) as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        name = await connection.fetchval("SELECT pg_export_snapshot()")
        yield Snapshot(database, name, await _manifest(connection, kind, backup))


async def _manifest(connection: asyncpg.Connection, kind: str, backup: str) -> Manifest:
    at: datetime = await connection.fetchval(CLOCK)
    found = await heads.of_database(connection, DATABASES[kind])
    wanted = {each.name for each in SCHEMAS if each.database == DATABASES[kind]}
    if missing := sorted(wanted - set(found)):
        raise BackupError(f"{', '.join(missing)} not migrated: there is nothing to back up yet")
    rows = await counted(connection)
    version = str(await connection.fetchval("SHOW server_version")).partition(" ")[0]
    return Manifest(kind, backup, at.astimezone(UTC), found, rows, version)
