"""Activities, aid, the report: what is entered is counted, and what may be seen is shown."""

import csv
import io
from collections.abc import AsyncIterator, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest_asyncio

from deploy.local.stack import Stack
from services.committee import matters
from services.committee.views_report import HEAD
from shared.security.tokens import Caller
from tests.stack import scratch, turn_clock
from tests.support.committee_api import (
    COORDINATOR,
    EVERYBODY,
    MEMBER,
    SECRETARY,
    STRANGER,
    Api,
    committee_api,
)

AUDITOR = Caller("st-auditor", "ministry", frozenset({"auditor"}))
NARYN = Caller("st-naryn", "ministry", frozenset({"coordinator"}), ("41704",))
DECIDE = """
WITH sitting AS (
    INSERT INTO sittings (sitting_id, committee_id, kind, status, starts, place, held_on, no,
                          filled, matters, version, entered_at, recorded_at, entered_by)
    VALUES ($1, $3, 'emergency', 'held', now(), '41704245845000', $4, 1, 5, ARRAY[$2], 1, now(),
            now(), 'test')),
item AS (
    INSERT INTO agenda (item_id, sitting_id, committee_id, matter_id, position, source, topic,
                        entered_at, entered_by, result, closed_at)
    VALUES ($1, $1, $3, $2, 1, 'own', 'aid', now(), 'test', 'decided', now()))
INSERT INTO decisions (decision_id, item_id, sitting_id, committee_id, matter_id, point, what, body,
                       due, control, decided_at)
VALUES ($1, $1, $1, $3, $2, 1, 'aid-cash', 'ayil-okmotu', $4, 'report-in-writing', now())
"""
CASE = """
WITH about AS (UPDATE matters SET incident_id = 'i-1' WHERE matter_id = $2)
INSERT INTO service_requests (service_request_id, incident_id, service_type, public_id, status,
                              fulfilment, version, opened_at, changed_at)
VALUES ('s-1', 'i-1', 'crisis-counselling', $1, 'active', 'unmatched', 1, now(), now())
"""
UCHKUN, EMGEK = "committee-uchkun", "committee-emgek"
MEETING = {
    "kind": "meeting",
    "territory": "41704245845000",
    "topic": "parenting",
    "present": [
        {"sex": "female", "age_band": "30-44", "count": 30},
        {"sex": "male", "age_band": "45-59", "count": 10},
    ],
}
TRAINING = MEETING | {"kind": "training", "topic": "law", "days": 2}


@pytest_asyncio.fixture(scope="module")
async def stack() -> AsyncIterator[Stack]:
    """Of these tests' own: they turn its clock by months."""
    async with scratch() as own:
        yield own


@pytest_asyncio.fixture
async def api(stack: Stack) -> AsyncIterator[Api]:
    """Two committees of one raion that have nothing in their registers."""
    async with committee_api(stack) as one:
        await one.knows(AUDITOR)
        await one.knows(NARYN)
        await one.sits(MEMBER)
        yield one


async def did(api: Api, body: Mapping[str, Any], caller: Caller = SECRETARY, **more: Any) -> str:
    """An activity of today; its address."""
    path = f"/activities/{uuid4()}"
    day = {"happened_on": (await api.today()).isoformat()}
    await api.ask(caller, "PUT", path, {**body, **day, **more})
    return path


async def decided(api: Api, organisation: str = UCHKUN) -> dict[str, str]:
    """A sitting of today on a matter of its own, and a decision in it: both ids."""
    committee, decision = api.committees[organisation], str(uuid4())
    async with api.db.transaction() as tx:
        matter = await matters.opened(tx, committee)
        await tx.execute(DECIDE, decision, matter, committee, await api.today())
    return {"matter_id": matter, "decision_id": decision}


async def gave(api: Api, by: Mapping[str, str], caller: Caller = SECRETARY) -> str:
    """6,500 som, today, by a decision; the address of the entry."""
    path = f"/aid/{uuid4()}"
    await api.ask(caller, "PUT", path, await cash(api, by))
    return path


async def cash(api: Api, by: Mapping[str, str]) -> dict[str, Any]:
    """The body of PUT /aid."""
    given = {"kind": "cash", "som": 6500, "source": "local-budget"}
    return {**by, **given, "given_on": (await api.today()).isoformat()}


