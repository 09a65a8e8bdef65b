"""A copy of the whole database cluster, taken while it works, and put back later."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from deploy.local.postgres import BINARIES, account
from deploy.local.processes import Launch
from deploy.local.stack import Stack
from deploy.topology import HOST, SUPERUSER
from tests.support.eventually import eventually

_RULE = f"host replication {SUPERUSER} {HOST}/32 scram-sha-256\n"
"""Nobody may copy the cluster otherwise; it stands in no backup either."""

_LOADED = "SELECT pg_conf_load_time()"


async def backup(stack: Stack, folder: Path) -> Path:
    """A consistent copy as of about now, by pg_basebackup, in a new ``folder``; answers it.

    It holds both databases, the keys' too: what must not come back from a backup is the matter of
    whoever restores it.
    """
    async with _copying_allowed(stack):
        await Launch(
            "pg_basebackup",
            (
                str(BINARIES / "pg_basebackup"),
                f"--pgdata={folder}",
                f"--host={HOST}",
                f"--port={stack.port('postgres')}",
                f"--username={SUPERUSER}",
                "--no-password",
                "--checkpoint=fast",
                "--wal-method=stream",
            ),
            stack.log("backup"),
            {
                "PATH": "/usr/bin:/bin",
                "LC_ALL": "C",
                "PGPASSWORD": urlsplit(stack.superuser()).password or "",
            },
            account(),
        ).run(within=120)
    rules = folder / "pg_hba.conf"
    rules.write_text(rules.read_text().replace(_RULE, ""))
    return folder


async def restore(stack: Stack, copy: Path) -> None:
    """The cluster as it was then; what came later is gone. Ready when this returns.

    The server is stopped for it, under everybody's feet. The copy can be put back again.
    """
    part, data = stack.part("postgres"), stack.state / "postgres" / "data"
    await part.stop()
    try:
        shutil.rmtree(data)
        # as its own account, so that every file is that account's
        argv = ("/bin/cp", "-a", str(copy), str(data))
        await Launch("putting back", argv, stack.log("backup"), account=account()).run(within=120)
    finally:
        await part.start()


@asynccontextmanager
async def _copying_allowed(stack: Stack) -> AsyncIterator[None]:
    rules = stack.state / "postgres" / "data" / "pg_hba.conf"
    usual = rules.read_text()
    await asyncio.to_thread(rules.write_text, usual + _RULE)
    try:
        await _reload(stack)
        yield
    finally:
        await asyncio.to_thread(rules.write_text, usual)
        await _reload(stack)


async def _reload(stack: Stack) -> None:
    before = await _ask(stack, _LOADED)
    await _ask(stack, "SELECT pg_reload_conf()")

    async def loaded() -> bool:  # a new session has what the server itself has
        return bool(await _ask(stack, _LOADED) != before)

    await eventually(loaded)


async def _ask(stack: Stack, question: str) -> object:
    connection = await asyncpg.connect(stack.superuser(), timeout=5, command_timeout=10)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()
