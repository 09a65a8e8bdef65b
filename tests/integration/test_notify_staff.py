"""The register is said: each change at once, and everybody who would be said otherwise by now."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from deploy.provision.secrets import new_secret, read_set, write_set
from services.notify import app
from services.notify.jobs import REGISTER, register_job
from services.notify.people import handlers
from services.notify.people.model import Person
from shared import key_files
from shared.db import Tx
from shared.errors import Invalid, Unavailable
from shared.runtime.jobs import run_job
from shared.security.tags import FILE
from tests.stack import scratch
from tests.support.eventually import eventually
from tests.support.notify import House, house, phone
from tests.support.waiting import lock_waits

SAID = """
SELECT key, subject, aggregate_version, document FROM outbox
WHERE type = 'tirek.staff.changed.v1' AND id > $1 ORDER BY id
"""
Said = dict[str, Any]


@pytest_asyncio.fixture(scope="module")
async def own() -> AsyncIterator[Stack]:
    """A database in which nobody else says anything."""
    async with scratch("notify.migrate") as stack:
        yield stack


@pytest_asyncio.fixture
async def one(own: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """Notify with a desk of two of whom nothing was said yet, as after an upgrade.

    Its key files are its own, and looked at every time.
    """
    monkeypatch.setattr(key_files, "LOOK_EVERY", 0.0)
    keys = tmp_path / "keys"
    shutil.copytree(own.keys("notify"), keys)
    async with house(own) as made:
        made.settings = made.settings.model_copy(update={"keys_dir": keys})
        made.deps = app.make_deps(made.settings)
        await made.organisation()
        await made.person("st-one", 1)
        await made.person("st-two", 2)
        yield made


async def put(one: House, staff_id: str = "st-one", **changes: Any) -> None:
    """An administrator enters somebody; left out: with the phone of st-one."""
    fields: dict[str, Any] = {
        "staff_id": staff_id,
        "name": f"Name {staff_id}",
        "organisation": "desk",
        "organisation_kind": "",
        "roles": frozenset({"worker"}),
        "languages": ("ru",),
        "phone": phone(1),
    }
    async with one.db.transaction() as tx:
        await enter(one, tx, Person(**fields | changes))


async def enter(one: House, tx: Tx, person: Person) -> None:
    """The same, in a transaction that is open."""
    deps = one.deps
    await handlers.put_person(deps.jurisdiction, deps.exclusions, tx, person, "st-admin")


async def look(one: House) -> list[Said]:
    """The job's steps until it sleeps, each committed; what they said."""
    last, step = await newest(one), register_job(one.deps)
    more = True
    while more:
        async with one.db.transaction() as tx:
            more = await step(tx) is not None
    return await said(one, last)


async def look_and_die(one: House) -> None:
    """One step whose connection is lost when all is written, and nothing committed."""
    async with one.db.transaction() as tx:
        await register_job(one.deps)(tx)
        await tx.flush()
        await tx.execute("SELECT pg_terminate_backend(pg_backend_pid())")


async def newest(one: House) -> int:
    """The last row of the outbox."""
    async with one.db.transaction() as tx:
        return int(await tx.fetchval("SELECT coalesce(max(id), 0) FROM outbox"))


async def said(one: House, after: int = 0) -> list[Said]:
    """What was said of people since a row of the outbox: the body, its version, its act."""
    async with one.db.transaction() as tx:
        rows = await tx.fetch(SAID, after)
    found = []
    for row in rows:
        document = orjson.loads(row["document"])
        assert row["key"] == row["subject"] == document["data"]["staff_id"]
        act = document.get("act")
        found.append(document["data"] | {"version": row["aggregate_version"], "act": act})
    return found


def versions(found: list[Said]) -> list[tuple[str, int]]:
    """Of whom, and in which version."""
    return [(each["staff_id"], each["version"]) for each in found]


def tags_of(one: House, staff_id: str, number: int) -> list[str]:
    """Under which somebody of the desk could be excluded."""
    tagger, numbers = one.deps.exclusions.tagger, [phone(number)]
    return sorted(tagger.person(staff_id, f"Name {staff_id}", "desk", numbers, ["41704"]))


async def test_who_is_entered_is_said_at_once(one: House) -> None:
    """With the organisation, roles, tags and whoever entered them; no name and no number."""
    await put(one, "st-new", phone=phone(3), roles=frozenset({"worker", "coordinator"}))
    [found] = await said(one)
    assert found["act"]["actor"] == "st-admin"
    assert found | {"act": None} == {
        "staff_id": "st-new",
        "organisation": "desk",
        "roles": ["coordinator", "worker"],
        "active": True,
        "tags": tags_of(one, "st-new", 3),
        "organisation_kind": "crisis-centre",
        "version": 1,
        "act": None,
    }


