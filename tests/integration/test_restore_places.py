"""What a restore leaves alone: data it was not told to replace, keys that somebody still needs."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from deploy.backup.places import Places
from deploy.backup.server import Server
from deploy.local.stack import Stack
from deploy.topology import SERVICES
from services.intake.vault import Vault
from tests.stack import scratch
from tests.support.wiped import ask, backup_files, run, tirek, wipe

INCIDENT = """
INSERT INTO intake.incidents VALUES ($1, 1, $2, 'st-1', false, 'phone', 'survivor', '417', true,
    'ky', 'high', 'v1', '{}', '{}', '{}')
"""
PERSON = "INSERT INTO intake.persons VALUES ($1, $2, 'survivor', 0)"
KEY = "INSERT INTO keys.data_keys VALUES ($1, $2, $3, $4, true)"
DATABASES = "SELECT datname FROM pg_database WHERE datname LIKE 'tirek%' ORDER BY 1"
IDS = "SELECT incident_id FROM intake.incidents ORDER BY 1"
SAID = """
SELECT format('%s goes on from %s', body ->> 'service', body ->> 'goes_on_from')
FROM outbox, LATERAL (SELECT convert_from(document, 'UTF8')::jsonb -> 'data') AS said (body)
WHERE type = 'tirek.service.restored.v1' AND mac IS NOT NULL
"""
KEPT = "SELECT person_id FROM keys.data_keys ORDER BY 1"


class Small:
    """A migrated server with a broker and without services, and a backup of one person."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self.stack = stack
        self.folder = folder
        self.server = stack.superuser()
        self.data, self.keys = stack.superuser("tirek"), stack.superuser("tirek_keys")

    async def somebody(self, name: str) -> None:
        """One incident, its person and their key."""
        [now] = await ask(self.server, "SELECT clock_timestamp()")
        await run(self.data, INCIDENT, f"i-{name}", now)
        await run(self.data, PERSON, f"p-{name}", f"i-{name}")
        _, key = Vault.from_directory(self.stack.keys("intake")).new_key(f"p-{name}")
        await run(self.keys, KEY, key.person_id, key.kid, key.wrapped, now)

    async def backup(self) -> list[str]:
        """The options that restore it."""
        said = await tirek(
            self.stack,
            "backup",
            f"--to={self.folder / 'tirek-backup.public'}",
            f"--into={self.folder}",
        )
        assert said.code == 0, said.text
        data, keys = backup_files(self.folder)
        return [f"--data={data}", f"--keys={keys}"]

    async def restore(self, *options: str) -> tuple[int, str]:
        """``tirek restore``; nobody was erased."""
        key = f"--private-key={self.folder / 'tirek-backup.private'}"
        said = await tirek(self.stack, "restore", key, "--no-erasures", *options)
        return said.code, said.text


@pytest_asyncio.fixture(scope="module")
async def server() -> AsyncIterator[Stack]:
    """A server and a broker for these tests, migrated."""
    async with scratch(*(f"{name}.migrate" for name in SERVICES), "topics") as stack:
        yield stack


@pytest_asyncio.fixture
async def small(server: Stack, tmp_path: Path) -> Small:
    """With one person, A."""
    own = Small(server, tmp_path)
    assert (await tirek(server, "backup", "keygen", str(tmp_path))).code == 0
    await run(own.data, "TRUNCATE intake.incidents CASCADE")
    await run(own.keys, "TRUNCATE keys.data_keys")
    await own.somebody("a")
    return own


async def test_data_and_keys_that_are_there_are_not_lost_by_mistake(small: Small) -> None:
    """Neither without --replace, nor keys of people whom the backup's key store does not know.

    The data alone come back beside the key store that is there, and all is as it was provisioned:
    each service's role enters its own database alone and works in its own schema, and has something
    to say: from which number it goes on.
    """
    data, keys = await small.backup()
    await small.somebody("b")
    code, said = await small.restore(data)
    assert code == 1
    assert "tirek on this server hold data: nothing was changed" in said
    code, said = await small.restore(keys, "--replace")
    assert code == 1
    assert "has the keys of 1 people that the backup of keys has not" in said
    assert await ask(small.data, IDS) == ["i-a", "i-b"]
    assert await ask(small.keys, KEPT) == ["p-a", "p-b"]

    code, said = await small.restore(data, "--replace")
    assert code == 0, said
    assert "the key store is the one that was there" in said
    assert await ask(small.data, IDS) == ["i-a"]
    assert await ask(small.keys, KEPT) == ["p-a", "p-b"]
    assert await ask(small.server, DATABASES) == ["tirek", "tirek_keys"]
    for service in SERVICES:
        dsn = small.stack.dsn(f"tirek_{service}")
        assert await ask(dsn, "SELECT current_schema()") == [service]
        assert await ask(dsn, SAID) == [f"{service} goes on from 1"]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ask(small.stack.dsn("tirek_keys").removesuffix("_keys"), "SELECT 1")


async def test_an_interrupted_restore_lets_nobody_in_and_is_run_again(small: Small) -> None:
    """Between the exchange and empty topics: services would act on events that nobody said."""
    files = await small.backup()
    await wipe(small.stack)
    places = Places(Server(small.server), ["tirek", "tirek_keys"])
    await places.make_beside()
    assert await ask(small.server, DATABASES) == ["tirek_keys_restoring", "tirek_restoring"]
    await places.exchange()
    for dsn in (small.stack.dsn("tirek_intake"), small.data):
        with pytest.raises(asyncpg.ObjectNotInPrerequisiteStateError):
            await ask(dsn, "SELECT 1")
    code, said = await small.restore(*files)
    assert code == 0, said
    assert await ask(small.data, IDS) == ["i-a"]
    assert await ask(small.keys, KEPT) == ["p-a"]
    assert await ask(small.server, DATABASES) == ["tirek", "tirek_keys"]


async def test_what_fails_on_the_way_leaves_everything_as_it_was(small: Small) -> None:
    """A broker away, somebody connected, files of two ages; who insists is told the price."""
    await small.backup()
    older = backup_files(small.folder)
    await small.somebody("b")
    await small.backup()
    newer = backup_files(small.folder)
    guest = await asyncpg.connect(small.stack.dsn("tirek_notify"))
    code, said = await small.restore(f"--data={newer[0]}", "--replace")
    assert code == 1
    assert "still connected: tirek_notify. Stop the services first" in said
    await guest.close()
    code, said = await small.restore(f"--data={newer[0]}", "--replace", "--kafka=127.0.0.1:1")
    assert code == 1
    assert "Kafka does not answer at 127.0.0.1:1" in said
    mixed = [f"--data={newer[0]}", f"--keys={older[1]}", "--replace"]
    assert (await small.restore(*mixed))[0] == 1
    assert await ask(small.server, DATABASES) == ["tirek", "tirek_keys"]
    assert await ask(small.data, IDS) == ["i-a", "i-b"]

    await wipe(small.stack)
    code, said = await small.restore(*mixed, "--different-ages")
    assert code == 0, said
    assert "data and key store are of different ages: the key store is older" in said
    assert "no key for 1 of 2 people: their details cannot be read" in said
