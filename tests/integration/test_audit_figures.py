"""Figures of response over HTTP: nobody is left out, each number leads to its rows, and whoever is
outside is told of nobody in particular."""

import csv
import io
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from typer.testing import CliRunner

from deploy.local.stack import Stack
from services.audit import cli, cli_figures, cli_monthly
from services.audit.facts import store
from services.audit.facts.model.fold import fold
from services.audit.handlers.signing import sign
from shared.csv_text import BOM
from shared.events.words import Answer, Fulfilment, OfferStatus
from shared.security.tokens import Caller
from tests.support.audit_ledger import AUDITOR, Ledger, ledger
from tests.support.lives import Story, at
from tests.support.response_facts import (
    CENTRE,
    CUT,
    MINUTE,
    OBLAST,
    POLICE,
    RAION,
    keep,
    lives,
)
from tests.support.tokens import bearer

COORDINATOR = Caller("st-figures", "made-up-office", frozenset({"coordinator"}), (OBLAST,))
ELSEWHERE = Caller("st-figures-2", "made-up-office", frozenset({"coordinator"}), ("41705",))
WORKER = Caller("st-figures-3", "made-up-centre", frozenset({"worker"}))
MAY = {"period": "2025-05-12..2025-06-11", "cut": CUT.isoformat(), "area": OBLAST}
DECISION = MAY | {"clock": "decision"}
MAY_20, JUNE_15 = (
    (datetime(2025, *day, tzinfo=UTC) - at(0)) / MINUTE for day in ((5, 20), (6, 15))
)
"""In the minutes of a `Story`."""
TAKEN = """
SELECT count(*) FROM outbox WHERE type = 'tirek.figures.exported.v1' AND key = $1
"""


@pytest_asyncio.fixture(scope="module")
async def audit(stack: Stack) -> AsyncIterator[Ledger]:
    """The service, with known lives."""
    async with ledger(stack) as own:
        await keep(own.db, lives())
        yield own


async def ask(
    audit: Ledger,
    path: str,
    query: Mapping[str, str],
    caller: Caller = COORDINATOR,
    status: int = 200,
) -> Any:
    """The JSON, or the text of a table."""
    headers = bearer(audit.stack, caller) | {"Accept-Language": "en"}
    answer = await audit.http.get(f"{path}?{urlencode(query)}", headers=headers)
    assert answer.status_code == status, answer.text
    plain = answer.headers["content-type"].startswith("text/csv")
    return answer.content.decode() if plain else answer.json()


async def test_the_answered_alone_are_no_figure(audit: Ledger) -> None:
    """Five of eight due in time, median 4 minutes, P90 not reached, two open: all on one line."""
    told = await ask(audit, "/figures", DECISION | {"by": "organisation"})
    whole = told["whole"]
    assert (whole["n"], whole["in_time"]["part"], whole["in_time"]["whole"]) == (10, 5, 8)
    assert whole["wall"] == {"median": 240, "p90": None, "reached": pytest.approx(17 / 24)}
    assert (whole["still_open"], whole["responses"]["expired"]) == (2, 2)
    assert [each["key"] for each in told["parts"]] == [CENTRE, POLICE]
    assert sum(each["due"] for each in told["silence"]) == 8
    assert told["asked"] | {"cut": "", "place": ""} == {
        "clock": "decision",
        "first": "2025-05-12",
        "last": "2025-06-11",
        "cut": "",
        "area": OBLAST,
        "place": "",
        "by": "organisation",
        "now": False,
        "working": False,
        "outside": False,
    }


async def test_the_same_cut_has_the_same_figures(audit: Ledger) -> None:
    """Whenever it is asked; and the newest checkpoint that was there at the cut."""
    first = await ask(audit, "/figures", DECISION)
    assert first == await ask(audit, "/figures", DECISION)
    assert first["checkpoint"] is None, "nothing was signed then"
    assert (await ask(audit, "/figures", MAY))["version"] != first["version"]
    await audit.hear((await audit.producer()).say())
    async with audit.db.transaction() as tx:
        await sign(tx, audit.deps)
    assert (await ask(audit, "/figures", {"area": OBLAST}))["checkpoint"]["size"] > 0


