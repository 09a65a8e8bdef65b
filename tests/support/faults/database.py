"""PostgreSQL restarted, hurt, and unable to write."""

import re
import resource
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from enum import Enum
from pathlib import Path

import asyncpg
import psutil

from deploy.errors import StackError
from deploy.local.postgres import account
from deploy.local.processes import Launch
from deploy.local.stack import Stack

_BACKEND = """
SELECT pid FROM pg_stat_activity WHERE usename = $1 AND backend_type = 'client backend'
ORDER BY backend_start DESC LIMIT 1
"""
_REFUSE = """
CREATE OR REPLACE FUNCTION public.no_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'no space left on device (made by a test)' USING ERRCODE = 'disk_full'; END
$$;
CREATE TRIGGER no_room BEFORE INSERT ON {table} EXECUTE FUNCTION public.no_room();
"""
_ALLOW = "DROP TRIGGER IF EXISTS no_room ON {table}"
_LIMIT = """
import resource, sys
soft, *pids = map(int, sys.argv[1:])
for pid in pids:
    try:
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))
    except ProcessLookupError:
        pass
"""
"""Run as the server's own account, for which no privilege is needed."""
_LIMITED = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
os.execv(sys.argv[1], sys.argv[1:])
"""
_PYTHON = (sys.executable, "-I", "-S", "-c")


class Shutdown(Enum):
    """How PostgreSQL is told to end."""

    FAST = signal.SIGINT
    """Sessions are ended, everything is written."""
    IMMEDIATE = signal.SIGQUIT
    """As if it had crashed: the next start recovers."""


async def restart(stack: Stack, how: Shutdown) -> None:
    """Down and up again; ready when this returns."""
    await stack.part("postgres").restart(by=how.value)


async def kill_backend(stack: Stack, role: str) -> int:
    """``kill -9`` of the youngest backend of a role: the server ends all and recovers. Its pid."""
    connection = await asyncpg.connect(stack.superuser(), timeout=5, command_timeout=10)
    try:
        pid: int | None = await connection.fetchval(_BACKEND, role)
    finally:
        await connection.close()
    if pid is None:
        raise StackError(f"no backend of {role}")
    _backend(stack, pid).kill()
    return pid


def _backend(stack: Stack, pid: int) -> psutil.Process:
    """By the id that the server gives it, which in a container is another than ours."""
    for child in psutil.Process(stack.part("postgres").pid).children():
        status = Path(f"/proc/{child.pid}/status").read_text()
        if re.search(rf"^NSpid:.*\t{pid}$", status, re.MULTILINE):
            return child
    raise StackError(f"no process of PostgreSQL has the id {pid}")


@asynccontextmanager
async def unwritable(stack: Stack) -> AsyncIterator[None]:
    """No file of the server takes another octet: what commits, fails, and the server panics.

    It cannot recover either, so it ends and is started in vain until the block ends; it is ready
    when this returns. The kernel says "File too large" (RLIMIT_FSIZE), which PostgreSQL reports as
    XX000 and not as 53100: for that see `refusing_rows` and, as root, disks.py.
    """
    part, usual = stack.part("postgres"), stack.part("postgres").launch
    part.launch = replace(usual, before=(*_PYTHON, _LIMITED))
    try:
        await _limit(stack, 0)
        yield
    finally:
        part.launch = usual
        if part.running:
            with suppress(psutil.NoSuchProcess, StackError):  # it ended just now
                await _limit(stack, resource.RLIM_INFINITY)
        else:  # it waits, perhaps long, for its next start
            await part.stop()
            await part.start()
        await part.ready()


@asynccontextmanager
async def refusing_rows(stack: Stack, *tables: str, database: str = "tirek") -> AsyncIterator[None]:
    """INSERT into these tables (``schema.table``) fails as on a full disk: SQLSTATE 53100."""
    await _do(stack, database, [_REFUSE.format(table=table) for table in tables])
    try:
        yield
    finally:
        await _do(stack, database, [_ALLOW.format(table=table) for table in tables])


async def _do(stack: Stack, database: str, statements: Sequence[str]) -> None:
    connection = await asyncpg.connect(stack.superuser(database), timeout=5, command_timeout=20)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def _limit(stack: Stack, octets: int) -> None:
    """Of a file's size; asked again until no process of the server was missed."""
    done: set[int] = set()
    server = psutil.Process(stack.part("postgres").pid)
    while new := {server.pid, *(each.pid for each in server.children())} - done:
        argv = (*_PYTHON, _LIMIT, str(octets), *map(str, new))
        await Launch("limit", argv, stack.log("limit"), account=account()).run(within=20)
        done |= new
