"""The way back: checked to the last byte, put beside what is there, made ready, then exchanged.

Whatever fails before the exchange leaves everything as it was. After it the databases stay closed
until the topics are empty; whoever is interrupted runs the same command again.
"""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import asyncpg

from deploy.backup import again, erasures, heads, opening, topics
from deploy.backup.again import Again
from deploy.backup.erasures import Erased
from deploy.backup.errors import BackupError
from deploy.backup.files import Backup, Manifest
from deploy.backup.places import BESIDE, Places
from deploy.backup.server import Server, counted
from deploy.backup.taking import DATABASES
from services.intake.vault import Vault
from shared.bus.access import Access

MAJOR = "SELECT current_setting('server_version_num')::int / 10000"
PEOPLE = "SELECT person_id FROM intake.persons"
KEYS = "SELECT person_id FROM keys.data_keys"


class Shown(Protocol):
    """Where the steps are shown while they are taken."""

    def step(self, name: str, size: int) -> None:
        """A step of so many bytes begins."""
        ...

    def told(self, count: int) -> None:
        """So many more of them are done."""
        ...


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be restored, and what its operator has said about it."""

    backups: Mapping[str, Backup]
    """By kind: ``data``, ``keys`` or both."""
    erased: frozenset[str]
    kafka: Access
    replace: bool
    different_ages: bool
    secrets: Path
    """This machine's key files: the master key among them must open the key store."""
    without_details: bool
    """Restored although it does not, because the right one is lost."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What became of the restored data before anybody may see them."""

    erased: Erased
    unreadable: int
    """People in the data whose key is nowhere."""
    closed: int
    """People whose key is there and does not open with the secrets of this machine."""
    people: int
    again: Again


@dataclass(frozen=True, slots=True)
class Done:
    """What a restore did."""

    manifests: Mapping[str, Manifest]
    older: Sequence[str]
    """Schemas that migrations must bring forward before services start."""
    ready: Ready
    emptied: Sequence[str]


async def restore(server: Server, wish: Wish, shown: Shown) -> Done:
    """Does all of it; raises `BackupError`, and what asyncpg does when the server is lost."""
    manifests = _checked(wish, shown)
    older = [each for found in manifests.values() for each in heads.required_known(found.heads)]
    own = opening.vault(wish.secrets, without=wish.without_details)
    places = Places(server, [DATABASES[kind] for kind in manifests])
    await _required(server, wish, manifests, places)
    await places.make_beside()
    try:
        for kind, backup in wish.backups.items():
            await _put_beside(server, backup, manifests[kind], shown)
        ready = await _made_ready(server, wish, manifests.get("data"), own)
        await places.exchange()
    except BaseException:
        await places.clear()
        raise
    emptied = await topics.empty(wish.kafka) if "data" in wish.backups else []
    await places.open()
    return Done(manifests, older, ready, emptied)


def _checked(wish: Wish, shown: Shown) -> dict[str, Manifest]:
    """Every file to its last byte, that each is what it was given for, and how they fit."""
    manifests: dict[str, Manifest] = {}
    for kind, backup in wish.backups.items():
        shown.step(f"checking {kind}", backup.size)
        found = manifests[kind] = backup.checked(shown.told)
        if found.kind != kind:
            raise BackupError(f"{backup.path} holds {found.kind}, and was given for {kind}")
    if len({each.backup for each in manifests.values()}) > 1 and not wish.different_ages:
        data, keys = manifests["data"].at, manifests["keys"].at
        raise BackupError(
            f"these are of two backups: data of {data:%Y-%m-%d %H:%M:%S} UTC, keys of "
            f"{keys:%Y-%m-%d %H:%M:%S} UTC. Nothing was changed. Give --different-ages if it must "
            "be so: people reported after the older of the two will be missing or unreadable"
        )
    return manifests


async def _required(
    server: Server, wish: Wish, manifests: Mapping[str, Manifest], places: Places
) -> None:
    """All that can be known before anything is made. Raises `BackupError`."""
    await server.required()
    async with server.connected() as connection:
        major: int = await connection.fetchval(MAJOR)
    for found in manifests.values():
        if int(found.server.partition(".")[0]) > major:
            raise BackupError(
                f"it was taken from PostgreSQL {found.server}, this server is {major}"
            )
    if "data" in manifests:
        await topics.there(wish.kafka)
    await places.required_at_rest()
    holding = await places.holding()
    if holding and not wish.replace:
        raise BackupError(
            f"{' and '.join(holding)} on this server hold data: nothing was changed. "
            "Give --replace to put the backup in their place"
        )


async def _put_beside(server: Server, backup: Backup, manifest: Manifest, shown: Shown) -> None:
    database = DATABASES[manifest.kind] + BESIDE
    shown.step(f"restoring {manifest.kind}", backup.size)
    with backup.archive(shown.told) as archive:
        await server.restored(database, archive)
    async with server.connected(database) as connection:
        found = await counted(connection)
        await connection.execute("ANALYZE")
    if found != manifest.rows:
        wrong = sorted(name for name, _ in found.items() ^ manifest.rows.items())
        raise BackupError(f"rows are missing after the restore, in {', '.join(wrong)}")


async def _made_ready(
    server: Server, wish: Wish, data: Manifest | None, own: Vault | None
) -> Ready:
    """Looks whose details open, erases again, takes back what was published; ``data``: what is
    restored of them.

    Raises `BackupError` before it changes a key store that is in its place.
    """
    there = await server.databases(*DATABASES.values())

    def place(kind: str) -> str | None:
        name = DATABASES[kind]
        return name + BESIDE if kind in wish.backups else name if there.get(name) else None

    async with AsyncExitStack() as stack:
        at: dict[str, asyncpg.Connection] = {}
        for kind in DATABASES:
            if (name := place(kind)) is not None:
                at[kind] = await stack.enter_async_context(server.connected(name))
        if set(at) != set(DATABASES):
            missing = ", ".join(DATABASES[kind] for kind in DATABASES if kind not in at)
            raise BackupError(f"{missing} is not on this server: restore it too")
        people = await _ids(at["data"], PEOPLE)
        keys = await _ids(at["keys"], KEYS)
        if "keys" in wish.backups and there.get(DATABASES["keys"]):
            await _nobody_forgotten(server, people - keys)
        shut = await opening.closed(people, at["keys"], own)
        if not wish.without_details:
            opening.required_open(shut, len(people))
        erased = await erasures.apply(wish.erased, at["data"], at["keys"])
        keyless = people - await _ids(at["keys"], KEYS)
        waiting = await again.say_again(at["data"], wish.secrets, data) if data else Again()
    return Ready(erased, len(keyless), shut, len(people), waiting)


async def _nobody_forgotten(server: Server, keyless: set[str]) -> None:
    """Raises `BackupError` if keys would go that are there now, and that somebody needs."""
    async with server.connected(DATABASES["keys"]) as connection:
        if await connection.fetchval("SELECT to_regclass('keys.data_keys') IS NULL"):
            return
        lost = keyless & await _ids(connection, KEYS)
    if lost:
        raise BackupError(
            f"the key store on this server has the keys of {len(lost)} people that the backup of "
            "keys has not: nobody could read their details again. Nothing was changed. Leave "
            "--keys out: the key store that is there is the better one"
        )


async def _ids(connection: asyncpg.Connection, question: str) -> set[str]:
    return {row["person_id"] for row in await connection.fetch(question)}
