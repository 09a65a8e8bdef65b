"""The database server as its operator sees it: a superuser's connections, pg_dump, pg_restore."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import asyncpg

from deploy.backup.errors import BackupError
from deploy.topology import ROLES

PIECE = 256 * 1024
PIPED, NOTHING = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
MAINTENANCE = "postgres"
"""The database from which others are made, renamed and dropped."""

IS_SUPERUSER = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
ROLES_THERE = "SELECT rolname FROM pg_roles WHERE rolname = ANY ($1::text[])"
DATABASES = "SELECT datname, datallowconn FROM pg_database WHERE datname = ANY ($1::text[])"
TABLES = """
SELECT schemaname || '.' || tablename AS name, format('%I.%I', schemaname, tablename) AS quoted
FROM pg_tables WHERE schemaname <> 'information_schema' AND schemaname NOT LIKE 'pg\\_%'
ORDER BY 1
"""
NEVER = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0"


@dataclass(frozen=True, slots=True)
class Server:
    """One PostgreSQL server. ``dsn`` is a superuser's, for any of its databases."""

    dsn: str

    @asynccontextmanager
    async def connected(self, database: str = MAINTENANCE) -> AsyncIterator[asyncpg.Connection]:
        """A connection without a limit of time for what it is asked."""
        connection = await asyncpg.connect(self._of(database), timeout=10)
        try:
            await connection.execute(NEVER)
            yield connection
        finally:
            await connection.close(timeout=5)

    async def required(self) -> None:
        """Raises `BackupError` unless this is a superuser and Tirek's roles are there."""
        async with self.connected() as connection:
            if not await connection.fetchval(IS_SUPERUSER):
                raise BackupError("a superuser of the database server is needed for this")
            found = await connection.fetch(ROLES_THERE, list(ROLES))
        missing = sorted(set(ROLES) - {row["rolname"] for row in found})
        if missing:
            raise BackupError(f"roles are missing on this server ({', '.join(missing)}): make them")

    async def databases(self, *names: str) -> dict[str, bool]:
        """Which of these are there, and whether they take connections."""
        async with self.connected() as connection:
            rows = await connection.fetch(DATABASES, list(names))
        return {row["datname"]: row["datallowconn"] for row in rows}

    async def dumped(self, database: str, snapshot: str) -> AsyncIterator[bytes]:
        """pg_dump's archive of a database as of a snapshot; raises `BackupError` if it fails."""
        argv = (
            binary("pg_dump"),
            "--format=custom",
            f"--snapshot={snapshot}",
            "--lock-wait-timeout=30000",
            "--no-password",
            f"--dbname={self._without_password(database)}",
        )
        process = await self._started(argv, stdin=NOTHING, stdout=PIPED)
        async with _ended(process, "pg_dump"):
            while piece := await process.stdout.read(PIECE):  # type: ignore[union-attr]  # piped
                yield piece

    async def restored(self, database: str, archive: Iterator[bytes]) -> None:
        """Puts an archive into an empty database, all or nothing; raises `BackupError`."""
        argv = (
            binary("pg_restore"),
            "--exit-on-error",
            "--single-transaction",
            "--no-password",
            f"--dbname={self._without_password(database)}",
        )
        process = await self._started(argv, stdin=PIPED, stdout=NOTHING)
        async with _ended(process, "pg_restore"):
            pipe = process.stdin
            if pipe is None:
                raise BackupError("pg_restore takes nothing")
            try:
                for piece in archive:
                    pipe.write(piece)
                    await pipe.drain()
            except (BrokenPipeError, ConnectionResetError):
                return  # its own words say why
            pipe.close()

    async def _started(
        self, argv: tuple[str, ...], *, stdin: int, stdout: int
    ) -> asyncio.subprocess.Process:
        environment = dict(os.environ) | {"LC_ALL": "C"}
        parts = urlsplit(self.dsn)
        behind = dict(parse_qsl(parts.query)).get("password")
        if password := unquote(parts.password) if parts.password else behind:
            environment["PGPASSWORD"] = password
        return await asyncio.create_subprocess_exec(
            *argv, stdin=stdin, stdout=stdout, stderr=PIPED, env=environment
        )

    def _of(self, database: str) -> str:
        return urlsplit(self.dsn)._replace(path=f"/{database}").geturl()

    def _without_password(self, database: str) -> str:
        """For a command line, which everybody on the machine may read."""
        parts = urlsplit(self._of(database))
        user, _, place = parts.netloc.rpartition("@")
        name = user.partition(":")[0]
        options = [each for each in parse_qsl(parts.query) if each[0] != "password"]
        return parts._replace(
            netloc=f"{name}@{place}" if name else place, query=urlencode(options, quote_via=quote)
        ).geturl()


@asynccontextmanager
async def _ended(process: asyncio.subprocess.Process, name: str) -> AsyncIterator[None]:
    """Waits for the end of a process, and kills it if we do not come to it ourselves."""
    if process.stderr is None:
        raise BackupError(f"{name} says nothing")
    saying = asyncio.create_task(process.stderr.read())
    try:
        yield
        code = await process.wait()
        if code:
            raise BackupError(f"{name} failed: {_why((await saying).decode(errors='replace'))}")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        await saying


def _why(said: str) -> str:
    """The first complaint alone: what follows may quote a row."""
    lines = [line for line in said.splitlines() if ": error: " in line] or said.splitlines()
    return lines[0].partition(": error: ")[2] or lines[0] if lines else "it did not say why"


def binary(name: str) -> str:
    """pg_dump or pg_restore: the embedded PostgreSQL's own, else the machine's."""
    try:
        from deploy.local.postgres import BINARIES  # noqa: PLC0415 - not where only clients are
    except PackageNotFoundError:
        pass
    else:
        if (BINARIES / name).exists():
            return str(BINARIES / name)
    if found := shutil.which(name):
        return found
    raise BackupError(f"{name} is not on this machine: install PostgreSQL 18's client programs")


async def counted(connection: asyncpg.Connection) -> dict[str, int]:
    """How many rows each table of a database has."""
    tables = await connection.fetch(TABLES)
    return {
        row["name"]: await connection.fetchval(f"SELECT count(*) FROM {row['quoted']}")
        for row in tables
    }