async def report(api: Api, caller: Caller, query: str = "", year: int = 0) -> dict[str, Any]:
    """The report of a year, or of this one."""
    wanted = year or (await api.today()).year
    found: dict[str, Any] = await api.ask(caller, "GET", f"/report?year={wanted}{query}")
    return found


def figure(table: Mapping[str, Any], code: str, part: str = "", then: str = "now") -> Any:
    """A number of a table, or why there is none."""
    found = [
        line[then] for line in table["lines"] if (line["figure"], line["part"]) == (code, part)
    ]
    if not found:
        return None
    return found[0]["missing"] or found[0]["value"]


async def test_an_entry_is_made_once_and_is_its_committees(api: Api) -> None:
    """However often it is sent; another committee and the ministry see no row of it."""
    path = await did(api, MEETING)
    day = {"happened_on": (await api.today()).isoformat()}
    await api.ask(SECRETARY, "PUT", path, MEETING | day)
    assert await api.status(SECRETARY, "PUT", path, MEETING | day | {"topic": "law"}) == 409
    year = (await api.today()).year
    for caller, count in ((SECRETARY, 1), (MEMBER, 1), (STRANGER, 0)):
        found = await api.ask(caller, "GET", f"/activities?year={year}")
        assert len(found["activities"]) == count
    assert await api.status(STRANGER, "GET", path) == 404
    assert await api.status(STRANGER, "PUT", path, MEETING | day) == 409
    assert await api.status(MEMBER, "PUT", path, MEETING | day) == 403
    for caller in (COORDINATOR, AUDITOR):
        assert await api.status(caller, "GET", path) == 403


async def test_a_correction_replaces_and_keeps_its_quarter(api: Api) -> None:
    """What it replaced stays to be read; by the day of entering, both are of the first one's."""
    first = await did(api, MEETING)
    before = await api.today()
    await turn_clock(api.stack, timedelta(days=120))
    fewer = MEETING["present"][:1]
    wrong = first.removeprefix("/activities/")
    second = await did(api, MEETING, happened_on=before.isoformat(), present=fewer, replaces=wrong)
    story = (await api.ask(MEMBER, "GET", second))["activities"]
    assert [each["ended_because"] for each in story] == ["corrected", None]
    again = MEETING | {"happened_on": before.isoformat(), "replaces": wrong}
    assert await api.status(SECRETARY, "PUT", f"/activities/{uuid4()}", again) == 409
    quarter = f"&quarter={(before.month + 2) // 3}"
    for clock in ("happened", "entered"):
        found = await report(api, SECRETARY, f"{quarter}&clock={clock}", before.year)
        assert figure(found["tables"][0], "met") == 30
    await api.ask(SECRETARY, "POST", f"{second}/withdraw", {"reason": "mistake"})
    found = await report(api, SECRETARY, quarter, before.year)
    assert figure(found["tables"][0], "met") == 0


async def test_what_cannot_be_is_refused_by_its_field_and_nothing_is_kept(api: Api) -> None:
    """A day to come, days of a meeting, a place that is none, aid without a decision or a sum, or
    before its decision."""
    day = (await api.today()).isoformat()
    yesterday = (await api.today() - timedelta(days=1)).isoformat()
    tomorrow = (await api.today() + timedelta(days=2)).isoformat()
    given = await cash(api, await decided(api))
    wrong: list[tuple[str, dict[str, Any], str]] = [
        ("activities", MEETING | {"happened_on": tomorrow}, "happened_on"),
        ("activities", MEETING | {"happened_on": day, "days": 1}, "days"),
        ("activities", MEETING | {"happened_on": day, "territory": "999"}, "territory"),
        ("aid", {k: v for k, v in given.items() if k != "decision_id"}, "decision_id"),
        ("aid", given | {"som": None}, "som"),
        ("aid", given | {"given_on": tomorrow}, "given_on"),
        ("aid", given | {"given_on": yesterday}, "given_on"),
        ("aid", given | await decided(api, EMGEK), "decision_id"),
    ]
    for register, body, field in wrong:
        answer = await api.call(SECRETARY, "PUT", f"/{register}/{uuid4()}", body)
        assert answer.status_code == 422, answer.text
        assert [each["field"] for each in answer.json()["errors"]] == [field]
    async with api.db.transaction() as tx:
        kept = "SELECT (SELECT count(*) FROM activities) + (SELECT count(*) FROM aid)"
        assert await tx.fetchval(kept) == 0