@pytest.mark.parametrize(
    "change",
    [
        {"phone": phone(9)},
        {"name": "Айгуль Үлгү"},
        {"organisation": "other"},
        {"roles": frozenset({"coordinator"})},
        {"active": False},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_what_concerns_others_is_said_in_the_next_version(
    one: House, change: dict[str, Any]
) -> None:
    """In the transaction that changes the entry; the job finds nothing left to say."""
    await one.organisation("other")
    await put(one)
    before = await newest(one)
    await put(one, **change)
    assert versions(await said(one, before)) == [("st-one", 2)]
    assert versions(await look(one)) == [("st-two", 1)]


async def test_a_number_that_somebody_had_stays_theirs_to_be_known_by(one: House) -> None:
    """They changed it after they were accused under it: still they hear nothing, and whoever first
    hears of them now is told of it too."""
    await put(one)
    await put(one, phone=phone(9))
    await put(one, phone=phone(8))
    assert set((await said(one))[-1]["tags"]) > set(tags_of(one, "st-one", 1))
    await one.on_duty("st-one", "st-two")
    tags = one.deps.exclusions.tagger.phone(phone(1))
    await one.request(excluded_people=one.excluding(tags=tags))
    assert {each["staff_id"] for each in await one.messages()} == {"st-two"}


async def test_what_says_nothing_new_is_not_said(one: House) -> None:
    """The same entry again, another mail address or language; a number that is taken away, by which
    they are still known."""
    await put(one)
    before = await newest(one)
    await put(one)
    await put(one, phone=None)
    await put(one, email="one@tirek.example", languages=("ky",))
    assert await said(one, before) == []


async def test_of_a_refused_entry_nothing_is_said(one: House) -> None:
    """The register and what is said of it commit together."""
    with pytest.raises(Invalid):
        await put(one, organisation="nowhere")
    assert await said(one) == []


async def test_after_an_upgrade_everybody_is_said_once(one: House) -> None:
    """Also who serves no more: they may still be excluded."""
    await one.person("st-gone", 3, active=False)
    first = await look(one)
    assert versions(first) == [("st-gone", 1), ("st-one", 1), ("st-two", 1)]
    assert [each["active"] for each in first] == [False, True, True]
    assert [each["act"] for each in first] == [None] * 3
    assert await look(one) == []


async def test_that_an_organisation_is_a_police_unit_is_said_of_all_who_serve_there(
    one: House,
) -> None:
    """Whoever hears it hides from each of them what excludes one."""
    await look(one)
    await one.organisation(kind="police")
    found = await look(one)
    assert versions(found) == [("st-one", 2), ("st-two", 2)]
    assert {each["organisation_kind"] for each in found} == {"police"}


async def test_what_the_release_before_changed_is_found(one: House) -> None:
    """It writes the entry and says nothing."""
    await look(one)
    await one.person("st-one", 9)
    [found] = await look(one)
    assert (found["tags"], found["version"]) == (tags_of(one, "st-one", 9), 2)


async def test_under_a_new_key_of_tags_everybody_is_said_once(one: House) -> None:
    """Under both keys, while the process runs: cases of either are hidden."""
    await look(one)
    old = {name: tags_of(one, name, number) for name, number in (("st-one", 1), ("st-two", 2))}
    path = one.settings.keys_dir / FILE
    write_set(path, [new_secret("tags.2"), *read_set(path)])
    found = await look(one)
    assert versions(found) == [("st-one", 2), ("st-two", 2)]
    for each in found:
        assert set(old[each["staff_id"]]) < set(each["tags"])
        assert len(each["tags"]) == 2 * len(old[each["staff_id"]])
    assert await look(one) == []
    before = await newest(one)
    await put(one)
    assert await said(one, before) == []


async def test_of_two_workers_one_says_it(one: House) -> None:
    """One has the turn; the other finds nothing to say, during it and after it."""
    async with one.db.transaction() as tx:
        await register_job(one.deps)(tx)
        assert await look(one) == []
    assert versions(await said(one)) == [("st-one", 1), ("st-two", 1)]
    assert await look(one) == []


async def test_a_look_that_dies_before_its_commit_has_said_nothing(one: House) -> None:
    """The register and the outbox go together: the next look says it all, in the same versions."""
    with pytest.raises(Unavailable):
        await look_and_die(one)
    assert await said(one) == []
    assert versions(await look(one)) == [("st-one", 1), ("st-two", 1)]


async def test_a_look_waits_for_a_change_and_says_nothing_older(one: House) -> None:
    """The entry that it found unsaid is being changed: that change is what is said, once."""
    person = Person(
        staff_id="st-one", name="Name st-one", organisation="desk", organisation_kind="",
        roles=frozenset({"worker"}), languages=("ru",), phone=phone(9),
    )  # fmt: skip
    async with one.db.transaction() as tx:
        await enter(one, tx, person)
        await tx.flush()
        looking = asyncio.create_task(look(one))

        async def waits() -> bool:
            return bool(await lock_waits(tx))

        await eventually(waits, within=20)
    await looking
    first, second = await said(one)
    assert versions([first, second]) == [("st-one", 1), ("st-two", 1)]
    assert first["tags"] == sorted({*tags_of(one, "st-one", 1), *tags_of(one, "st-one", 9)})


async def test_a_large_register_is_said_in_parts(
    one: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transaction stays small; the worker's job looks again at once until all is said."""
    monkeypatch.setattr(handlers, "MOST", 1)
    job = asyncio.create_task(
        run_job("register", one.db, register_job(one.deps), replace(REGISTER, longest=60))
    )

    async def all_said() -> bool:
        return versions(await said(one)) == [("st-one", 1), ("st-two", 1)]

    try:
        await eventually(all_said, within=20)
    finally:
        job.cancel()
        with suppress(asyncio.CancelledError):
            await job
