"""PostgreSQL frozen, restarted, hurt, without room; and nothing that was committed is gone."""

from collections.abc import AsyncIterator

import asyncpg
import psutil
import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from shared.db import LOST
from tests.stack import scratch
from tests.support.eventually import eventually
from tests.support.faults.database import (
    Shutdown,
    kill_backend,
    refusing_rows,
    restart,
    unwritable,
)
from tests.support.faults.freezing import frozen

OWNER = "tirek_intake_owner"
MAKE = "CREATE TABLE IF NOT EXISTS kept (id int PRIMARY KEY)"


@pytest_asyncio.fixture(scope="module")
async def own() -> AsyncIterator[Stack]:
    """A database of these tests' own, with one row."""
    async with scratch("provision") as stack:
        await do(stack, MAKE)
        await do(stack, "INSERT INTO kept VALUES (0)")
        yield stack


async def do(stack: Stack, statement: str, timeout: float = 5) -> str:
    """One statement on a connection of its own."""
    connection = await asyncpg.connect(stack.dsn(OWNER), timeout=timeout, command_timeout=timeout)
    try:
        return await connection.execute(statement)
    finally:
        connection.terminate()


async def kept(stack: Stack) -> list[int]:
    """The rows."""
    connection = await asyncpg.connect(stack.dsn(OWNER), timeout=5, command_timeout=5)
    try:
        return [row["id"] for row in await connection.fetch("SELECT id FROM kept ORDER BY id")]
    finally:
        await connection.close()


async def test_a_frozen_server_says_nothing_and_then_goes_on(own: Stack) -> None:
    """Neither to who is connected nor to who connects; no process has been replaced."""
    part = own.part("postgres")
    connection = await asyncpg.connect(own.dsn(OWNER), timeout=5, command_timeout=5)
    try:
        async with frozen(part):
            family = [psutil.Process(part.pid), *psutil.Process(part.pid).children()]
            assert {each.status() for each in family} == {psutil.STATUS_STOPPED}
            with pytest.raises(TimeoutError):
                await do(own, "SELECT 1", timeout=0.3)
        assert await connection.fetchval("SELECT 1") == 1
        assert all(each.is_running() for each in family)
    finally:
        await connection.close()


async def test_what_is_frozen_is_thawed_by_an_exception_too(own: Stack) -> None:
    """No test leaves a frozen server to the next one."""
    with pytest.raises(ZeroDivisionError):
        async with frozen(own.part("postgres")):
            raise ZeroDivisionError
    assert await do(own, "SELECT 1") == "SELECT 1"


@pytest.mark.parametrize(
    ("how", "says"),
    [
        (Shutdown.FAST, "database system is shut down"),
        (Shutdown.IMMEDIATE, "not properly shut down"),
    ],
    ids=["fast", "immediate"],
)
async def test_a_restart_keeps_what_was_committed(own: Stack, how: Shutdown, says: str) -> None:
    """Sessions end; after an immediate one the server recovers by itself."""
    log = own.log("postgres")
    before = log.read_text().count(says)
    connection = await asyncpg.connect(own.dsn(OWNER), timeout=5, command_timeout=5)
    try:
        await restart(own, how)
        with pytest.raises(LOST):
            await connection.fetchval("SELECT 1")
    finally:
        connection.terminate()
    assert await kept(own) == [0]
    assert log.read_text().count(says) == before + 1


async def test_a_killed_backend_takes_all_sessions_with_it_and_the_server_stays(own: Stack) -> None:
    """As the server does it by itself: nobody starts it again."""
    connection = await asyncpg.connect(own.dsn(OWNER), timeout=5, command_timeout=5)
    other = await asyncpg.connect(own.superuser(), timeout=5, command_timeout=5)
    try:
        pid, starts = own.part("postgres").pid, own.part("postgres").starts
        assert await kill_backend(own, OWNER) == connection.get_server_pid()
        for each in (connection, other):

            async def gone(each: asyncpg.Connection = each) -> bool:
                try:
                    await each.fetchval("SELECT 1")
                except LOST:
                    return True
                return False

            await eventually(gone)
    finally:
        connection.terminate()
        other.terminate()
    await own.part("postgres").ready()
    assert await kept(own) == [0]
    assert (own.part("postgres").pid, own.part("postgres").starts) == (pid, starts)


async def test_rows_are_refused_as_on_a_full_disk_and_then_taken(own: Stack) -> None:
    """With the same SQLSTATE."""
    async with refusing_rows(own, "intake.kept"):
        with pytest.raises(asyncpg.DiskFullError):
            await do(own, "INSERT INTO kept VALUES (1)")
        assert await kept(own) == [0]
    assert await do(own, "INSERT INTO kept VALUES (1)") == "INSERT 0 1"
    assert await do(own, "DELETE FROM kept WHERE id = 1") == "DELETE 1"


async def test_where_nothing_can_be_written_nothing_is_committed_until_it_can() -> None:
    """The server panics, is started in vain, and has lost nothing afterwards."""
    async with scratch("provision", embedded=True) as own:
        await do(own, MAKE)
        await do(own, "INSERT INTO kept VALUES (0)")
        starts = own.part("postgres").starts
        async with unwritable(own):
            with pytest.raises((*LOST, asyncpg.PostgresError)):
                await do(own, "INSERT INTO kept VALUES (1)")
            await eventually(lambda: own.part("postgres").starts > starts + 1, within=30)
            assert not await own.part("postgres").answers()
        assert await kept(own) == [0]
        assert await do(own, "INSERT INTO kept VALUES (2)") == "INSERT 0 1"
