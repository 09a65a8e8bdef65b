"""The most urgent is seen first, and everything is seen: no list hides what does not fit on it."""

import asyncio
import os
import pty
import random
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from deploy.cli.__main__ import app
from deploy.local.stack import ROOT
from services.referral.bodies import Part, Wanted
from services.referral.handlers import lists as handlers
from services.referral.store import requests
from services.referral.visibility import Staff
from shared.db import Tx
from shared.events.words import (
    HELD,
    OPEN,
    Fulfilment,
    OfferStatus,
    ServiceRequestStatus,
    Urgency,
)
from shared.security.tokens import Caller
from tests.stack import scratch
from tests.support.referral import MINUTE, NOON
from tests.support.referral_house import coordinator, worker
from tests.support.referral_lists import (
    COORDINATOR,
    OFFERED,
    ORGANISATION,
    TURNS,
    WORKER,
    Lists,
    asked,
    exhausted,
    lists,
    paged,
    place,
)
from tests.support.tokens import token

STANDARD = 215
WAITING = {Urgency.STANDARD: 400, Urgency.HIGH: 110, Urgency.IMMEDIATE: 7}


@pytest_asyncio.fixture(scope="module")
async def everything() -> AsyncIterator[Lists]:
    """Referral's API as a process of its own."""
    async with scratch("referral.serve") as stack, lists(stack) as opened:
        yield opened


@pytest_asyncio.fixture
async def here(everything: Lists) -> AsyncIterator[Lists]:
    """The same with nothing in it."""
    async with lists(everything.stack) as opened:
        yield opened


async def test_the_emergency_is_first_however_many_wait(here: Lists) -> None:
    """Also when it came last, and its deadline is the latest of all."""
    emergency = asked(Urgency.IMMEDIATE, answer_by=NOON + 600 * MINUTE)
    await here.put(asked(Urgency.STANDARD) for _ in range(STANDARD))
    await here.put([emergency])
    first, second = await here.pages(WORKER, "/queue")
    assert first[0]["offer_id"] == emergency.offers[0].id
    assert (len(first), len(second)) == (200, STANDARD + 1 - 200)


async def test_a_queue_is_by_risk_then_by_deadline_and_held_offers_are_behind(here: Lists) -> None:
    """Whatever the page: an open standard offer stands before an emergency that somebody has.

    What somebody has is in the order of what is due of it now, not of the answer that was given.
    """
    statuses = sorted(OPEN | HELD)
    cases = [
        asked(
            urgency,
            said=status,
            answer_by=NOON + minutes * MINUTE,
            due=NOON + (9 - minutes) * MINUTE,
        )
        for urgency in Urgency
        for status in statuses
        for minutes in (3, 1, 2)
    ]
    random.Random(7).shuffle(cases)
    await here.put(cases)
    pages = await here.pages(WORKER, "/queue", limit=4)
    assert [len(page) for page in pages] == [4] * 11 + [1]
    by_id = {case.offers[0].id: case for case in cases}
    found = [place(by_id[each["offer_id"]]) for each in chain(*pages)]
    assert found == sorted(map(place, cases))
    assert len({each["offer_id"] for each in chain(*pages)}) == len(cases)


@pytest.mark.parametrize("limit", [1, 50, 200])
async def test_every_case_that_waits_for_a_person_is_seen(here: Lists, limit: int) -> None:
    """517 of them, by risk and then by how long they wait: page by page, each once."""
    few = 3 if limit == 1 else 1000
    cases = [
        exhausted(urgency, number * MINUTE)
        for urgency, count in WAITING.items()
        for number in range(min(count, few))
    ]
    await here.put(cases)
    wanted = {"fulfilment": "exhausted", "limit": limit}
    found = list(chain(*await here.pages(COORDINATOR, "/service-requests", **wanted)))
    expected = sorted(cases, key=lambda case: (case.urgency.rank, case.opened_at))
    assert [each["service_request_id"] for each in found] == [case.id for case in expected]


