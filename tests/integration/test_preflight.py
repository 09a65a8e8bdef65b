"""What can never work ends before it begins, with one line; what may come yet is waited for."""

import asyncio
import re
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import asyncpg
import pytest
import pytest_asyncio
from pydantic import SecretStr

from deploy.local.processes import Launch
from deploy.local.stack import ROOT, Stack
from deploy.topology import HOST
from services.intake.settings import IntakeSettings
from shared.runtime import migrate, preflight, revisions
from shared.settings import SettingsError
from tests.stack import scratch

KEY = "TIREK_MIGRATION_URL"
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


PASSWORD = "a%b@c/d?e#f g%41"
"""Signs that mean something in an address, and one that would be another if it were read twice."""


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
@pytest.mark.parametrize(
    "options", ["", "?sslmode=disable", "?sslmode=prefer&application_name=a%25b"]
)
async def test_an_address_that_serves_a_service_serves_its_migration(
    own: Stack, scheme: str, options: str
) -> None:
    """Whatever libpq takes: the scheme's short name, TLS, parameters, a password of any signs."""
    connection = await asyncpg.connect(own.superuser("tirek"), timeout=5)
    try:
        await connection.execute(f"ALTER ROLE tirek_notify_owner PASSWORD '{PASSWORD}'")
        place = own.dsn("tirek_notify_owner").rpartition("@")[2]
        url = f"{scheme}://tirek_notify_owner:{quote(PASSWORD, safe='')}@{place}{options}"
        assert await preflight.revision(url, KEY) == revisions.head(MIGRATIONS)
        await asyncio.to_thread(migrate.upgrade, MIGRATIONS, url, "notify")
    finally:
        right = unquote(urlsplit(own.dsn("tirek_notify_owner")).password or "")
        await connection.execute(f"ALTER ROLE tirek_notify_owner PASSWORD '{right}'")
        await connection.close()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("^postgresql://", "mysql://"), "no address of a database"),
        (("^postgresql://", "postgresql+asyncpg://"), "no address of a database"),
        (("^postgresql://", "postgresql://a@b@"), "no address of a database"),
        (("/tirek$", "/tirek#x"), "no address of a database"),
        (("/tirek$", "/tirek?sslmode"), "no address of a database"),
        (("@127.0.0.1:", "@[127.0.0.1:"), "no address of a database"),
        (("@127.0.0.1:", "@127.0.0.1:x"), "no address of a database"),
        (("/tirek$", "/tirek?sslmode=always"), "sslmode is one of disable, allow, prefer"),
        (("/tirek$", "/tirek?sslmode=require"), "the database has no TLS, which sslmode asks for"),
        (("/tirek$", "/tirek?sslmode=verify-full&sslrootcert=/no"), "that sslrootcert names"),
        (("/tirek$", "/tirek?channel_binding=require"), "does not take a parameter behind the ?"),
        (("/tirek$", "/tirek?statement_timeout=long"), "does not take a parameter behind the ?"),
    ],
)
async def test_an_address_that_can_never_work_is_one_line_without_its_secret(
    own: Stack, change: tuple[str, str], why: str
) -> None:
    """By the name of its setting, at once: a service would wait for it for ever."""
    right = own.dsn("tirek_notify")
    with pytest.raises(SettingsError) as told:
        await preflight.revision(re.sub(*change, right), KEY)
    said = str(told.value)
    assert said.startswith(f"{KEY}: ")
    assert why in said
    assert "\n" not in said
    assert (urlsplit(right).password or "?") not in said


async def test_the_key_store_has_an_address_too(own: Stack) -> None:
    """Intake does not start on one that refuses it, and names that setting."""
    settings = IntakeSettings(
        database_url=SecretStr(own.dsn("tirek_notify")),
        keystore_url=SecretStr(own.dsn("tirek_notify").removesuffix("/tirek") + "/nowhere"),
        keys_dir=own.state,
    )
    with pytest.raises(SettingsError, match="TIREK_KEYSTORE_URL: the database refuses it"):
        await asyncio.to_thread(preflight.check, settings, MIGRATIONS)


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
