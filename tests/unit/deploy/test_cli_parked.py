"""What ``tirek parked`` says and refuses, without a database."""

import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from deploy.cli.__main__ import app
from deploy.cli.redrive import said
from deploy.operations.parked import Outcome, outcome
from deploy.operations.parked_record import shown
from deploy.provision import secrets
from deploy.topology import HOST
from shared.bus import wire
from shared.bus.parked import packed
from shared.events import Document, Envelope
from shared.events.envelope import new_salt
from shared.security.sealing import Sealer
from tests.support.bus import said as answered

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
INCIDENT = "3f2b8c1e-0000-4000-8000-00000000aaaa"
NOWHERE = {"ahead": 0, "behind": 0, "first": 5}


def tirek(*arguments: str) -> Result:
    """Runs ``tirek parked …`` where nothing answers."""
    with socket.create_server((HOST, 0)) as server:
        nobody = f"postgresql://u:p@{HOST}:{server.getsockname()[1]}/x"
    environment = {"TIREK_DATABASE_URL": nobody, "COLUMNS": "200"}
    return CliRunner().invoke(app, ["parked", *arguments], env=environment)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("redrive",), "say what to redrive: one of --id N, --key-of N and --all"),
        (("redrive", "--id", "3", "--all"), "say what to redrive: one of"),
        (("redrive", "--all", "--service", "town"), "no service town: one of intake, referral"),
        (("redrive", "--all"), "the database does not answer: ConnectionRefusedError"),
        (("show", "3"), "the database does not answer: ConnectionRefusedError"),
        (("keep", "3"), "the database does not answer: ConnectionRefusedError"),
        (("drop", "3", "--because", "x"), "the database does not answer: ConnectionRefusedError"),
        (("list",), "the database does not answer: ConnectionRefusedError"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else "",
)
def test_what_cannot_be_done_is_said_in_one_line(
    arguments: tuple[str, ...], complaint: str
) -> None:
    """And ends with status 1."""
    result = tirek(*arguments)
    assert result.exit_code == 1
    assert result.output.startswith(complaint)
    assert result.output.count("\n") == 1


def test_a_drop_needs_a_reason() -> None:
    """Somebody will ask why."""
    result = tirek("drop", "3")
    assert result.exit_code == 2
    assert "--because" in result.output


@pytest.mark.parametrize("verb", ["redrive", "show", "drop", "keep", "list"])
def test_each_verb_says_what_it_does(verb: str) -> None:
    """With its options."""
    result = tirek(verb, "--help")
    assert result.exit_code == 0
    assert "--database-url" in result.output


def row(number: int, tries: int, **changes: Any) -> dict[str, Any]:
    """A row of progress, parked and not asked for."""
    parked = {"handled": False, "dropped": False, "waiting": False}
    return {"id": number, "tries": tries, "reason": "a bug"} | parked | changes


def test_a_redrive_is_counted_by_what_became_of_each() -> None:
    """Handled, failed again, behind that, still to be tried; what was dropped is let go."""
    rows = [
        row(1, 1, handled=True),
        row(2, 3),
        row(3, 0),
        row(4, 0, waiting=True),
        row(5, 0, dropped=True),
    ]
    end = outcome({1: 0, 2: 2, 3: 0, 4: 0, 5: 0}, rows)
    assert end == Outcome(asked=5, handled=1, failed=((2, "a bug"),), behind=1, waiting=1)
    assert not end.well
    assert outcome({1: 0}, rows[:1]).well


def test_what_came_of_it_is_said() -> None:
    """With the reason of each that failed again."""
    assert said("notify", Outcome(0, 0, (), 0, 0)) == ["notify: nothing is parked"]
    assert said("notify", Outcome(4, 4, (), 0, 0)) == ["notify: 4 asked for, 4 handled"]
    assert said("notify", Outcome(4, 1, ((2, "a bug"),), 1, 1)) == [
        "notify: 4 asked for, 1 handled, 1 failed again, 1 behind those, not tried, "
        "1 still to be tried: its worker goes on by itself",
        "  record 2: a bug",
    ]