@pytest.mark.parametrize(
    "wanted", [{}, {"status": "active"}, {"fulfilment": "offering"}, {"fulfilment": "exhausted"}]
)
async def test_no_filter_hides_the_emergency_behind_newer_cases(
    here: Lists, wanted: dict[str, str]
) -> None:
    """Nor behind older ones, nor behind emergencies that have ended."""
    so_far = Fulfilment(wanted.get("fulfilment", "offering"))
    ended = ServiceRequestStatus.COMPLETED
    emergency = asked(Urgency.IMMEDIATE, fulfilment=so_far)
    await here.put(
        [
            emergency,
            *(asked(Urgency.IMMEDIATE, fulfilment=so_far, status=ended) for _ in range(5)),
            *(asked(Urgency.HIGH, opened_at=NOON + MINUTE, fulfilment=so_far) for _ in range(30)),
            *(asked(Urgency.HIGH, opened_at=NOON - MINUTE, fulfilment=so_far) for _ in range(30)),
        ]
    )
    answer = await here.ask(COORDINATOR, "/service-requests", limit=10, **wanted)
    assert answer.json()["service_requests"][0]["service_request_id"] == emergency.id


async def test_ended_cases_stay_in_reach_behind_all_that_are_not(here: Lists) -> None:
    """And one incident's are found by it, wherever they stand."""
    done = [exhausted(Urgency.IMMEDIATE, status=ServiceRequestStatus.REVOKED) for _ in range(3)]
    await here.put([*done, *(exhausted(Urgency.STANDARD) for _ in range(4))])
    pages = await here.pages(COORDINATOR, "/service-requests", limit=2)
    statuses = [each["status"] for each in chain(*pages)]
    assert statuses == ["active"] * 4 + ["revoked"] * 3
    found = await here.pages(COORDINATOR, "/service-requests", incident=done[1].incident_id)
    assert [each["service_request_id"] for each in chain(*found)] == [done[1].id]


async def test_a_list_is_asked_for_what_a_text_names(here: Lists) -> None:
    """By its public id, however it is typed; what is not one is refused, and never repeated."""
    cases = await here.put(asked(Urgency.HIGH) for _ in range(5))
    typed = f" {cases[3].public_id[:3].lower()}-{cases[3].public_id[3:]}"
    for caller, path in ((WORKER, "/queue"), (COORDINATOR, "/service-requests")):
        ((found,),) = await here.pages(caller, path, public_id=typed)
        assert found["public_id"] == cases[3].public_id
        assert await here.pages(caller, path, public_id="222222") == [[]]
        refused = await here.ask(caller, path, public_id="Айгуль")
        assert (refused.status_code, "Айгуль" in refused.text) == (422, False)


async def test_what_a_public_id_means_is_looked_up_and_listed_by_a_command(here: Lists) -> None:
    """A worker finds the offer, a coordinator the service request, whoever may not nothing."""
    case, other = await here.put([asked(Urgency.HIGH), asked(Urgency.HIGH, organisation="other")])
    env = {"TIREK_REFERRAL_URL": here.stack.url("referral")}

    async def said(caller: Caller, *words: str) -> tuple[int, str]:
        mine = env | {"TIREK_TOKEN": token(here.stack, caller)}
        result = await asyncio.to_thread(CliRunner().invoke, app, words, env=mine)
        return result.exit_code, result.output

    code, shown = await said(WORKER, "find", case.public_id.lower())
    assert (code, case.offers[0].id in shown, case.id in shown) == (0, True, False)
    code, shown = await said(COORDINATOR, "find", case.public_id)
    assert (code, case.id in shown) == (0, True)
    assert await said(WORKER, "find", other.public_id) == await said(WORKER, "find", "222222")
    code, shown = await said(COORDINATOR, "cases", "--status", "active")
    assert (code, case.public_id in shown, other.public_id in shown) == (0, True, True)


HIDDEN: dict[str, Any] = {"excluded_organisations": (ORGANISATION, "ministry")}


@pytest.mark.parametrize("step", [2, 3, 40])
async def test_a_hidden_case_never_shows_and_no_page_is_short_for_it(
    here: Lists, step: int
) -> None:
    """Among 80, each page is full but the last, and no cursor names what is not on its page."""
    cases = [
        exhausted(Urgency.HIGH, number * MINUTE, **(HIDDEN if number % step == 0 else {}))
        for number in range(80)
    ]
    await here.put(cases)
    await here.put(asked(Urgency.HIGH, **(HIDDEN if n % step == 0 else {})) for n in range(80))
    seen = 80 - len(range(0, 80, step))
    for caller, path in (
        (COORDINATOR, "/service-requests?fulfilment=exhausted"),
        (WORKER, "/queue"),
    ):
        where, _, query = path.partition("?")
        wanted = dict([query.split("=")]) if query else {}
        pages = await here.pages(caller, where, limit=7, **wanted)
        assert [len(page) for page in pages[:-1]] == [7] * (len(pages) - 1)
        assert sum(map(len, pages)) == seen
        assert 0 < len(pages[-1]) <= 7


