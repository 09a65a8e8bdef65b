"""What can never work ends before it begins, with one line; what may come yet is waited for."""

import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest_asyncio

from deploy.local.processes import Launch
from deploy.local.stack import ROOT, Stack
from deploy.topology import HOST
from tests.stack import scratch

MIGRATIONS = ROOT / "services" / "notify" / "migrations"


@pytest_asyncio.fixture(scope="module")
async def own() -> AsyncIterator[Stack]:
    """A migrated database of these tests' own."""
    async with scratch("notify.migrate") as stack:
        yield stack


async def started(stack: Stack, what: str = "serve", **changes: str) -> tuple[int, str]:
    """``services.notify serve`` with another environment; its status and last words."""
    launch = Launch(
        f"notify.{what}",
        (sys.executable, "-m", "services.notify", what),
        stack.log("preflight"),
        {**stack.environment(f"notify.{what}"), **changes},
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
        for what, key in (("serve", "TIREK_DATABASE_URL"), ("migrate", "TIREK_MIGRATION_URL")):
            code, said = await started(own, what, **{key: wrong})
            assert code == 1
            assert said.startswith(f"notify {what}: {key}: "), said
            assert why in said
            assert "not-it" not in said


async def test_a_database_that_is_away_is_one_line_of_its_migration(own: Stack) -> None:
    """The job ends; whoever started it starts it again."""
    place = f"{HOST}:{own.spare_port()}"
    code, said = await started(own, "migrate", TIREK_MIGRATION_URL=f"postgresql://x:y@{place}/z")
    assert code == 1
    assert said == "notify migrate: the database of TIREK_MIGRATION_URL does not answer"


async def test_who_rolls_back_migrates_nothing_and_starts(own: Stack) -> None:
    """The release before meets a revision that it does not know, and runs on it as it is."""
    newest = await at(own, "9999")
    try:
        code, said = await started(own, "migrate")
        kept = await at(own, newest)
        await at(own, "9999")
        with socket.create_server((HOST, 0)) as taken:
            port = str(taken.getsockname()[1])
            serving = await started(own, TIREK_HTTP_PORT=port)
    finally:
        await at(own, newest)
    assert code == 0, said
    assert said == (
        "the schema of notify is at 9999, and this release knows none beyond "
        f"{newest}: a newer one has migrated it, nothing is to be done"
    )
    assert kept == "9999"
    assert serving == (
        1,
        f"notify serve: port {port} on {HOST} cannot be had: Address already in use",
    ), "it came as far as its port"


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