def parked(key: bytes, value: bytes, headers: wire.Headers, **changes: Any) -> dict[str, Any]:
    """A row of the table."""
    times = {
        "parked_at": AT,
        "asked_at": None,
        "redriven_at": None,
        "dropped_at": None,
        "proven": True,
    }
    place = {"topic": "tirek.notify", "partition": 1, "offset": 9, "appended_at": AT}
    what = {"key": key, "value": value, "headers": packed(headers), "dropped_because": None}
    return {"id": 5, "tries": 2, "reason": "a bug"} | times | place | what | changes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Keys of all services."""
    secrets.passwords(tmp_path)
    secrets.key_files(tmp_path)
    return tmp_path


def event(folder: Path) -> tuple[bytes, bytes, wire.Headers]:
    """An event of notify for referral."""
    body = answered(INCIDENT, 1)
    envelope = Envelope(
        id=INCIDENT,
        type="tirek.answer.received.v1",
        source="notify",
        subject=INCIDENT,
        key=INCIDENT,
        time=AT,
        correlation_id=INCIDENT,
        aggregate_version=1,
        producer_seq=1,
        prev="0" * 64,
    )
    document = Document[Any](salt=new_salt(), data=body).canonical()
    return wire.encode(envelope, document, Sealer.from_directory("notify", folder / "notify"))


def test_an_event_is_shown_by_its_outside(folder: Path) -> None:
    """Type, ids, place, times, how it stands, and that it opens."""
    place = {"ahead": 2, "behind": 1, "first": 3}
    told = dict(shown("referral", parked(*event(folder)), place, folder))
    assert told["record"] == "5 of referral"
    assert told["event"] == f"tirek.answer.received.v1, {INCIDENT}"
    assert told["key"] == INCIDENT
    assert told["place"] == "tirek.notify, partition 1, offset 9"
    assert told["because"] == "a bug"
    assert told["stands"] == "behind 2 of its key, the first is record 3, 1 behind it"
    assert told["opens"] == "yes"
    assert "accept" not in str(told)


@pytest.mark.parametrize(
    ("changes", "stands"),
    [
        ({}, "first of its key"),
        ({"asked_at": AT}, "first of its key; asked for since 2026-11-23 12:00:00 UTC"),
        ({"proven": False}, "apart: nothing waits for it"),
        ({"redriven_at": AT}, "handled 2026-11-23 12:00:00 UTC"),
        (
            {"dropped_at": AT, "dropped_because": "a test"},
            "dropped 2026-11-23 12:00:00 UTC: a test",
        ),
    ],
)
def test_how_a_record_stands_is_said(folder: Path, changes: dict[str, Any], stands: str) -> None:
    """Whoever looks at it next knows what to do."""
    told = dict(shown("referral", parked(b"", b"", [], **changes), NOWHERE, folder))
    assert told["stands"] == stands


def test_what_does_not_open_says_why(folder: Path) -> None:
    """Another reader's, altered, or where there are no keys to say it with."""
    key, value, headers = event(folder)
    opens = {
        name: dict(shown(service, parked(key, value, headers), NOWHERE, where))["opens"]
        for name, service, where in (
            ("other", "intake", folder),
            ("keyless", "referral", folder / "elsewhere"),
        )
    }
    assert opens["other"].startswith("no: sealed for other readers")
    assert opens["keyless"].startswith("cannot be said: no keys of referral in ")
    altered = [(name, b"2" if name == "ce_aggregateversion" else text) for name, text in headers]
    told = dict(shown("referral", parked(key, value, altered), NOWHERE, folder))
    assert told["opens"] == "no: sealed content was altered, or its key is not ours"


def test_nothing_that_somebody_put_into_a_record_is_shown(folder: Path) -> None:
    """A name where an id should be stays unread."""
    headers: wire.Headers = [("ce_type", b"Aisuluu"), ("ce_id", b"+996500"), ("Aisuluu", b"x\0")]
    told = shown("referral", parked(b"Aisuluu", b"Aisuluu", headers), NOWHERE, folder)
    assert "Aisuluu" not in str(told)
    assert "+996500" not in str(told)
    assert dict(told)["key"] == "not shown (7 bytes)"
    assert dict(told)["opens"] == "no: not an event: KeyError"
