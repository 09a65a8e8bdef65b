"""Calendars: one secret address a person, at which their own watches are read without a token."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import httpx
import pytest_asyncio

from deploy.local.stack import Stack
from services.notify.calendar.handlers import MOST
from tests.stack import turn_clock
from tests.support.notify_api import ADMINISTRATOR, WORKER, Api, notify_api, watches

NIGHTS = {"dtstart": "2026-01-01T20:00", "duration": "PT12H", "rrule": "FREQ=DAILY"}
WEEKLY = NIGHTS | {
    "turns": {"groups": [["st-one"], ["st-two"]], "since": "2026-01-01T20:00", "every": "P7D"}
}
SECRET = "A" * 43
"""As long as one, and nobody's."""


@pytest_asyncio.fixture
async def api(stack: Stack) -> AsyncIterator[Api]:
    """A crisis centre at which two take turns by the week, at night."""
    async with notify_api(stack) as one:
        body = watches(people=["st-one", "st-two"], windows=[WEEKLY])
        assert (await one.call(ADMINISTRATOR, "PUT", "/rosters/desk-1", body)).status_code == 204
        yield one


async def address(api: Api) -> str:
    """A new address of st-one."""
    made = await api.call(WORKER, "POST", "/calendar-feeds")
    assert made.status_code == 201, made.text
    return str(made.json()["path"])


async def read(api: Api, path: str) -> list[str]:
    """The lines at an address, unfolded."""
    answer = await api.http.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "\n" not in answer.text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in answer.text.split("\r\n"))
    return answer.text.replace("\r\n ", "").split("\r\n")


def entries(lines: list[str]) -> dict[str, tuple[str, str]]:
    """When each entry begins and ends, by its uid."""
    kinds = ("UID:", "DTSTART:", "DTEND:")
    found = [[line[len(kind) :] for line in lines if line.startswith(kind)] for kind in kinds]
    return {uid: (starts, ends) for uid, starts, ends in zip(*found, strict=True)}


async def test_the_own_watches_are_read_and_nothing_is_told(api: Api) -> None:
    """Every night of the own turns in 60 days, in UTC, under one word; no name, no organisation."""
    lines = await read(api, await address(api))
    found = entries(lines)
    assert 28 <= len(found) <= 32
    for starts, ends in found.values():
        assert (starts[8:], ends[8:]) == ("T140000Z", "T020000Z")
    assert {line for line in lines if line.startswith("SUMMARY")} == {"SUMMARY:Дежурство"}
    assert (lines[0], lines[1], lines[-2]) == ("BEGIN:VCALENDAR", "VERSION:2.0", "END:VCALENDAR")
    assert not any(word in "\n".join(lines) for word in ("st-", "desk", "Name"))


async def test_a_watch_is_known_again_and_a_swap_is_seen(api: Api) -> None:
    """A day later the same watches have the same uids; whoever has someone stand in reads less."""
    path = await address(api)
    before = entries(await read(api, path))
    await turn_clock(api.house.stack, timedelta(days=1))
    after = entries(await read(api, path))
    shared = before.keys() & after.keys()
    assert len(shared) >= 26
    assert all(before[uid] == after[uid] for uid in shared)
    uid, (starts, ends) = min(after.items(), key=lambda each: each[1])
    at = {"from": datetime.fromisoformat(starts), "to": datetime.fromisoformat(ends)}
    swap = {name: each.isoformat() for name, each in at.items()}
    swap |= {"out": "st-one", "in": "st-two", "reason": "leave"}
    made = await api.call(ADMINISTRATOR, "POST", "/rosters/desk-1/overrides", swap)
    assert made.status_code == 201, made.text
    assert after.keys() - entries(await read(api, path)).keys() == {uid}


async def test_what_is_no_address_any_more_is_as_if_it_had_never_been(api: Api) -> None:
    """Made anew, revoked, never made, or of somebody who left: one answer. Stored is a hash."""
    first = await address(api)
    second = await address(api)
    assert [each["feed_id"] for each in (await api.call(WORKER, "GET", "/calendar-feeds")).json()]
    never = await api.http.get(f"/calendar/{SECRET}.ics")
    assert never.status_code == 404
    gone = [await api.http.get(first)]
    await api.house.person("st-one", 1, active=False)
    gone.append(await api.http.get(second))
    await api.house.person("st-one", 1)
    await read(api, second)
    assert (await api.call(WORKER, "DELETE", "/calendar-feeds")).status_code == 204
    gone.append(await api.http.get(second))
    for each in gone:
        assert (each.status_code, each.content) == (404, never.content)
    assert (await api.call(WORKER, "GET", "/calendar-feeds")).json() == []
    async with api.house.db.transaction() as tx:
        stored = str([dict(row) for row in await tx.fetch("SELECT * FROM calendar_feeds")])
    assert not any(path.removeprefix("/calendar/")[:43] in stored for path in (first, second))


async def test_a_calendar_is_read_so_often_an_hour(api: Api) -> None:
    """Then it is refused with a time to wait, and read again after the hour."""
    path = await address(api)
    for _ in range(MOST):
        await read(api, path)
    refused = await api.http.get(path)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 3601
    await turn_clock(api.house.stack, timedelta(minutes=61))
    await read(api, path)


async def test_an_address_is_in_no_log_and_no_metric(api: Api) -> None:
    """Of the process that serves: whoever reads its log could read the calendar."""
    stack = api.house.stack
    await stack.ensure("notify.serve")
    path = await address(api)
    async with httpx.AsyncClient(base_url=stack.url("notify")) as http:
        for each in (path, f"/calendar/{SECRET}.ics", f"/calendar/{SECRET}"):
            await http.get(each)
        metrics = (await http.get("/metrics")).text
    written = stack.log("notify.serve").read_text()
    for secret in (path.removeprefix("/calendar/").removesuffix(".ics"), SECRET):
        assert secret not in written
        assert secret not in metrics
    assert 'route="/calendar/{secret}.ics"' in metrics