async def test_each_number_leads_to_its_rows(audit: Ledger) -> None:
    """As many as it says, on as many pages as there are, at one cut."""
    query = DECISION | {"by": "organisation"}
    told = await ask(audit, "/figures", query)
    part = told["parts"][0]
    numbers = {"n": part["n"], "due": part["in_time"]["whole"], "still-open": part["still_open"]}
    for number, count in (numbers | part["responses"]).items():
        asked = query | {"number": number, "part": part["key"]}
        found = await ask(audit, "/figures/rows", asked)
        assert len(found["rows"]) == count, number
        assert {each["organisation"] for each in found["rows"]} <= {CENTRE}
    seen: list[str] = []
    more = {"limit": "4"}
    while True:
        page = await ask(audit, "/figures/rows", query | more)
        seen += [each["offer_id"] for each in page["rows"]]
        if "next" not in page:
            break
        more["cursor"] = page["next"]
    assert len(seen) == len(set(seen)) == told["whole"]["n"]


async def test_what_was_late_stands_first_and_what_nobody_had_is_counted(audit: Ledger) -> None:
    """By how long it is over its limit; what was needed, and where."""
    late = (await ask(audit, "/figures/late", DECISION))["rows"]
    assert [each["response"] for each in late] == ["expired", "expired", "answered-late"]
    assert late[-1]["over"] == 4 * 60
    (unmet,) = (await ask(audit, "/figures/unmet", DECISION))["unmet"]
    assert (unmet["service_type"], unmet["nobody"], unmet["refused"]) == ("shelter", 1, 0)
    assert unmet["place"]
    hers = MAY | {"number": "unmet", "area": unmet["territory"], "service": "shelter"}
    (row,) = (await ask(audit, "/figures/rows", hers))["rows"]
    assert row["service_request_id"] == "fig-need-unmet"


async def test_a_table_says_what_the_screen_says(audit: Ledger) -> None:
    """The same numbers, and by which rule; for a spreadsheet with its mark. Each is on record."""
    query = DECISION | {"by": "urgency", "working": "true"}
    told = await ask(audit, "/figures", query)
    text = await ask(audit, "/figures.csv", query)
    whole, part = csv.DictReader(io.StringIO(text, newline=""))
    assert whole["n"] == str(told["whole"]["n"])
    assert whole["in time, % of due"] == "62.5"
    median = next(name for name in whole if name.startswith("median, s: the smallest time"))
    assert part[median] == "240"
    assert "not reached" in whole.values()
    assert whole["as of"] == "2025-06-11T12:00:00+06:00"
    assert whole["version"] == told["version"]
    excel = await ask(audit, "/figures/rows.csv", DECISION | {"variant": "excel"})
    assert excel.startswith(BOM)
    rows = list(csv.DictReader(io.StringIO(excel.removeprefix(BOM), newline=""), delimiter=";"))
    assert len(rows) == 10
    told = await ask(audit, "/figures", DECISION)
    assert {each["version"] for each in rows} == {told["version"]}, "found again, as figures are"
    assert rows[0]["began"].endswith("+06:00")
    unmet = MAY | {"number": "unmet"}
    assert (await ask(audit, "/figures/rows.csv", unmet)).count("fig-need-unmet") == 1
    assert (await audit.fetch(TAKEN, COORDINATOR.staff_id))[0][0] == 3


