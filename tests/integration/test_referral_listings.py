"""The directory says each organisation once, and again whenever it is otherwise or gone."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio
import yaml

from deploy.local.stack import ROOT, Stack
from services.referral.directory.file import LiveDirectory
from services.referral.handlers import listings
from services.referral.jobs import LISTINGS, listings_job
from shared.errors import Unavailable
from shared.jurisdiction.live import LiveJurisdiction
from shared.runtime.jobs import run_job
from shared.settings import JURISDICTION
from tests.stack import scratch
from tests.support.eventually import eventually
from tests.support.ledgers import forget
from tests.support.referral_house import House, opened, worker

SAID = """
SELECT key, subject, aggregate_version, document FROM outbox
WHERE type = 'tirek.organisation.changed.v1' AND id > $1 ORDER BY id
"""
Said = tuple[str, str, tuple[str, ...], bool, int]
"""Organisation, kind, territories, whether it is listed, version."""


@pytest_asyncio.fixture(scope="module")
async def own() -> AsyncIterator[Stack]:
    """A database in which nobody else says anything."""
    async with scratch("referral.migrate") as stack:
        yield stack


@pytest_asyncio.fixture
async def house(own: Stack, tmp_path: Path) -> AsyncIterator[House]:
    """Referral with a directory of two organisations, of which nothing was said yet."""
    async with opened(own) as house:
        async with house.db.transaction() as tx:
            await tx.execute("DELETE FROM listing")
        await forget(own, "referral")
        yield with_directory(house, tmp_path)


def organisation(name: str, **changes: Any) -> dict[str, Any]:
    """One of the file, without a service."""
    location = {"kind": "contact-point", "name": "x", "territory": "41711202000000"}
    return {
        "id": name,
        "name": "Made up",
        "kind": "crisis-centre",
        "verified_on": "2026-11-23",
        "locations": [location],
    } | changes


def write(folder: Path, *organisations: dict[str, Any]) -> Path:
    """The file, replaced as whoever edits it does."""
    new = folder / "directory.new"
    new.write_text(yaml.safe_dump({"organizations": list(organisations)}), encoding="utf-8")
    return new.replace(folder / "directory.yaml")


def with_directory(house: House, folder: Path) -> House:
    """Another process of referral, which reads the directory in this folder."""
    path = folder / "directory.yaml"
    if not path.exists():
        write(folder, organisation("alpha"), organisation("beta"))
    return replace(house, deps=replace(house.deps, live=LiveDirectory(path, house.deps.country)))


async def test_a_case_that_is_open_keeps_the_deadlines_it_was_opened_under(
    house: House, tmp_path: Path
) -> None:
    """The file changes while all runs: the next case has the new ones, no restart between."""
    folder = Path(shutil.copytree(ROOT / JURISDICTION, tmp_path / "country"))
    country = LiveJurisdiction(folder)
    house = replace(house, deps=replace(house.deps, country=country))
    before = await house.reported()
    text = (folder / "policies.yaml").read_text(encoding="utf-8")
    changed = text.replace("version: kg-", "version: next-").replace("ack: PT30M", "ack: PT31M")
    (folder / "policies.yaml").write_text(changed, encoding="utf-8")
    assert await country.refresh()
    after = await house.reported()
    assert (await house.again(before)).policy == before.policy
    assert after.policy.ack - before.policy.ack == timedelta(minutes=1)
    assert after.policy.version != before.policy.version


async def look(house: House) -> list[Said]:
    """One look of the job, committed; what it said."""
    async with house.db.transaction() as tx:
        last = await tx.fetchval("SELECT coalesce(max(id), 0) FROM outbox")
    async with house.db.transaction() as tx:
        await listings_job(house.deps)(tx)
    return await said(house, last)


async def look_and_die(house: House) -> None:
    """One look whose connection is lost when all is written, and nothing committed."""
    async with house.db.transaction() as tx:
        await listings_job(house.deps)(tx)
        await tx.flush()
        await tx.execute("SELECT pg_terminate_backend(pg_backend_pid())")


async def said(house: House, after: int = 0) -> list[Said]:
    """What was said of organisations since a row of the outbox, in order."""
    async with house.db.transaction() as tx:
        rows = await tx.fetch(SAID, after)
    found = []
    for row in rows:
        data = orjson.loads(row["document"])["data"]
        assert row["key"] == row["subject"] == data["organisation"]
        where = tuple(data["territories"])
        entry = (data["organisation"], data["kind"], where, data["listed"])
        found.append((*entry, row["aggregate_version"]))
    return found


WHERE = ("41711202000000",)
ALPHA = ("alpha", "crisis-centre", WHERE, True, 1)
BETA = ("beta", "crisis-centre", WHERE, True, 1)


async def test_the_first_look_says_everybody_and_the_next_nobody(house: House) -> None:
    """Whoever listens knows every organisation, each in its first version."""
    assert await look(house) == [ALPHA, BETA]
    assert await look(house) == []


async def test_a_changed_kind_is_said_once(house: House, tmp_path: Path) -> None:
    """From it others know who is police."""
    await look(house)
    write(tmp_path, organisation("alpha", kind="police"), organisation("beta"))
    assert await look(house) == [("alpha", "police", WHERE, True, 2)]
    assert await look(house) == []


async def test_what_is_removed_is_said_as_such_and_what_returns_is_said_again(
    house: House, tmp_path: Path
) -> None:
    """Each once, and in a version further each time."""
    await look(house)
    write(tmp_path, organisation("alpha"))
    assert await look(house) == [("beta", "crisis-centre", WHERE, False, 2)]
    assert await look(house) == []
    write(tmp_path, organisation("alpha"), organisation("beta"))
    assert await look(house) == [("beta", "crisis-centre", WHERE, True, 3)]
    assert await look(house) == []


async def test_a_look_that_dies_before_its_commit_has_said_nothing(house: House) -> None:
    """The table and the outbox go together: the next look says it all, in the same versions."""
    with pytest.raises(Unavailable):
        await look_and_die(house)
    assert await said(house) == []
    assert await look(house) == [ALPHA, BETA]


async def test_of_two_workers_one_says_it(house: House, tmp_path: Path) -> None:
    """One has the turn; the other finds nothing to say, during it and after it."""
    other = with_directory(house, tmp_path)
    async with house.db.transaction() as tx:
        await listings_job(house.deps)(tx)
        assert await look(other) == []
    assert await said(house) == [ALPHA, BETA]
    assert await look(other) == []


async def test_who_has_the_turn_reads_the_file_then(house: House, tmp_path: Path) -> None:
    """A worker that read an older file does not take back what another has said of a newer one."""
    other = with_directory(house, tmp_path)
    write(tmp_path, organisation("alpha", kind="police"), organisation("beta"))
    await look(house)
    assert other.deps.directory.organisations["alpha"].kind == "crisis-centre"
    assert await look(other) == []


async def test_of_a_file_that_cannot_be_right_nothing_is_said(house: House, tmp_path: Path) -> None:
    """Neither by a worker whose last good directory is the one before; then what is right is."""
    other = with_directory(house, tmp_path)
    write(tmp_path, organisation("alpha", kind="police"), organisation("beta"))
    assert await look(house) != []
    write(tmp_path, organisation("alpha", kind="circus"))
    assert await look(house) == []
    assert await look(other) == []
    (tmp_path / "directory.yaml").unlink()
    assert await look(other) == []
    write(tmp_path, organisation("alpha", kind="police"))
    assert await look(other) == [("beta", "crisis-centre", WHERE, False, 2)]


async def test_a_large_directory_is_said_in_parts(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transaction stays small; the job looks again at once until all is said."""
    monkeypatch.setattr(listings, "MOST", 1)
    job = asyncio.create_task(
        run_job("listings", house.db, listings_job(house.deps), replace(LISTINGS, longest=60))
    )

    async def all_said() -> bool:
        return await said(house) == [ALPHA, BETA]

    try:
        await eventually(all_said, within=20)
    finally:
        job.cancel()
        with suppress(asyncio.CancelledError):
            await job


async def test_nobody_but_the_system_sees_what_was_said(house: House) -> None:
    """A caller over HTTP has no business with the table."""
    await look(house)
    async with house.as_seen_by(worker("alpha")) as tx:
        assert await tx.fetchval("SELECT count(*) FROM listing") == 0
