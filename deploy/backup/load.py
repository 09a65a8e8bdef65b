"""The way back: what a file holds is looked at whole before anything is touched."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import asyncpg
from alembic.util import CommandError

from deploy.backup.dump import Say
from deploy.backup.frames import END, MANIFEST, ROWS, TABLE, Frame, frames
from deploy.backup.sealed import BadBackup, opened
from deploy.local import provision
from deploy.topology import CLOCK, ROLES, SCHEMAS
from shared import migrate

ROOT = Path(__file__).parents[2]
MIGRATIONS = {
    **{name: f"services/{name}/migrations" for name in ("intake", "referral", "notify")},
    "keys": "services/intake/keystore_migrations",
}
USERS = (
    "SELECT usename, count(*) FROM pg_stat_activity WHERE usename = ANY($1) GROUP BY 1 ORDER BY 1"
)
FORGET = "DELETE FROM keys.data_keys WHERE person_id = ANY($1)"
SETVAL = "SELECT setval(format('%I.%I', $1::text, $2::text)::regclass, $3::bigint)"


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds, after all of it was read and found whole."""

    manifest: dict[str, Any]
    rows: dict[str, int]


def look(file: BinaryIO, private: str) -> Found:
    """Reads all of it. Raises `BadBackup` if it is not whole, or made by a newer release."""
    manifest: dict[str, Any] | None = None
    for kind, content in frames(opened(file, private)):
        if kind == MANIFEST:
            manifest = content
        elif kind == END and manifest is not None:
            _known(manifest)
            return Found(manifest, content["rows"])
    raise BadBackup("it has no end")


def _known(manifest: dict[str, Any]) -> None:
    for schema, described in manifest["schemas"].items():
        if schema == CLOCK.name:
            continue
        try:
            migrate.has(ROOT / MIGRATIONS[schema], described["head"])
        except (CommandError, KeyError):
            raise BadBackup(
                f"{schema} is at {described['head']}, which this release does not know: "
                "use the release that made the backup, or a newer one"
            ) from None


async def in_use(dsn: str) -> list[str]:
    """Roles of services that are connected, with how often."""
    connection = await asyncpg.connect(dsn, timeout=5)
    try:
        return [f"{name} ({count})" for name, count in await connection.fetch(USERS, list(ROLES))]
    finally:
        await connection.close()


async def filled(dsn: str, database: str) -> list[str]:
    """Schemas of ours in it that hold anything."""
    connection = await asyncpg.connect(dsn, timeout=5)
    try:
        found = []
        for schema in (each.name for each in SCHEMAS if each.database == database):
            tables = "SELECT tablename FROM pg_tables WHERE schemaname = $1"
            for (table,) in await connection.fetch(tables, schema):
                if table != "alembic_version" and await connection.fetchval(
                    f'SELECT EXISTS (SELECT FROM "{schema}"."{table}")'
                ):
                    found.append(schema)
                    break
        return found
    finally:
        await connection.close()


async def empty(dsn: str, database: str) -> None:
    """Removes the schemas of ours, and makes them anew, without tables."""
    connection = await asyncpg.connect(dsn, timeout=5)
    try:
        for schema in (*SCHEMAS, CLOCK):
            if schema.database == database:
                await connection.execute(f"DROP SCHEMA IF EXISTS {schema.name} CASCADE")
    finally:
        await connection.close()
    await provision.schemas({database: dsn})


def prepare(schema: str, owner: str, revision: str) -> None:
    """The schema as it was when the backup was made."""
    migrate.upgrade(ROOT / MIGRATIONS[schema], owner, schema, revision)


def modernise(schema: str, owner: str) -> None:
    """The schema as this release wants it."""
    migrate.upgrade(ROOT / MIGRATIONS[schema], owner, schema)


async def load(dsn: str, file: BinaryIO, private: str, say: Say) -> int:
    """All rows, in one transaction; how many. The tables are there and empty."""
    connection = await asyncpg.connect(dsn, timeout=5)
    stream = _Stream(frames(opened(file, private)))
    try:
        async with connection.transaction():
            # rows come table by table: what refers to what holds again when all are there
            await connection.execute("SET LOCAL session_replication_role = replica")
            rows, manifest = 0, stream.expect(MANIFEST)
            if CLOCK.name in manifest["schemas"]:  # it is made with its one row
                await connection.execute(f"DELETE FROM {CLOCK.name}.turned")
            while (table := stream.table()) is not None:
                schema, name = table["schema"], table["name"]
                say(f"{schema}.{name}")
                columns = manifest["schemas"][schema]["tables"][name]
                status = await connection.copy_to_table(
                    name,
                    schema_name=schema,
                    columns=columns,
                    source=stream.rows(),
                    format="binary",
                )
                rows += int(status.split()[-1])
            for schema, described in manifest["schemas"].items():
                for name, last in described["sequences"].items():
                    if last is not None:
                        await connection.execute(SETVAL, schema, name, last)
        return rows
    finally:
        await connection.close()


class _Stream:
    """Frames with one look ahead."""

    def __init__(self, source: Iterator[Frame]) -> None:
        self._source = source
        self._next: Frame = next(source)

    def expect(self, kind: bytes) -> dict[str, Any]:
        found, content = self._next
        if found != kind:
            raise BadBackup("its parts are in another order than they are written in")
        self._next = next(self._source)
        return dict(content)

    def table(self) -> dict[str, Any] | None:
        return None if self._next[0] == END else self.expect(TABLE)

    async def rows(self) -> AsyncIterator[bytes]:
        while self._next[0] == ROWS:
            yield self._next[1]
            self._next = next(self._source)


def register(text: str) -> list[str]:
    """Person ids, one a line; what follows a ``#`` is a remark."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return sorted({line for line in lines if line})


async def forget(dsn: str, persons: Sequence[str]) -> int:
    """Destroys again the keys of persons who were erased since; how many were still there."""
    connection = await asyncpg.connect(dsn, timeout=5)
    try:
        gone = await connection.execute(FORGET, list(persons))
        return int(gone.split()[-1])
    finally:
        await connection.close()
