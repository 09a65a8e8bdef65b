"""What ``tirek incident report`` reads: a report or a whole sample, in YAML or JSON."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import typer
import yaml
from typer.testing import CliRunner

from deploy.cli import incident
from deploy.local.stack import ROOT
from deploy.samples.load import load_incidents, read_report
from services.intake.bodies import ReportBody
from services.intake.handlers.parse_report import Reader
from shared.jurisdiction import load_jurisdiction
from shared.jurisdiction.config_files import BadFile

SAMPLES = sorted((ROOT / "deploy" / "samples" / "incidents").glob("*.yaml"))
NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
KG = load_jurisdiction(ROOT / "deploy" / "jurisdictions" / "kg")


def read(text: str) -> dict[str, Any]:
    """As the verb reads it."""
    return read_report(text, Path("-"), lambda: NOW, KG.zone)


@pytest.mark.parametrize("path", SAMPLES, ids=[path.stem for path in SAMPLES])
def test_every_sample_is_a_report_that_intake_takes(path: Path) -> None:
    """The whole file, as YAML or as JSON, its relative times counted from now: what is played."""
    text = path.read_text(encoding="utf-8")
    body = read(text)
    assert body == load_incidents()[path.stem].body(NOW, KG.zone)
    assert body == read(json.dumps(yaml.safe_load(text)))
    assert Reader(KG, NOW).report(ReportBody.model_validate(body)).needs is not None


def test_there_are_seventeen_samples() -> None:
    """As the README says."""
    assert len(SAMPLES) == 17


def test_a_report_alone_is_read_in_both_spellings() -> None:
    """YAML's own instants, without quotes, and JSON's escapes become what JSON would have."""
    assert read("language: ky\noccurred_at: 2026-11-22T21:30:00+06:00\n") == {
        "language": "ky",
        "occurred_at": "2026-11-22T21:30:00+06:00",
    }
    assert read('{\t"text": "\\ud83d\\ude42"}') == {"text": "🙂"}
    assert read('{"occurred_at": {"last": "02:15"}}') == {
        "occurred_at": datetime(2026, 11, 23, 2, 15, tzinfo=ZoneInfo("Asia/Bishkek")).isoformat()
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "- language",
        "report:\n",
        "language: ky\nlanguage: ru\n",
        "age: .nan\n",
        "? [1]\n: 2\n",
        "&a {b: *a}\n",
        "occurred_at: {ago: soon}\n",
        "occurred_at: {ago: P999999999D}\n",
        'occurred_at: {last: "25:15"}\n',
    ],
)
def test_what_is_no_report_is_told_with_its_file(text: str) -> None:
    """And never a traceback: whoever types it has somebody on the telephone."""
    with pytest.raises(BadFile, match=r"^-: "):
        read(text)


def test_a_mistake_is_told_by_its_place_and_without_the_words_that_stand_there() -> None:
    """They may be a survivor's, and the message may be sent on to whoever helps with computers."""
    with pytest.raises(BadFile) as told:
        read('language: ky\ntext: "Aisuluu" said\n')
    assert str(told.value).startswith("-: is not YAML: ")
    assert str(told.value).endswith("(line 2, column 17)")
    assert "Aisuluu" not in str(told.value)


@pytest.mark.parametrize(
    ("typed", "accused"),
    [
        ("1\n", {"name": "Гульнара Асанова, Гуля", "organisation": "desk"}),
        ("9\nx\n0\n", {"name": "Гуля"}),
    ],
)
def test_who_reports_confirms_a_near_match_or_none(
    typed: str, accused: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is confirmed is named as the register has them, beside what was said; "none of them"
    leaves the report as it is."""
    asked: list[dict[str, Any]] = []

    def near(name: str, **where: Any) -> list[dict[str, str]]:
        asked.append({"name": name, **where})
        return [{"name": "Гульнара Асанова", "organisation": "desk"}]

    monkeypatch.setattr(incident, "near", near)
    body = {"territory": "41704245845020", "accused": [{"name": "Гуля"}, {"staff_id": "st-x"}]}
    asking = typer.Typer()
    asking.command()(lambda: incident.ask_back(body))
    answer = CliRunner().invoke(asking, input=typed)
    assert answer.exit_code == 0, answer.output
    assert body["accused"] == [accused, {"staff_id": "st-x"}]
    assert asked == [{"name": "Гуля", "organisation": None, "raion": "41704245845020"}]


def test_a_report_does_not_wait_for_notify(monkeypatch: pytest.MonkeyPatch) -> None:
    """While notify cannot say who is meant, the report goes out as it is."""

    def refused(name: str, **_where: Any) -> list[dict[str, str]]:
        raise typer.Exit(1)

    monkeypatch.setattr(incident, "near", refused)
    body = {"territory": "41704245845020", "accused": [{"name": "Гуля"}]}
    incident.ask_back(body)
    assert body["accused"] == [{"name": "Гуля"}]
