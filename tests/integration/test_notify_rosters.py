"""Rosters over HTTP and by command: who keeps them, who reads them, who is on duty by them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from typer.testing import CliRunner

from deploy.cli.__main__ import app
from deploy.local.stack import Stack
from shared.security.tokens import Caller
from tests.support.notify_api import ADMINISTRATOR, WORKER, Api, notify_api, watches
from tests.support.tokens import token

NARYN = Caller("st-naryn", "ministry", frozenset({"coordinator"}), ("41704",))
OSH = Caller("st-osh", "ministry", frozenset({"coordinator"}), ("41706",))
ELSEWHERE = Caller("st-far", "other", frozenset({"worker"}))


@pytest_asyncio.fixture
async def api(stack: Stack) -> AsyncIterator[Api]:
    """A crisis centre in Naryn with two workers, its roster, and whoever calls."""
    async with notify_api(stack) as one:
        for name in ("ministry", "other"):
            await one.house.organisation(name)
        for caller in (NARYN, OSH, ELSEWHERE):
            await one.house.person(caller.staff_id, organisation=caller.organisation)
        body = watches(people=["st-two", "st-one"], phone="+996000200998")
        assert (await one.call(ADMINISTRATOR, "PUT", "/rosters/desk-1", body)).status_code == 204
        yield one


async def tirek(api: Api, *words: str) -> Any:
    """A command, as an administrator, in English."""
    stack = api.house.stack
    await stack.ensure("notify.serve")
    given = {
        "TIREK_NOTIFY_URL": stack.url("notify"),
        "TIREK_TOKEN": token(stack, ADMINISTRATOR),
        "TIREK_LANG": "en",
    }
    done = await asyncio.to_thread(CliRunner().invoke, app, list(words), env=given)
    assert done.exit_code == 0, done.output
    return done.output


async def test_a_roster_is_read_by_the_role_table(api: Api) -> None:
    """Whoever keeps it reads all of it; a coordinator of its territory and its own workers names
    alone; to anybody else it is one that is not there."""
    whole = (await api.call(ADMINISTRATOR, "GET", "/rosters/desk-1")).json()
    assert whole == {
        "roster_id": "desk-1",
        "organisation": "desk",
        "tier": 1,
        "people": [{"staff_id": each, "name": f"Name {each}"} for each in ("st-two", "st-one")],
        "windows": [{"dtstart": "2026-01-01T00:00:00", "duration": "PT24H", "rrule": "FREQ=DAILY"}],
        "phone": "+996000200998",
    }
    missing = await api.call(WORKER, "GET", "/rosters/none")
    for caller, seen in ((ADMINISTRATOR, True), (WORKER, True), (NARYN, True)):
        listed = await api.call(caller, "GET", "/rosters?organisation=desk")
        assert [each["people"] for each in listed.json()] == [whole["people"]] * seen
        assert ("+996" in listed.text) is (caller is ADMINISTRATOR)
    for caller in (OSH, ELSEWHERE):
        assert (await api.call(caller, "GET", "/rosters?organisation=desk")).json() == []
        hidden = await api.call(caller, "GET", "/rosters/desk-1")
        assert (hidden.status_code, hidden.json()) == (missing.status_code, missing.json())


async def test_a_roster_is_removed_by_an_administrator_and_what_it_said_is_kept(api: Api) -> None:
    """Nobody is on duty by it any more; who removed it stands beside what it was."""
    for caller in (WORKER, NARYN):
        assert (await api.call(caller, "DELETE", "/rosters/desk-1")).status_code == 403
    assert (await api.call(ADMINISTRATOR, "DELETE", "/rosters/desk-1")).status_code == 204
    assert (await api.call(ADMINISTRATOR, "DELETE", "/rosters/desk-1")).status_code == 404
    assert (await api.call(WORKER, "GET", "/on-duty?organisation=desk")).json() == []
    async with api.house.db.transaction() as tx:
        kept = await tx.fetch("SELECT roster_id, people, removed_by FROM rosters_removed")
    assert [tuple(each) for each in kept] == [("desk-1", ["st-two", "st-one"], "st-admin")]


async def test_rosters_are_listed_shown_and_removed_by_command(api: Api) -> None:
    """``tirek roster list``, ``show`` and ``remove``."""
    for words in (("list", "desk"), ("show", "desk-1")):
        shown = await tirek(api, "roster", *words)
        assert "desk-1: tier 1, +996000200998" in shown
        assert "st-two: Name st-two" in shown
    await tirek(api, "roster", "remove", "desk-1")
    assert "no roster" in await tirek(api, "roster", "list", "desk")
