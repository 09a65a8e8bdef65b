"""Organisations as the directory says them: heard in order, kept for ever, entered by nobody."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from typer.testing import CliRunner

from deploy.cli.__main__ import app
from deploy.local.stack import Stack
from services.notify import cli
from services.notify.__main__ import MIGRATIONS
from services.referral.directory.file import read_directory
from shared.errors import Unprocessable
from shared.events.notify import AlertUnreachable
from shared.runtime import migrate
from tests.support.notify import House
from tests.support.notify_api import ADMINISTRATOR, WORKER, Api, entry, notify_api, watches
from tests.support.tokens import token

SAMPLES = Path("deploy/samples")
COPY = """
INSERT INTO organisations (organisation, kind, territories, changed_at, changed_by)
VALUES ('copied', 'police', '{41704}', now(), 'st-admin')
ON CONFLICT (organisation) DO UPDATE SET kind = excluded.kind
"""
"""How the release before writes an organisation."""


@pytest_asyncio.fixture
async def api(stack: Stack) -> AsyncIterator[Api]:
    """The crisis centre ``desk``, and st-one and st-two in it."""
    async with notify_api(stack) as one:
        yield one


async def kept(house: House, name: str = "desk") -> tuple[Any, ...]:
    """Kind, whether it is listed, and the version last heard."""
    async with house.db.transaction() as tx:
        row = await tx.fetchrow(
            "SELECT kind, listed, version FROM organisations WHERE organisation = $1", name
        )
    return tuple(row) if row else ()


async def reasons(house: House) -> list[str]:
    """Why offers could not be alerted."""
    return [said["reason"] for said in await house.said(AlertUnreachable)]


# --- what is heard -------------------------------------------------------------------------------


async def test_what_is_heard_is_kept_and_what_is_older_has_no_effect(api: Api) -> None:
    """In whatever order it comes, and however often: the version decides."""
    for version, kind in ((7, "police"), (7, "crisis-centre"), (6, "crisis-centre")):
        await api.house.organisation(kind=kind, version=version)
    assert await kept(api.house) == ("police", True, 7)
    await api.house.organisation(kind="crisis-centre", version=8)
    assert await kept(api.house) == ("crisis-centre", True, 8)


async def test_who_is_police_decides_whom_an_exclusion_hits(api: Api) -> None:
    """A colleague of the accused is told until the directory says that they serve in the police."""
    here = api.house
    await here.on_duty("st-one")
    excluded = here.excluding(["st-two"])
    await here.request(excluded_people=excluded)
    assert [message["staff_id"] for message in await here.messages()] == ["st-one"]
    await here.organisation(kind="police")
    await here.request(offer_id="offer-2", alert_id="alert-2", excluded_people=excluded)
    assert await reasons(here) == ["unit-excluded"]
    assert len(await here.messages()) == 1


async def test_a_removed_organisation_stays_what_it_was(api: Api) -> None:
    """An accused who serves there still excludes the unit, whatever kind the removal names."""
    here = api.house
    await here.organisation(kind="police")
    await here.organisation(kind="crisis-centre", listed=False)
    kind, listed, _ = await kept(here)
    assert (kind, listed) == ("police", False)
    await here.on_duty("st-one")
    await here.request(excluded_people=here.excluding(["st-two"]))
    assert await reasons(here) == ["unit-excluded"]
    await here.organisation(kind="crisis-centre")
    assert (await kept(here))[:2] == ("crisis-centre", True)


async def test_one_of_which_only_the_removal_was_heard_is_known(api: Api) -> None:
    """People who served there can be entered, and are looked for among the excluded."""
    await api.house.organisation("police-old", "police", listed=False)
    old = entry(organisation="police-old", active=False)
    answer = await api.call(ADMINISTRATOR, "PUT", "/people/st-old", old)
    assert answer.json()["organisation_kind"] == "police"


@pytest.mark.parametrize("wrong", [{"kind": "polcie"}, {"territories": ("9",)}])
async def test_what_nobody_can_read_is_parked_and_changes_nothing(
    api: Api, wrong: dict[str, Any]
) -> None:
    """A kind or a place that the jurisdiction does not have is for a person to look at."""
    before = await kept(api.house)
    with pytest.raises(Unprocessable, match="desk"):
        await api.house.organisation(**wrong)
    assert await kept(api.house) == before


async def test_the_copy_from_before_stands_until_the_first_word_of_an_organisation(
    stack: Stack,
) -> None:
    """An upgrade forgets nobody, and what the release before still writes is no newer than that."""
    name = f"tirek_upgrade_{uuid4().hex[:8]}"
    superuser = await asyncpg.connect(stack.superuser())
    await superuser.execute(f"CREATE DATABASE {name}")
    owner = await asyncpg.connect(stack.superuser(name))
    try:
        await owner.execute("CREATE SCHEMA notify AUTHORIZATION tirek_notify_owner")
        dsn = stack.dsn("tirek_notify_owner").rpartition("/")[0] + f"/{name}"
        await asyncio.to_thread(migrate.upgrade, MIGRATIONS, dsn, "notify", "0005")
        await owner.execute("SET search_path = notify")
        await owner.execute(COPY)
        await asyncio.to_thread(migrate.upgrade, MIGRATIONS, dsn, "notify")
        for _ in range(2):
            rows = await owner.fetch("SELECT kind, listed, version FROM organisations")
            assert [tuple(row) for row in rows] == [("police", True, 0)]
            await owner.execute(COPY)
    finally:
        await owner.close()
        await superuser.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await superuser.close()


async def test_the_first_word_of_an_organisation_replaces_the_copy(api: Api) -> None:
    """Any version is newer than what was never heard."""
    async with api.house.db.transaction() as tx:
        await tx.execute(COPY)
    answer = await api.call(ADMINISTRATOR, "PUT", "/people/st-asel", entry(organisation="copied"))
    assert answer.json()["organisation_kind"] == "police"
    await api.house.organisation("copied", "crisis-centre", version=1)
    assert await kept(api.house, "copied") == ("crisis-centre", True, 1)


# --- what is entered -----------------------------------------------------------------------------


async def test_an_organisation_is_entered_by_nobody_any_more(api: Api) -> None:
    """Whoever could do it is told where it is done now; nobody else is told anything new."""
    for body in (None, {"kind": "police"}, {"nonsense": 1}):
        answer = await api.call(ADMINISTRATOR, "PUT", "/organisations/desk", body)
        assert answer.status_code == 410, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert "directory" in answer.json()["detail"]
    assert (await api.call(WORKER, "PUT", "/organisations/desk")).status_code == 403
    assert (await api.http.put("/organisations/desk")).status_code == 401
    assert (await kept(api.house))[0] == "crisis-centre"


async def test_a_removed_organisation_takes_nobody_new_and_keeps_whom_it_has(api: Api) -> None:
    """Who is there can be changed and leave; who left before can still be entered."""
    await api.house.organisation("other")
    await api.house.organisation(listed=False)

    async def put(staff_id: str, **fields: Any) -> Any:
        return await api.call(ADMINISTRATOR, "PUT", f"/people/{staff_id}", entry(**fields))

    refused = await put("st-new")
    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"] == [
        {"field": "organisation", "message": "is no longer in the directory"}
    ]
    assert (await put("st-one", phone="0000 000 007")).status_code == 200
    assert (await put("st-one", active=False)).status_code == 200
    assert (await put("st-left", active=False)).status_code == 200
    assert (await put("st-two", organisation="other")).status_code == 200
    assert (await put("st-two")).status_code == 422


async def test_a_removed_organisation_takes_no_new_roster_and_keeps_what_it_has(api: Api) -> None:
    """An offer may still be open there, and somebody must stand in."""
    first = await api.call(ADMINISTRATOR, "PUT", "/rosters/desk-1", watches())
    assert first.status_code == 204
    await api.house.organisation(listed=False)
    changed = await api.call(ADMINISTRATOR, "PUT", "/rosters/desk-1", watches(people=["st-two"]))
    assert changed.status_code == 204
    new = await api.call(ADMINISTRATOR, "PUT", "/rosters/desk-2", watches(tier=2))
    assert new.status_code == 422
    assert new.json()["errors"][0]["field"] == "organisation"


# --- loading files -------------------------------------------------------------------------------


def tirek(stack: Stack, what: str, file: Path, **changes: str) -> Awaitable[Any]:
    """``tirek people load`` or ``tirek roster load``, as an administrator."""
    surroundings = {
        "TIREK_NOTIFY_URL": stack.url("notify"),
        "TIREK_TOKEN": token(stack, ADMINISTRATOR),
    }
    words = [what, "load", str(file)]
    return asyncio.to_thread(CliRunner().invoke, app, words, env=surroundings | changes)


async def test_the_sample_files_are_loaded_over_the_api(stack: Stack, api: Api) -> None:
    """`tirek people load`, `tirek roster load`; twice is once. It takes an administrator."""
    await stack.ensure("notify.serve")
    directory = read_directory(SAMPLES / "directory.yaml", api.house.deps.jurisdiction)
    for unit in directory.organisations.values():
        await api.house.organisation(unit.id, unit.kind)
    files = {"people": SAMPLES / "people.yaml", "roster": SAMPLES / "rosters.yaml"}
    for _ in range(2):
        for what, file in files.items():
            loaded = await tirek(stack, what, file)
            assert (loaded.exit_code, loaded.stderr) == (0, ""), loaded.output
    assert await api.names(ADMINISTRATOR, "sezim-bishkek")
    for what, file in files.items():
        refused = await tirek(stack, what, file, TIREK_TOKEN=token(stack, WORKER))
        assert (refused.exit_code, "not for this role" in refused.stderr) == (1, True)
        absent = await tirek(stack, what, file, TIREK_NOTIFY_URL="http://127.0.0.1:9")
        assert (absent.exit_code, "does not answer" in absent.stderr) == (1, True)


PERSON = """
people:
  - {staff_id: st-new, name: Somebody New, organisation: late, organisation_kind: ngo,
     roles: [worker], languages: [ru]}