async def test_whoever_is_outside_is_told_of_nobody_in_particular(audit: Ledger) -> None:
    """The auditor has the oblast's line, no row, no organisation, and no raion of a few."""
    told = await ask(audit, "/figures", DECISION | {"by": "organisation"}, AUDITOR)
    assert told["whole"]["n"] == 10
    assert (told["withheld"], told["parts"], told["silence"]) == (True, [], [])
    raion = await ask(audit, "/figures", DECISION | {"area": RAION}, AUDITOR)
    assert (raion["whole"]["n"], raion["steps"]) == (None, [])
    for path in ("/figures/rows", "/figures/late"):
        found = await ask(audit, path, DECISION, AUDITOR)
        assert (found["withheld"], found["rows"]) == (True, [])
    text = await ask(audit, "/figures.csv", DECISION, AUDITOR)
    assert ",to hand on," in text
    own = await ask(audit, "/figures", DECISION | {"outside": "true", "by": "organisation"})
    assert own["withheld"], "theirs too, where it is to be handed on"


async def test_who_may_not_ask_learns_nothing(audit: Ledger) -> None:
    """Another's coordinator, a worker; what is asked for wrongly is said, with its field."""
    await ask(audit, "/figures", MAY, ELSEWHERE, 404)
    await ask(audit, "/figures", MAY, WORKER, 403)
    for field, value in (
        ("period", "2025-05-12..2025-05-11"),
        ("period", "2025-13"),
        ("period", "yesterday"),
        ("period", "2025-07"),
        ("cut", "2200-01-01T00:00:00Z"),
        ("area", "41702999"),
        ("service", "Nothing"),
        ("service", "nothing"),
        ("channel", "drum"),
        ("unheard", "of"),
    ):
        problem = await ask(audit, "/figures", MAY | {field: value}, status=422)
        assert problem["errors"][0]["field"].endswith(field), (field, problem)
    hers = MAY | {"clock": "her-acceptance", "by": "organisation"}
    problem = await ask(audit, "/figures", hers, status=422)
    assert "choose one of their waits" in problem["errors"][0]["message"]
    fits = await ask(audit, "/figures", MAY | {"by": "organisation"})
    assert fits["asked"]["clock"] == "decision"


async def test_each_number_has_its_definition(audit: Ledger) -> None:
    """In the reader's language."""
    told = await ask(audit, "/figures/definitions", {})
    assert "failure" in told["responses"]["expired"]
    assert set(told) == {"clocks", "responses", "columns"}


async def test_a_month_has_one_version_whatever_came_since(audit: Ledger) -> None:
    """At its own cut; what was said later shows at a later one alone, and what was said by then and
    is heard only now is counted, and makes another version."""
    may = {"month": "2025-05", "area": ELSEWHERE.territories[0]}

    async def report(**more: str) -> Any:
        await audit_says(audit, story)
        return await ask(audit, "/figures/monthly", may | more, ELSEWHERE)

    story = nobody_left_in_may()
    first = await report()
    assert (first["standing"], first["cut"]) == ("final", "2025-06-09T18:00:00Z")
    assert [each["refused"] for each in first["unmet"]] == [1]
    for minute in (JUNE_15, JUNE_15 + 1):
        story.need(minute, fulfilment=Fulfilment.OFFERING)
    story.ask(JUNE_15, "p")
    assert await report() == first
    later = await report(cut="2025-07-01T00:00:00Z")
    assert (later["standing"], later["unmet"]) == ("later", [])
    assert later["version"] != first["version"]
    story.answer(MAY_20 + 3, Answer.RECEIVED)
    found = await report()
    assert found["version"] != first["version"]
    assert found["heard_since"] == first["heard_since"] + 1


