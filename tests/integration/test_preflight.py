"""What can never work ends before it begins, with one line; what may come yet is waited for."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest_asyncio

from deploy.local.processes import Launch
from deploy.local.stack import ROOT, Stack
from tests.stack import scratch

MIGRATIONS = ROOT / "services" / "notify" / "migrations"


@pytest_asyncio.fixture(scope="module")
async def own() -> AsyncIterator[Stack]:
    """A migrated database of these tests' own."""
    async with scratch("notify.migrate") as stack:
        yield stack


async def started(stack: Stack, **changes: str) -> tuple[int, str]:
    """``services.notify serve`` with another environment; its status and last words."""
    launch = Launch(
        "notify.serve",
        (sys.executable, "-m", "services.notify", "serve"),
        stack.log("preflight"),
        {**stack.environment("notify.serve"), **changes},
    )
    launch.log.unlink(missing_ok=True)
    process = await launch.spawn()
    code = await process.wait()
    lines = [each for each in launch.log.read_text().splitlines() if not each.startswith("{")]
    assert len(lines) == 1, lines
    return code, lines[0]


async def at(stack: Stack, revision: str) -> str:
    """Says that the schema is at another revision; which one it was at."""
    connection = await asyncpg.connect(stack.superuser("tirek"), timeout=5)
    try:
        was = str(await connection.fetchval("SELECT version_num FROM notify.alembic_version"))
        await connection.execute("UPDATE notify.alembic_version SET version_num = $1", revision)
        return was
    finally:
        await connection.close()


async def test_a_wrong_address_is_one_line(own: Stack) -> None:
    """A password, a database, a text that is no address; the password is not repeated."""
    right = own.dsn("tirek_notify")
    place = right.rpartition("@")[2]
    for wrong, why in (
        (f"postgresql://tirek_notify:not-it@{place}", "the database refuses it"),
        (right.rpartition("/")[0] + "/nowhere", "the database refuses it"),
        ("some text", "no address of a database"),
    ):
        code, said = await started(own, TIREK_DATABASE_URL=wrong)
        assert code == 1
        assert said.startswith("notify serve: TIREK_DATABASE_URL: "), said
        assert why in said
        assert "not-it" not in said


async def test_an_old_schema_is_one_line_with_the_command(own: Stack) -> None:
    """It is not used half."""
    newest = await at(own, "0001")
    try:
        code, said = await started(own)
    finally:
        await at(own, newest)
    assert code == 1
    assert said == (
        f"notify serve: the schema of notify is at 0001 and this release needs {newest}: "
        "run `python -m services.notify migrate`"
    )


def test_the_folder_is_where_the_revisions_are() -> None:
    """The test above would hold of nothing otherwise."""
    assert len(list(Path(MIGRATIONS / "versions").glob("0*.py"))) > 1