async def test_a_queue_has_tabs_with_their_counts(here: Lists) -> None:
    """What is new, what is in work, what is late; none counts what is hidden from the caller."""
    later = datetime.now(UTC) + timedelta(days=1)
    held = OfferStatus.ACCEPTED
    cases = [
        *(asked(Urgency.HIGH, answer_by=later) for _ in range(3)),
        *(asked(Urgency.HIGH, said=held, due=later) for _ in range(2)),
        asked(Urgency.STANDARD),  # was due a week ago
        asked(Urgency.HIGH, said=OfferStatus.ON_HOLD, due=NOON),
    ]
    await here.put(cases)
    await here.put(asked(Urgency.HIGH, **HIDDEN) for _ in range(4))
    new = {case.offers[0].id for case in (*cases[:3], cases[5])}
    work = {case.offers[0].id for case in (*cases[3:5], cases[6])}
    late = {case.offers[0].id for case in cases[5:]}
    for tab, expected in {"new": new, "work": work, "late": late}.items():
        pages = await here.pages(WORKER, "/queue", tab=tab, limit=2)
        assert {each["offer_id"] for each in chain(*pages)} == expected
    first = (await here.ask(WORKER, "/queue", limit=2)).json()
    assert first["counts"] == {"new": 4, "work": 3, "late": 2}
    rest = (await here.ask(WORKER, "/queue", limit=2, cursor=first["next"])).json()
    assert "counts" not in rest


