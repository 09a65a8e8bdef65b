"""``tirek incident``: what curl does, for people."""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from typer.testing import CliRunner, Result

from deploy.cli import first_sent
from deploy.cli.__main__ import app
from deploy.local.stack import ROOT, Stack
from shared.clock import wall
from shared.events.intake import ConsentGiven, ExclusionsChanged
from shared.events.words import Fulfilment, ServiceRequestStatus
from shared.security.tokens import Caller
from tests.support.intake import Intake, report, served, staff
from tests.support.reading_out import calling

CALLER = staff()
ID = re.compile(r"incident ([0-9a-f-]{36})")


@pytest_asyncio.fixture(scope="module")
async def intake(stack: Stack) -> AsyncIterator[Intake]:
    """The stack's own intake."""
    await stack.ensure("intake.serve")
    async with served(stack) as one:
        yield one


def surroundings(intake: Intake, caller: Caller = CALLER) -> Mapping[str, str]:
    """Where intake is, and who asks."""
    return {
        "TIREK_INTAKE_URL": intake.stack.url("intake"),
        "TIREK_TOKEN": intake.tokens.token(caller, wall()),
    }


async def tirek(
    intake: Intake, *arguments: str, typed: str | None = None, caller: Caller = CALLER
) -> Result:
    """Runs ``tirek incident …``."""
    env = surroundings(intake, caller)
    return await asyncio.to_thread(
        CliRunner().invoke, app, ("incident", *arguments), input=typed, env=env
    )


async def test_a_report_is_sent_from_a_file_or_from_stdin(intake: Intake, tmp_path: Path) -> None:
    """Under the same key it is one incident."""
    file = tmp_path / "report.json"
    file.write_text(json.dumps(report()), encoding="utf-8")
    first = await tirek(intake, "report", str(file), "--key", "by-hand")
    again = await tirek(intake, "report", "-", "--key", "by-hand", typed=file.read_text())
    assert first.exit_code == again.exit_code == 0, first.output
    found, same = ID.search(first.output), ID.search(again.output)
    assert found is not None
    assert same is not None
    assert found.group() == same.group()
    assert "crisis-counselling" in first.output