async def test_whoever_left_a_matter_learns_of_no_aid_in_it(api: Api) -> None:
    """By list, entry or figure, before and after; nor may a secretary enter any."""
    left, other = await decided(api), await decided(api)
    path = await gave(api, left)
    await gave(api, other)
    await api.leaves(MEMBER, left["matter_id"])
    year = (await api.today()).year
    found = await api.ask(MEMBER, "GET", f"/aid?year={year}")
    assert [each["matter_id"] for each in found["aid"]] == [other["matter_id"]]
    assert await api.status(MEMBER, "GET", path) == 404
    for caller, som in ((MEMBER, 6500), (SECRETARY, 13_000)):
        table = (await report(api, caller))["tables"][0]
        assert figure(table, "aid-som") == som
        for code in ("aided", "sittings", "decisions"):
            assert figure(table, code) == som // 6500
    await api.leaves(SECRETARY, left["matter_id"])
    answers = [
        await api.call(SECRETARY, "PUT", f"/aid/{uuid4()}", await cash(api, about))
        for about in (left, other | {"decision_id": "none"})
    ]
    assert answers[0].json() == answers[1].json()
    assert await api.status(SECRETARY, "POST", f"{path}/withdraw", {"reason": "mistake"}) == 409


async def test_the_report_counts_what_was_entered_and_names_who_has_not(api: Api) -> None:
    """Of the country, each place below it, and a year ago; whoever entered nothing is named."""
    today = await api.today()
    last_year = date(today.year - 1, today.month, min(today.day, 28)).isoformat()
    await did(api, TRAINING)
    await did(api, TRAINING, days=1, present=[{"sex": "female", "age_band": "unknown", "count": 5}])
    await did(api, TRAINING, happened_on=last_year)
    whole = await report(api, COORDINATOR)
    country, naryn = whole["tables"]
    assert (country["code"], naryn["code"]) == ("417", "41704")
    for table in (country, naryn):
        assert figure(table, "committees") == 2
        assert figure(table, "trained") == 45
        assert figure(table, "trained", "2") == 40
        assert figure(table, "trained", "female") == 35
        assert figure(table, "trained", then="before") == 40
        assert figure(table, "families") == "not-kept"
    assert [each["organisation"] for each in whole["silent"]] == [EMGEK]
    change = next(each for each in country["lines"] if each["figure"] == "trained")["change"]
    assert change == 12.5
    by_entering = await report(api, COORDINATOR, "&clock=entered")
    assert figure(by_entering["tables"][0], "trained") == 85
    assert [each["code"] for each in (await report(api, NARYN))["tables"]] == ["41704", "41704245"]
    assert await api.status(NARYN, "GET", f"/report?year={today.year}&area=41705") == 404
    assert await api.status(STRANGER, "GET", f"/report?year={today.year}&area=41704") == 404
    uchkun = api.committees[UCHKUN]
    assert await api.status(STRANGER, "GET", f"/report?year={today.year}&committee={uchkun}") == 404
    assert await api.status(MEMBER, "GET", f"/report?year={today.year + 1}") == 422


async def test_outside_small_counts_about_survivors_stay_in_the_oblast(api: Api) -> None:
    """The oblast's are printed; its places' are not, nor by the neighbour that is large."""
    await gave(api, await decided(api))
    for _ in range(9):
        await gave(api, await decided(api, EMGEK), STRANGER)
    for caller in (AUDITOR, COORDINATOR):
        oblast, raion = (await report(api, caller, "&area=41704"))["tables"]
        assert [figure(each, "aided") for each in (oblast, raion)] == [10, 10]
        assert figure(raion, "aid", "cash") is None
        below = (await report(api, caller, "&area=41704245"))["tables"]
        found = [figure(each, "aid-som") for each in below]
        assert found == [65_000, "suppressed", "suppressed"]
        assert figure(below[1], "meetings") == 0
        quarter = f"&area=41704245&quarter={((await api.today()).month + 2) // 3}"
        assert figure((await report(api, caller, quarter))["tables"][0], "aided") == "suppressed"
    below = (await report(api, NARYN, "&area=41704245"))["tables"]
    assert sorted(figure(each, "aided") for each in below[1:]) == [1, 9]
    for query, shown in (("", 1), ("&outside=true", "suppressed")):
        own = await report(api, SECRETARY, query)
        assert figure(own["tables"][0], "aided") == shown


