"""Who looked at what: kept as the console says it, and shown to whoever oversees."""

import csv
import io
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from typer.testing import CliRunner

from deploy.local.stack import Stack
from services.audit import cli, cli_seen
from services.audit.seen import asking
from shared.events import Act, Body, Event
from shared.events.console import (
    LinkRefused,
    ReadRefused,
    RecordExported,
    RecordSearched,
    RecordViewed,
    SessionRefused,
    SessionStarted,
)
from shared.events.words import Channel
from shared.security.tokens import Caller
from tests.support.audit_ledger import AUDITOR, Ledger, Producer, ledger
from tests.support.response_facts import CENTRE, OBLAST, keep, lives
from tests.support.tokens import bearer

HERS = Caller("st-overseer", "made-up-office", frozenset({"coordinator"}), (OBLAST,))
ANOTHER = Caller("st-overseer-2", "made-up-office-2", frozenset({"coordinator"}), ("41705",))
NEED, OFFER, INCIDENT, ELSEWHERE = "fig-need-0", "fig-offer-0", "fig-incident", str(uuid4())
WHO, STRANGER = f"st-{uuid4()}", f"st-{uuid4()}"
WHEN = datetime(2025, 5, 20, 6, tzinfo=UTC)
THEIRS = {"of": "person", "id": WHO}
PEOPLE = {"of": "organisation", "id": CENTRE}
CASE = {"of": "case", "id": NEED}
OF_INCIDENT = """
INSERT INTO cases (service_request_id, incident_id) VALUES ($1, $2) ON CONFLICT DO NOTHING
"""
KEPT = "SELECT what, kind, record, found, times, reason FROM views WHERE staff_id = $1 ORDER BY at"


def says(producer: Producer, body: Body, at: datetime) -> Event[Body]:
    """The console says something that came at this time."""
    act = Act(received_at=at, actor="st-somebody", channel=Channel.CONSOLE)
    event = producer.say(str(uuid4()))
    return Event(event.envelope, body, act, event.digest, event.appended_at)


@pytest_asyncio.fixture(scope="module")
async def audit(stack: Stack) -> AsyncIterator[Ledger]:
    """The service, with known cases, and somebody who looks at one of them."""
    async with ledger(stack) as own:
        await keep(own.db, lives())
        await own.fetch(OF_INCIDENT, NEED, INCIDENT)
        producer = await own.producer()
        by: dict[str, Any] = {"staff_id": WHO, "session_id": str(uuid4()), "organisation": CENTRE}
        far: dict[str, Any] = {
            "staff_id": STRANGER,
            "session_id": str(uuid4()),
            "organisation": "far-away",
        }
        bodies: list[Body] = [
            SessionStarted(kind="shared", **by),
            RecordViewed(kind="offer", record=OFFER, **by),
            RecordViewed(kind="incident", record=INCIDENT, **by),
            RecordSearched(kind="public-id", found=False, **by),
            RecordExported(kind="figures", rows=7, **by),
            ReadRefused(kind="offer", record=ELSEWHERE, **by),
            ReadRefused(kind="service-request", record=NEED, **far),
            LinkRefused(kind="invitation", reason="used-up", staff_id=WHO),
            LinkRefused(kind="invitation", reason="unknown", times=4),
            SessionRefused(staff_id=WHO, reason="wrong"),
        ]
        for at, body in enumerate(bodies):
            await own.hear(says(producer, body, WHEN + timedelta(minutes=at)))
        yield own


async def test_what_the_console_says_is_kept_once(audit: Ledger) -> None:
    """A look, a search, a table, what was refused; and nothing is changed or taken away."""
    producer, who = await audit.producer(), f"st-{uuid4()}"
    by: dict[str, Any] = {"staff_id": who, "session_id": "s", "organisation": CENTRE}
    bodies: list[Body] = [
        SessionStarted(kind="shared", **by),
        RecordViewed(kind="offer", record="o", **by),
        RecordSearched(kind="public-id", found=False, **by),
        RecordExported(kind="figures", rows=7, **by),
        ReadRefused(kind="many", times=3, **by),
        LinkRefused(kind="invitation", reason="used-up", staff_id=who),
        SessionRefused(staff_id=who, reason="wrong"),
    ]
    events = [says(producer, body, WHEN + timedelta(seconds=at)) for at, body in enumerate(bodies)]
    await audit.hear(*events, *events)
    assert [tuple(row) for row in await audit.fetch(KEPT, who)] == [
        ("signed-in", "shared", None, None, 1, None),
        ("viewed", "offer", "o", None, 1, None),
        ("searched", "public-id", None, False, 1, None),
        ("exported", "figures", None, None, 7, None),
        ("read-refused", "many", None, None, 3, None),
        ("link-refused", "invitation", None, None, 1, "used-up"),
        ("sign-in-refused", "", None, None, 1, "wrong"),
    ]
    for role in ("tirek_audit", "tirek_audit_owner"):
        connection = await asyncpg.connect(audit.stack.dsn(role))
        try:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute("DELETE FROM audit.views")
        finally:
            await connection.close()


async def ask(
    audit: Ledger,
    query: Mapping[str, str | list[str]],
    caller: Caller = AUDITOR,
    status: int = 200,
) -> Any:
    """The JSON of a list."""
    headers = bearer(audit.stack, caller) | {"Accept-Language": "en"}
    answer = await audit.http.get(f"/views?{urlencode(query, doseq=True)}", headers=headers)
    assert answer.status_code == status, answer.text
    return answer.json()