async def test_a_report_with_relative_times_sent_again_is_the_same(
    intake: Intake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """«30 minutes ago» counts from the first sending, for as long as intake knows the key; where
    that cannot be noted, a line says so."""
    monkeypatch.setattr(first_sent, "SENT", tmp_path / "sent")
    file = tmp_path / "report.json"
    file.write_text(json.dumps(report(occurred_at={"ago": "PT30M"})), encoding="utf-8")
    command = ("report", str(file), "--key", "half-an-hour")
    first = await tirek(intake, *command)
    [mark] = (tmp_path / "sent").iterdir()
    assert mark.stat().st_size == 0
    again = await tirek(intake, *command)
    assert (first.exit_code, again.exit_code) == (0, 0), again.output
    assert ID.findall(first.output) == ID.findall(again.output) != []
    forgotten = (wall() - first_sent.KEPT - timedelta(minutes=1)).timestamp()
    os.utime(mark, (forgotten, forgotten))
    assert (await tirek(intake, *command)).exit_code == 1
    monkeypatch.setattr(first_sent, "SENT", file / "no-folder")
    assert "times are counted anew" in (await tirek(intake, "report", str(file))).output


async def test_an_incident_is_hidden_from_somebody_after_it_was_reported(
    intake: Intake, tmp_path: Path
) -> None:
    """By the name, the number, a staff id or an organisation; from nobody is no wish."""
    await intake.introduce(CALLER)
    file = tmp_path / "report.json"
    file.write_text(json.dumps(report()), encoding="utf-8")
    taken = ID.search((await tirek(intake, "report", str(file))).output)
    assert taken is not None
    incident_id = taken.group(1)
    named = ("--name", "Бакыт Вымышлов", "--phone", "0 000 500 777", "--staff", "st-kin")
    answer = await tirek(intake, "exclude", incident_id, *named, "--organisation", "police-suzak")
    assert (answer.exit_code, "finds it no more" in answer.output) == (0, True), answer.output
    [said] = await intake.said(ExclusionsChanged, incident_id)
    assert said["excluded_organisations"] == ["police-suzak"]
    tagger = intake.deps.tagger
    meant = {*tagger.phone("+996000500777"), *tagger.staff("st-kin")}
    assert {*intake.deps.digests.of(incident_id, meant)} < {*said["excluded_digests"]}
    assert (await tirek(intake, "exclude", incident_id)).exit_code == 1


async def test_a_sample_is_taken_as_it_stands(intake: Intake) -> None:
    """The README tells a newcomer to copy from these: no part of one has to be cut out first."""
    sample = ROOT / "deploy" / "samples" / "incidents" / "09-night.yaml"
    answer = await tirek(intake, "report", str(sample))
    assert answer.exit_code == 0, answer.output
    assert "police-protection" in answer.output


async def test_a_consent_is_entered_after_the_report_and_taken_back(
    intake: Intake, tmp_path: Path
) -> None:
    """What waits says so; the verb asks for no more than need and kind."""
    await intake.introduce(CALLER)
    body = json.dumps(report(consents=[]))
    answer = await tirek(intake, "report", "-", typed=body)
    assert "have a consent asked for, and enter it" in " ".join(answer.output.split())
    taken = ID.search(answer.output)
    assert taken is not None

    async def consent(*arguments: str) -> Result:
        verb = ("consent", *arguments)
        return await asyncio.to_thread(CliRunner().invoke, app, verb, env=surroundings(intake))

    named = ("--need", "crisis-counselling", "--to", "crisis-centre")
    given = await consent("give", taken.group(1), *named)
    assert given.exit_code == 0, given.output
    consent_id = given.output.split()[-1]
    assert consent_id in (await consent("list", taken.group(1))).output
    ended = await consent("withdraw", taken.group(1), consent_id)
    assert "nothing permits this need any more" in " ".join(ended.output.split())
    [event] = await intake.said(ConsentGiven, taken.group(1))
    assert event["need"]["service_type"] == "crisis-counselling"


async def test_a_report_is_weighed_before_it_is_sent(intake: Intake, tmp_path: Path) -> None:
    """How urgent and why, what waits for a consent, and nothing is taken."""
    before = await intake.count("incidents")
    sample = ROOT / "deploy" / "samples" / "incidents" / "02-within-72-hours.yaml"
    answer = await tirek(intake, "assess", str(sample))
    assert answer.exit_code == 0, answer.output
    said = " ".join(answer.output.split())
    assert "one such sign is enough" in said
    assert "prevention of HIV: " in said
    assert await intake.count("incidents") == before


async def test_what_was_left_out_and_how_numbers_were_read_is_said(
    intake: Intake, tmp_path: Path
) -> None:
    """A number as a contact list pastes it, and one that is none: the report is taken."""
    phones = {"phone": "\u202a0000 500 101\u202c"}, {"phone": "102"}
    body = report(survivor={"language": "ky"} | phones[0], accused=[phones[1]])
    answer = await tirek(intake, "report", "-", typed=json.dumps(body))
    assert answer.exit_code == 0, answer.output
    said = " ".join(answer.output.split())
    assert "survivor.phone: was read as +996000500101" in said
    assert "accused[0].phone was left out: must be a telephone number" in said


async def test_what_is_wrong_is_said_in_a_line_each(intake: Intake, tmp_path: Path) -> None:
    """A file that is not there, or is no YAML, a field that cannot be, an incident that is none."""
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(report(needs=["magic"])), encoding="utf-8")
    for arguments, expected in (
        (("report", str(tmp_path / "nothing.json")), "cannot be read"),
        (("report", str(broken)), "is not YAML"),
        (("report", str(wrong)), "needs[0]"),
        (("show", "no such incident"), "Not found"),
    ):
        answer = await tirek(intake, *arguments)
        assert answer.exit_code == 1
        assert expected in " ".join(answer.output.split())


async def test_an_operator_reads_out_one_group(intake: Intake) -> None:
    """With the ticket and the proof that other verbs print."""
    call = await calling(intake)
    words = ("--ticket", await call.ticket(), "--proof", await call.proof())
    shown = await tirek(intake, "read-out", "identity", *words, caller=call.operator)
    assert (shown.exit_code, "Айсулуу" in shown.output) == (0, True), shown.output


async def test_an_incident_is_followed_until_somebody_helps(intake: Intake) -> None:
    """It prints what changed, and ends by itself."""
    taken = await intake.take(CALLER)
    following = asyncio.create_task(tirek(intake, "show", taken["incident_id"], "--follow"))
    await intake.hear_progress(taken, ServiceRequestStatus.ACTIVE, Fulfilment.PLACED, 2)
    answer = await asyncio.wait_for(following, 20)
    assert answer.exit_code == 0
    assert "accepted" in answer.output


async def test_what_was_begun_is_listed_and_deleted(intake: Intake) -> None:
    """``tirek incident drafts`` and ``drop-draft``: the caller's own, without what is in them."""
    draft = (await intake.ask("POST", "/drafts", CALLER)).json()["draft_id"]
    assert f"{draft}: " in (await tirek(intake, "drafts")).output
    assert draft not in (await tirek(intake, "drafts", caller=staff("st-other"))).output
    assert (await tirek(intake, "drop-draft", draft)).exit_code == 0
    assert draft not in (await tirek(intake, "drafts")).output