async def test_outside_who_entered_nothing_is_told_of_the_whole_year(api: Api) -> None:
    """By the day it happened: a quarter of silence would tell where a covered figure is nought."""
    today = await api.today()
    await did(api, MEETING, happened_on=date(today.year - 1, 12, 31).isoformat())
    quarter, area = f"&quarter={(today.month + 2) // 3}&clock=entered", "&area=41704245"
    for caller, query, silent in (
        (NARYN, area, [EMGEK]),
        (NARYN, f"{area}&outside=true", [EMGEK, UCHKUN]),
        (AUDITOR, area, [EMGEK, UCHKUN]),
    ):
        found = await report(api, caller, query + quarter)
        assert sorted(each["organisation"] for each in found["silent"]) == silent


async def test_the_table_says_what_the_report_does(api: Api) -> None:
    """As a spreadsheet opens it, and as programs read it; in the reader's language."""
    await did(api, MEETING)
    year = (await api.today()).year
    for variant, mark, delimiter in (("excel", "\ufeff", ";"), ("plain", "", ",")):
        answer = await api.call(SECRETARY, "GET", f"/report.csv?year={year}&variant={variant}")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        named = f'filename="tirek-proposal-{year}-not-to-hand-on.csv"'
        assert named in answer.headers["content-disposition"]
        text = answer.content.decode()
        assert text.startswith(mark)
        lines = io.StringIO(text.removeprefix(mark), newline="")
        rows = list(csv.reader(lines, delimiter=delimiter, strict=True))
        assert {len(row) for row in rows} == {len(HEAD)}
        assert any(row[-3:] == ["0", "40", ""] for row in rows)
        assert {row[1] for row in rows[1:]} == {"берүүгө болбойт"}
    covered = await api.call(SECRETARY, "GET", f"/report.csv?year={year}&outside=true")
    assert f'filename="tirek-proposal-{year}.csv"' in covered.headers["content-disposition"]
    assert "берүүгө болбойт" not in covered.text


async def test_registers_are_tables_with_words(api: Api) -> None:
    """Each entry is a row, in the reader's words; what is not theirs is in none."""
    await did(api, MEETING)
    by = await decided(api)
    await gave(api, by)
    found = await api.ask(MEMBER, "GET", "/aid-decisions")
    assert [each["decision_id"] for each in found["decisions"]] == [by["decision_id"]]
    await api.leaves(MEMBER, by["matter_id"])
    assert (await api.ask(MEMBER, "GET", "/aid-decisions"))["decisions"] == []
    year = (await api.today()).year
    for caller, register, count in (
        (SECRETARY, "activities", 1),
        (STRANGER, "activities", 0),
        (SECRETARY, "aid", 1),
        (MEMBER, "aid", 0),
    ):
        answer = await api.call(caller, "GET", f"/{register}.csv?year={year}")
        head, *rows = csv.reader(io.StringIO(answer.text, newline=""), strict=True)
        assert [len(each) for each in rows] == [len(head)] * count
    answer = await api.call(SECRETARY, "GET", f"/activities.csv?year={year}")
    assert "parenting" not in answer.text, "no code: the reader's language has a word"
    assert ",40," in answer.text


async def refused(api: Api, given: Mapping[str, Any]) -> list[str]:
    """Which fields of aid are refused."""
    answer = await api.call(SECRETARY, "PUT", f"/aid/{uuid4()}", given)
    return [each["field"] for each in answer.json()["errors"]]


async def test_aid_names_a_case_of_its_own_matter(api: Api) -> None:
    """Not that of another, and none where it has none; its decision is found however old."""
    by = await decided(api)
    given = await cash(api, by) | {"public_id": "7KM5XP"}
    assert await refused(api, given) == ["public_id"]
    async with api.db.transaction() as tx:
        await tx.execute(CASE, "7KM5XP", by["matter_id"])
    assert await refused(api, given | {"public_id": "7KM4XP"}) == ["public_id"]
    await api.ask(SECRETARY, "PUT", f"/aid/{uuid4()}", given)
    path = f"/aid-decisions/{by['decision_id']}"
    assert (await api.ask(SECRETARY, "GET", path))["cases"] == ["7KM5XP"]
    assert await api.status(STRANGER, "GET", path) == 404


async def test_everybody_asks_for_what_is_theirs(api: Api) -> None:
    """A worker of another body for nothing."""
    year = (await api.today()).year
    allowed = [
        await api.status(caller, "GET", f"/report?year={year}") for caller in (*EVERYBODY, AUDITOR)
    ]
    assert allowed == [200, 200, 200, 200, 403, 200]