"""


async def test_a_load_waits_for_an_organisation_and_says_so(
    stack: Stack, api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes on by itself once the directory has been heard."""
    await stack.ensure("notify.serve")
    loop, waiting = asyncio.get_running_loop(), asyncio.Event()

    def waits(seconds: float) -> None:
        loop.call_soon_threadsafe(waiting.set)
        time.sleep(seconds / 10)

    monkeypatch.setattr(cli, "sleep", waits)
    file = tmp_path / "people.yaml"
    file.write_text(PERSON, encoding="utf-8")
    loading = asyncio.ensure_future(tirek(stack, "people", file))
    await waiting.wait()
    await api.house.organisation("late")
    loaded = await loading
    assert loaded.exit_code == 0, loaded.output
    assert "hears of late" in loaded.stderr
    assert await api.names(ADMINISTRATOR, "late") == ["st-new"]


async def test_a_load_does_not_wait_for_ever(
    stack: Stack, api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says which organisation is missing, and where to look."""
    await stack.ensure("notify.serve")
    monkeypatch.setattr(cli, "WITHIN", 0.0)
    file = tmp_path / "people.yaml"
    file.write_text(PERSON, encoding="utf-8")
    given_up = await tirek(stack, "people", file)
    assert given_up.exit_code == 1
    assert "people/st-new" in given_up.stderr
    assert "directory.yaml" in given_up.stderr
    assert await api.names(ADMINISTRATOR, "late") == []