async def test_a_month_is_preliminary_until_its_cut_and_goes_out_as_one_file(audit: Ledger) -> None:
    """The list says which; the file says what the page says, and is on record."""
    listed = await ask(audit, "/figures/months", {})
    assert [each["area"] for each in listed["areas"]] == [OBLAST]
    newest, oldest = listed["months"][0], listed["months"][-1]
    assert (newest["standing"], oldest["standing"]) == ("preliminary", "final")
    query = {"month": newest["month"], "area": OBLAST}
    now = await ask(audit, "/figures/monthly", query)
    assert now["standing"] == "preliminary"
    assert now["checkpoint"]["note"].splitlines()[2] == now["checkpoint"]["root"]
    may = {"month": "2025-05", "area": OBLAST, "outside": "true"}
    told = await ask(audit, "/figures/monthly", may)
    assert (told["silence"], told["before"][0]["lines"]) == ([], None)
    taken = (await audit.fetch(TAKEN, COORDINATOR.staff_id))[0][0]
    text = await ask(audit, "/figures/monthly.csv", may)
    for words in (told["version"], "to hand on", "nothing on record", "final", "62.5"):
        assert words in text, words
    assert (await audit.fetch(TAKEN, COORDINATOR.staff_id))[0][0] == taken + 1
    await ask(audit, "/figures/monthly", may, ELSEWHERE, 404)
    for month in ("2025", "2025-13", "2200-01"):
        await ask(audit, "/figures/monthly", may | {"month": month}, status=422)


def nobody_left_in_may() -> Story:
    """They were asked, were silent, and nobody else was there."""
    story = Story()
    story.need(MAY_20)
    story.ask(MAY_20)
    story.told(MAY_20 + 1)
    story.move(MAY_20 + 5, OfferStatus.REQUESTED, OfferStatus.EXPIRED)
    story.need(MAY_20 + 5, fulfilment=Fulfilment.EXHAUSTED)
    return story


async def audit_says(audit: Ledger, story: Story) -> None:
    """Audit hears what of it is new, and makes the rows that follow."""
    said = [
        replace(
            each,
            event_id=f"month-{each.event_id}",
            service_request_id="month-need",
            words=each.words.model_copy(update={"territory": "41705214000000"}),
        )
        for each in story.said
    ]
    async with audit.db.transaction() as tx:
        await store.keep(tx, said)
        facts = fold((await store.lives(tx, {"month-need"}))["month-need"])
        assert facts is not None
        await store.put(tx, [facts])


async def test_the_verb_shows_the_same(audit: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal of 80 columns, nothing cut away; as CSV as it is; and both lists."""
    told = await ask(audit, "/figures", DECISION | {"by": "organisation"})
    table = await ask(audit, "/figures.csv", DECISION)
    asked: list[dict[str, str]] = []

    def call(_service: str, _method: str, path: str, *, params: dict[str, str]) -> Any:
        asked.append(params)
        return table if path.endswith(".csv") else told

    monkeypatch.setattr(cli_figures, "call", call)
    monkeypatch.setenv("TIREK_LANG", "en")
    monkeypatch.setenv("COLUMNS", "80")
    query = ["--clock", "decision", "--working"]
    shown = CliRunner().invoke(cli.audit, ["figures", *query, "--service", "shelter"])
    for words in ("5/8 62.5", "(30.6–86.3)", "0:04:00", "reached", told["version"]):
        assert words in shown.output, shown.output
    assert "…" not in shown.output
    assert asked == [{"clock": "decision", "working": "true", "service": "shelter"}]
    for flag, words in (("--late", "3 / 3"), ("--unmet", "nobody")):
        told = await ask(audit, f"/figures/{flag[2:]}", DECISION)
        shown = CliRunner().invoke(cli.audit, ["figures", flag])
        assert words in shown.output, shown.output
        assert "…" not in shown.output
    assert CliRunner().invoke(cli.audit, ["figures", "--csv"]).output.split() == table.split()


async def test_the_verb_of_a_month_says_which_report_it_is(
    audit: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each clock with its numbers, whether it is final, and the version."""
    told = await ask(audit, "/figures/monthly", {"month": "2025-05", "area": OBLAST})
    monkeypatch.setattr(cli_monthly, "call", lambda *_, **__: told)
    monkeypatch.setenv("TIREK_LANG", "en")
    monkeypatch.setenv("COLUMNS", "200")
    shown = CliRunner().invoke(cli.audit, ["monthly", "--month", "2025-05"]).output
    for words in ("5/8 62.5", "(30.6–86.3)", "final, as of 10.06.2025 00:00", told["version"]):
        assert words in shown, shown
