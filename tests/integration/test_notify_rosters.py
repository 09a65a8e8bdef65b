"""Rosters over HTTP and by command: who keeps them, who reads them, who is on duty by them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from typer.testing import CliRunner

from deploy.cli.__main__ import app
from deploy.local.stack import Stack
from shared.security.tokens import Caller
from tests.support.notify_api import ADMINISTRATOR, WORKER, Api, notify_api, watches
from tests.support.tokens import token

NARYN = Caller("st-naryn", "ministry", frozenset({"coordinator"}), ("41704",))
OSH = Caller("st-osh", "ministry", frozenset({"coordinator"}), ("41706",))
ALWAYS = {
    "dtstart": "2026-01-01T00:00:00",
    "duration": "PT24H",
    "rrule": "FREQ=DAILY",
    "turns": None,
    "holidays": "as-ever",
}
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
        "windows": [ALWAYS],
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


def change(now: datetime, **fields: Any) -> dict[str, Any]:
    """The body of an override: from an hour ago for two days."""
    times = {"from": now - timedelta(hours=1), "to": now + timedelta(days=2)}
    return {each: at.isoformat() for each, at in times.items()} | {"reason": "illness"} | fields


async def on_duty(api: Api) -> list[str]:
    """Whom a colleague sees on duty now."""
    (tier,) = (await api.call(WORKER, "GET", "/on-duty?organisation=desk")).json()
    return [each["staff_id"] for each in tier["people"]]


OVERRIDES = "/rosters/desk-1/overrides"


async def test_who_stands_in_is_shown_called_and_alerted(api: Api) -> None:
    """The same people everywhere, in the order of the roster, until it is taken back; whoever made
    it stays on record."""
    await api.house.person("st-three", 3)
    now = await api.house.now()
    body = change(now, out="st-two", **{"in": "st-three"})
    for caller in (WORKER, NARYN):
        assert (await api.call(caller, "POST", OVERRIDES, body)).status_code == 403
    made = await api.call(ADMINISTRATOR, "POST", OVERRIDES, body)
    assert (made.status_code, made.json()["in"]["name"]) == (201, "Name st-three"), made.text
    assert await on_duty(api) == ["st-three", "st-one"]
    await api.house.request()
    told = {each["staff_id"] for each in await api.house.messages()}
    assert told == {"st-three", "st-one"}
    (offer,) = (await api.call(WORKER, "GET", "/offers?offer=offer-1")).json()
    (watch,) = offer["on_duty"]
    assert [each["staff_id"] for each in watch["people"]] == ["st-three", "st-one"]

    back = f"{OVERRIDES}/{made.json()['override_id']}"
    for _ in range(2):
        assert (await api.call(ADMINISTRATOR, "DELETE", back)).status_code == 204
    assert await on_duty(api) == ["st-two", "st-one"]
    assert (await api.call(ADMINISTRATOR, "DELETE", f"{OVERRIDES}/none")).status_code == 404
    async with api.house.db.transaction() as tx:
        kept = await tx.fetchrow("SELECT made_by, taken_back_by, reason FROM roster_overrides")
    assert kept is not None
    assert tuple(kept) == ("st-admin", "st-admin", "illness")


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("in", {"in": "st-nobody"}),
        ("in", {"in": "st-gone"}),
        ("in", {"in": "st-desk"}),
        ("out", {"out": "st-far"}),
        ("out", {}),
        ("from", {"in": "st-one", "from": "2026-11-24T20:00"}),
        ("reason", {"in": "st-one", "reason": "her own words"}),
    ],
)
async def test_an_override_that_cannot_be_is_refused(
    api: Api, field: str, changes: dict[str, Any]
) -> None:
    """By name of the field: whoever steps in serves and may take a case."""
    await api.house.person("st-gone", 4, active=False)
    await api.house.person("st-desk", 5, roles=frozenset({"reporter"}))
    body = change(await api.house.now(), **changes)
    answer = await api.call(ADMINISTRATOR, "POST", OVERRIDES, body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field


WEEKLY = {
    "dtstart": "2026-11-23T08:00",
    "duration": "PT12H",
    "rrule": "FREQ=DAILY",
    "holidays": "off",
    "turns": {
        "groups": [["st-one"], ["st-two", "st-one"]],
        "since": "2026-11-23T08:00",
        "every": "P1D",
    },
}


async def test_a_week_shows_turns_swaps_holidays_and_when_nobody_serves(api: Api) -> None:
    """The first days of 2027: a holiday until 7 January strikes the watches out, then two groups
    take turns by the day. To whoever may not see the roster there is no such week."""
    body = watches(people=["st-one", "st-two"], windows=[WEEKLY])
    assert (await api.call(ADMINISTRATOR, "PUT", "/rosters/desk-1", body)).status_code == 204
    eighth = {"from": "2027-01-08T14:00:00+06:00", "to": "2027-01-08T18:00:00+06:00"}
    swap = {"out": "st-one", "reason": "leave"} | eighth
    made = await api.call(ADMINISTRATOR, "POST", OVERRIDES, swap)
    assert made.status_code == 201, made.text
    path = "/rosters/week?organisation=desk&from=2027-01-07&days=3"
    for caller in (ADMINISTRATOR, WORKER, NARYN):
        week = (await api.call(caller, "GET", path)).json()
        assert [each["date"] for each in week["holidays"]] == ["2027-01-07"]
        assert [
            (each["from"][5:16], each["to"][5:16], [who["staff_id"] for who in each["people"]])
            for each in week["shifts"]
        ] == [
            ("01-08T02:00", "01-08T08:00", ["st-one"]),
            ("01-08T08:00", "01-08T12:00", []),
            ("01-08T12:00", "01-08T14:00", ["st-one"]),
            ("01-09T02:00", "01-09T14:00", ["st-two", "st-one"]),
        ]
        assert [each["empty"] for each in week["shifts"]] == [False, True, False, False]
        assert [(each["from"][5:16], each["to"][5:16]) for each in week["gaps"]] == [
            ("01-06T18:00", "01-08T02:00"),
            ("01-08T08:00", "01-08T12:00"),
            ("01-08T14:00", "01-09T02:00"),
            ("01-09T14:00", "01-09T18:00"),
        ]
        assert [each["override_id"] for each in week["overrides"]] == [made.json()["override_id"]]
    for caller in (OSH, ELSEWHERE):
        assert (await api.call(caller, "GET", path)).status_code == 404
    far = path.replace("2027", "2101")
    assert (await api.call(ADMINISTRATOR, "GET", far)).json()["errors"][0]["field"] == "from"


async def test_empty_shifts_are_found_in_a_territory(api: Api) -> None:
    """An organisation without a roster, and one whose only watch has nobody for a time; a page has
    as many as it may, and a worker is told nothing."""
    now = await api.house.now()
    for who in ("st-one", "st-two"):
        body = change(now, out=who)
        assert (await api.call(ADMINISTRATOR, "POST", OVERRIDES, body)).status_code == 201
    await api.house.organisation("osh", territories=("41706",))
    await api.house.on_duty("st-far", organisation="other")
    found = (await api.call(NARYN, "GET", "/rosters/gaps")).json()
    assert [(each["organisation"], each["rosters"]) for each in found["organisations"]] == [
        ("desk", 1),
        ("ministry", 0),
    ]
    ((gap,), (whole,)) = (each["gaps"] for each in found["organisations"])
    assert datetime.fromisoformat(gap["to"]) == now + timedelta(days=2)
    span = datetime.fromisoformat(whole["to"]) - datetime.fromisoformat(whole["from"])
    assert span == timedelta(days=7)
    first = (await api.call(ADMINISTRATOR, "GET", "/rosters/gaps?limit=1")).json()
    rest = (await api.call(ADMINISTRATOR, "GET", f"/rosters/gaps?cursor={first['next']}")).json()
    names = [each["organisation"] for page in (first, rest) for each in page["organisations"]]
    assert names == ["desk", "ministry", "osh"]
    assert (await api.call(WORKER, "GET", "/rosters/gaps")).status_code == 403


async def test_a_week_is_read_and_a_shift_swapped_by_command(api: Api) -> None:
    """``tirek roster swap``, ``week``, ``gaps`` and ``swap-back``."""
    day = (await api.house.now()).astimezone(api.house.deps.days.zone).date() + timedelta(days=1)
    span = ("--from", f"{day}T00:00:00+06:00", "--to", f"{day}T12:00:00+06:00")
    swap = await tirek(
        api, "roster", "swap", "desk-1", *span, "--out", "st-two", "--reason", "leave"
    )
    assert "Name st-two → –" in swap
    week = await tirek(api, "roster", "week", "desk", "--from", str(day))
    assert f"{day:%d.%m.%Y} 00:00" in week
    assert "Name st-two, Name st-one" in week
    assert "ministry" in await tirek(api, "roster", "gaps")
    await tirek(api, "roster", "swap-back", "desk-1", swap.partition(":")[0])
    assert "leave" not in await tirek(api, "roster", "week", "desk", "--from", str(day))