def told(page: Any) -> list[tuple[str, str]]:
    """What was done, and with what, the newest first."""
    return [(each["what"], each["kind"]) for each in page["looks"]]


async def test_a_case_is_found_by_each_of_its_ids(audit: Ledger) -> None:
    """Who looked at any of it, and who tried; by its coordinator and the auditor, and nobody
    else."""
    expected = [("read-refused", "service-request"), ("viewed", "incident"), ("viewed", "offer")]
    for of_id in (NEED, OFFER, INCIDENT):
        for caller in (AUDITOR, HERS):
            page = await ask(audit, {"of": "case", "id": of_id}, caller)
            assert told(page) == expected
            assert [each["record"] for each in page["looks"]] == [NEED, INCIDENT, OFFER]
            assert [each["seat"] for each in page["looks"]] == [None, "shared", "shared"]
        await ask(audit, {"of": "case", "id": of_id}, ANOTHER, 404)
    await ask(audit, {"of": "case", "id": "made-up"}, AUDITOR, 404)
    await ask(audit, CASE, replace(HERS, roles=frozenset({"worker"})), 403)


async def test_what_somebody_did_is_shown_to_whoever_oversees_them(audit: Ledger) -> None:
    """To a coordinator without the record: that a case is there is told by its page alone. Page by
    page it is the same."""
    page = await ask(audit, THEIRS)
    assert told(page) == [
        ("sign-in-refused", ""),
        ("link-refused", "invitation"),
        ("read-refused", "offer"),
        ("exported", "figures"),
        ("searched", "public-id"),
        ("viewed", "incident"),
        ("viewed", "offer"),
        ("signed-in", "shared"),
    ]
    assert page["looks"][2]["record"] == ELSEWHERE
    assert {each["organisation"] for each in page["looks"]} == {CENTRE}
    assert ("exported", "figures", 1) in [
        (each["what"], each["kind"], each["times"]) for each in page["counts"]
    ]
    hers = await ask(audit, THEIRS, HERS)
    assert (told(hers), hers["withheld"]) == (told(page), True)
    assert {each["record"] for each in hers["looks"]} == {None}
    assert told(await ask(audit, THEIRS, ANOTHER)) == []
    assert told(await ask(audit, {"of": "person", "id": STRANGER}, HERS)) == [
        ("read-refused", "service-request")
    ], "with a case of hers, wherever they serve"
    first = await ask(audit, THEIRS | {"limit": "5"}, HERS)
    rest = await ask(audit, THEIRS | {"limit": "5", "cursor": first["next"]}, HERS)
    assert (told(first) + told(rest), "next" in rest) == (told(page), False)


async def test_refusals_are_a_list_of_their_own(audit: Ledger) -> None:
    """In a period; of an organisation's people what is theirs; a link of nobody's to auditors."""
    spring = {"since": "2025-05-20", "until": "2025-05-20"}
    refused: dict[str, str | list[str]] = {
        "of": "everybody",
        "what": ["link-refused", "read-refused"],
        **spring,
    }
    page = await ask(audit, refused)
    counted = {(each["kind"], each["reason"], each["times"]) for each in page["counts"]}
    assert ("invitation", "unknown", 4) in counted
    theirs = await ask(audit, refused, HERS)
    assert "unknown" not in [each["reason"] for each in theirs["looks"]]
    centre = await ask(audit, PEOPLE | spring, HERS)
    assert ("searched", "public-id") in told(centre)
    assert told(await ask(audit, PEOPLE | {"until": "2025-05-19"})) == []
    for wrong in (
        {"of": "case"},
        {"of": "person", "id": "two words"},
        {"of": "everybody", "since": "2025-05-02", "until": "2025-05-01"},
        {"of": "everybody", "since": "1800-01-01"},
        {"of": "everybody", "what": "made-up"},
    ):
        await ask(audit, wrong, status=422)


async def test_the_verb_and_the_table_say_the_same(
    audit: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Line by line, in words; that the table was taken is on record."""
    page = await ask(audit, THEIRS)
    headers = bearer(audit.stack, AUDITOR) | {"Accept-Language": "en"}
    answer = await audit.http.get(f"/views.csv?of=person&id={WHO}", headers=headers)
    table = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [each["what was done"] for each in table][:3] == [
        "was not let in",
        "a link or a code opened nothing",
        "was refused",
    ]
    assert table[3]["rows"] == "7"
    taken = "SELECT count(*) FROM outbox WHERE type = 'tirek.figures.exported.v1' AND key = $1"
    assert (await audit.fetch(taken, AUDITOR.staff_id))[0][0] >= 1
    monkeypatch.setattr(asking, "MOST_ROWS", 3)
    too_many = await audit.http.get(f"/views.csv?of=person&id={WHO}", headers=headers)
    assert too_many.json()["errors"][0]["field"].endswith("since")
    monkeypatch.setattr(cli_seen, "pages", lambda *_: [page])
    monkeypatch.setenv("TIREK_LANG", "en")
    shown = CliRunner().invoke(cli.audit, ["views", WHO, "--of", "person", "--from", "2025-05-01"])
    assert len(shown.output.splitlines()) == len(table)
    assert f"was refused: an offer {ELSEWHERE}" in shown.output