async def test_what_only_the_code_hides_shortens_no_page_either(
    here: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database shows these rows; a page is read on until it is full, or the list has ended."""
    cases = await here.put(asked(Urgency.HIGH, answer_by=NOON + n * MINUTE) for n in range(60))
    shown = {case.id for case in cases[::11]}
    told = {case.incident_id for case in cases[::11]}
    monkeypatch.setattr(Staff, "may_see", lambda _staff, case, _viewer: case.incident_id in told)
    viewer, cursor, sizes = worker(ORGANISATION), None, []
    while True:
        async with here.house.as_seen_by(viewer) as tx:
            page = await handlers.queue(tx, here.house.deps, viewer, Part(cursor=cursor, limit=2))
        assert {each.request.id for each in page.rows} <= shown
        sizes.append(len(page.rows))
        cursor = page.next
        if cursor is None:
            break
    assert sizes == [2, 2, 2]


@pytest.mark.parametrize("limit", [1, 200])
async def test_a_list_with_something_hidden_in_it_takes_the_steps_of_an_empty_one(
    here: Lists, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    """The same statements, and none of it loaded: four hidden offers doubled a queue's time."""
    viewer, boss, steps = worker(ORGANISATION), coordinator(), list[Any]()
    fetch = Tx.fetch
    monkeypatch.setattr(Staff, "may_see", lambda *_: False)

    async def noted(tx: Tx, query: str, *args: Any) -> Any:
        steps.append((query, args) if query in (requests.REQUESTS, requests.OFFERS) else query)
        return await fetch(tx, query, *args)

    monkeypatch.setattr(Tx, "fetch", noted)

    async def taken() -> list[Any]:
        steps.clear()
        async with here.house.as_seen_by(viewer) as tx:
            assert not (await handlers.queue(tx, here.house.deps, viewer, Part(limit=limit))).rows
        async with here.house.as_seen_by(boss) as tx:
            wanted = Wanted(limit=limit)
            page = await handlers.service_requests(tx, here.house.deps, boss, wanted)
            assert not page.rows
        return list(steps)

    empty = await taken()
    await here.put(asked(Urgency.HIGH) for _ in range(4))
    assert await taken() == empty


async def test_a_page_goes_on_where_it_ended_whoever_comes_and_goes(here: Lists) -> None:
    """The last row shown is answered, more urgent ones arrive: nothing is missed or repeated."""
    cases = await here.put(asked(Urgency.HIGH, answer_by=NOON + n * MINUTE) for n in range(9))
    first = (await here.ask(WORKER, "/queue", limit=3)).json()
    answered = replace(cases[2].offers[0], status=OfferStatus.REJECTED)
    await here.put([replace(cases[2], offers=(answered,)), asked(Urgency.IMMEDIATE)])
    rest = await here.pages(WORKER, "/queue", limit=3, cursor=first["next"])
    found = [each["offer_id"] for each in chain(first["offers"], *rest)]
    assert found == [case.offers[0].id for case in cases]


@pytest.mark.timeout(240)
async def test_pages_of_a_list_that_changes_are_the_list(here: Lists) -> None:
    """Whatever is offered, answered or taken between two pages: held against plain sorting."""
    loop = asyncio.get_running_loop()

    @seed(20261130)
    @settings(max_examples=25, deadline=None, database=None)
    @given(before=st.lists(OFFERED, max_size=12), turns=TURNS, limit=st.integers(1, 4))
    def held_against(before: list[Any], turns: list[list[Any]], limit: int) -> None:
        asyncio.run_coroutine_threadsafe(paged(here, before, turns, limit), loop).result()

    await asyncio.to_thread(held_against)


@pytest.mark.parametrize("path", ["/queue", "/service-requests"])
async def test_a_cursor_that_was_not_given_is_refused(here: Lists, path: str) -> None:
    """Cut, altered, of another list, or nonsense: the field is named, and what was sent is not."""
    caller = Caller("st-both", ORGANISATION, WORKER.roles | COORDINATOR.roles, ("41704",))
    await here.house.knows(worker(ORGANISATION, caller.staff_id))
    await here.put(asked(Urgency.HIGH) for _ in range(2))
    given = {
        each: (await here.ask(caller, each, limit=1)).json()["next"]
        for each in ("/queue", "/service-requests")
    }
    own, other = given.pop(path), given.popitem()[1]
    altered = own[:40] + ("A" if own[40] != "A" else "B") + own[41:]
    for wrong in (other, altered, own[:-4], own + "AAAA", own + "=", "", "x", "ключ", "💥"):
        answer = await here.ask(caller, path, cursor=wrong)
        assert answer.status_code == 422, wrong
        (problem,) = answer.json()["errors"]
        assert problem["field"] == "cursor"
        assert len(wrong) < 2 or wrong not in answer.text
    assert (await here.ask(caller, path, cursor="A" * 10_000)).status_code == 422
    assert (await here.ask(caller, path, cursor=own)).status_code == 200


@pytest.mark.parametrize("limit", ["0", "201", "-1", "all"])
async def test_a_page_has_a_bound(here: Lists, limit: str) -> None:
    """Nobody asks for everything at once."""
    for caller, path in ((WORKER, "/queue"), (COORDINATOR, "/service-requests")):
        assert (await here.ask(caller, path, limit=limit)).status_code == 422


async def test_tirek_queue_shows_all_and_says_how_many_follow(here: Lists) -> None:
    """In one piece into a file, a screen at a time at a terminal; the emergency on the first."""
    emergency = asked(Urgency.IMMEDIATE, answer_by=NOON + timedelta(days=1))
    cases = await here.put([*(asked(Urgency.STANDARD) for _ in range(STANDARD)), emergency])
    env = {
        "TIREK_REFERRAL_URL": here.stack.url("referral"),
        "TIREK_TOKEN": token(here.stack, WORKER),
    }
    result = await asyncio.to_thread(CliRunner().invoke, app, ("queue",), env=env)
    assert result.exit_code == 0, result.output
    screens = await asyncio.to_thread(_at_a_terminal, os.environ | env)
    assert len(screens) == 5
    assert emergency.offers[0].id in screens[0]
    for output in (result.output, "".join(screens)):
        places = {case.id: output.find(case.offers[0].id) for case in cases}
        assert -1 not in places.values()
        assert min(places, key=lambda case: places[case]) == emergency.id
        follow = [line for line in output.splitlines() if line.endswith(" more")]
        assert follow == ["166 more", "116 more", "66 more", "16 more"]


def _at_a_terminal(env: dict[str, str]) -> list[str]:
    """What ``tirek queue`` shows before each press of Enter, and after the last."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "deploy.cli", "queue"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    screens = [""]
    with open(ours, "r+b", buffering=0) as terminal:  # noqa: PTH123 - it has a number, no path
        while True:
            try:
                screens[-1] += terminal.read(65536).decode(errors="replace")
            except OSError:  # its end
                break
            if screens[-1].endswith("go on "):
                screens.append("")
                terminal.write(b"\n")
    assert process.wait(timeout=30) == 0
    return screens
