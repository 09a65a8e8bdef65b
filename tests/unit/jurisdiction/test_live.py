"""Files that are changed while processes run: what is right counts, what is not changes nothing."""

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from services.referral.directory.file import LiveDirectory
from shared.events.words import Urgency
from shared.jurisdiction.config_files import BadFile
from shared.jurisdiction.live import LiveJurisdiction
from shared.runtime.health import Health

START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
"""Nine in the morning of a Monday in Bishkek."""


@pytest.fixture
def folder(kg_folder: Path, tmp_path: Path) -> Path:
    """The country, to be edited."""
    return Path(shutil.copytree(kg_folder, tmp_path / "kg"))


def edit(file: Path, right: str, wrong: str) -> None:
    """Saves it as an editor does: another file in its place."""
    text = file.read_text(encoding="utf-8")
    assert right in text
    new = file.with_suffix(".new")
    new.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    new.replace(file)


def moved(folder: Path, name: str) -> None:
    """Under another name."""
    folder.rename(folder.with_name(name))


def refused() -> float | None:
    """The metric."""
    return REGISTRY.get_sample_value("tirek_files_refused", {"name": "jurisdiction"})


async def test_deadlines_risk_and_holidays_count_without_a_restart(folder: Path) -> None:
    """What was given out before stays what it was: a value is frozen."""
    live = LiveJurisdiction(folder)
    before = live.current
    edit(folder / "policies.yaml", "immediate: {ack: PT5M", "immediate: {ack: PT7M")
    edit(folder / "risk.yaml", "high: 6}", "high: 2}")
    edit(folder / "holidays.yaml", "dated:\n", "dated:\n  - {date: 2026-11-23, name: x}\n")
    with capture_logs() as said:
        assert await live.refresh()
    assert [each["event"] for each in said] == ["jurisdiction.changed"]
    now = live.current
    assert now.timers("police-protection", Urgency.IMMEDIATE).ack == timedelta(minutes=7)
    assert before.timers("police-protection", Urgency.IMMEDIATE).ack == timedelta(minutes=5)
    assert now.checklist.assess(["stalking"], immediate_danger=False).urgency is Urgency.HIGH
    hour = timedelta(hours=1)
    assert before.deadline("legal-aid", START, hour) == START + hour
    assert now.deadline("legal-aid", START, hour) == START + timedelta(days=1) + hour
    assert await live.refresh()
    assert live.current is now, "nothing is read again that has not changed"


@pytest.mark.parametrize(
    ("file", "right", "wrong", "said"),
    [
        ("risk.yaml", "weight: 5", "weight: much", r"risk\.yaml: signs\.0\.weight: .*\(line 14\)"),
        ("policies.yaml", "timers:", "times:", r"policies\.yaml: .*timers"),
        ("messages/ky.yaml", "language: ky", "language: ru", r"ky\.yaml: language: must be ky"),
        ("territories.csv", "41702205000000,", "41702206000000,", r"41702205000000"),
        ("service_types.yaml", "  social-services:", "  care:", r"social-services no more: stop"),
        ("jurisdiction.yaml", "id: kg", "id: kz", r"another country's: stop the services"),
    ],
)
async def test_files_that_cannot_be_right_change_nothing_and_are_told(
    folder: Path, file: str, right: str, wrong: str, said: str
) -> None:
    """By the log once, by the metric and the health page for as long as it is so."""
    live = LiveJurisdiction(folder)
    good, health = live.current, Health(files=(live,))
    assert (refused(), health.report().get("refused")) == (0, None)
    edit(folder / file, right, wrong)
    with capture_logs() as lines:
        assert not await live.refresh()
        assert not await live.refresh()
    assert live.current is good
    assert [each["event"] for each in lines] == ["jurisdiction.refused"]
    page: Any = health.report()
    [line] = page["refused"]
    assert line == lines[0]["reason"]
    assert re.search(said, line)
    assert health.report()["ready"], "it goes on with the last good ones"
    assert refused() == 1
    edit(folder / file, wrong, right)
    assert await live.refresh()
    assert (refused(), health.report().get("refused")) == (0, None)


async def test_a_folder_that_is_gone_or_a_failure_of_ours_changes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is raised while files are read, no process ends by it."""
    live = LiveJurisdiction(folder)
    moved(folder, "away")
    assert not await live.refresh()
    assert "jurisdiction.yaml: cannot be read" in live.refused
    moved(folder.with_name("away"), folder.name)
    assert await live.refresh()

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("shared.jurisdiction.live.load_jurisdiction", broken)
    edit(folder / "risk.yaml", "high: 6}", "high: 7}")
    assert not await live.refresh()
    assert live.refused == "cannot be read: ZeroDivisionError"


async def test_a_file_that_is_still_being_saved_waits_for_its_end(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a file may be right by itself; what changes under the reading does not count."""
    live = LiveJurisdiction(folder)
    good, read = live.current, live._read

    def slow(before: object) -> object:
        found = read(before)  # type: ignore[arg-type]
        edit(folder / "risk.yaml", "high: 2}", "high: 3}")
        return found

    edit(folder / "risk.yaml", "high: 6}", "high: 2}")
    monkeypatch.setattr(live, "_read", slow)
    assert not await live.refresh()
    assert (live.current is good, live.refused) == (True, "")
    monkeypatch.setattr(live, "_read", read)
    assert await live.refresh()
    assert live.current.checklist.thresholds.high == 3


async def test_what_a_service_cannot_work_with_is_refused_too(folder: Path) -> None:
    """Its own check is part of the reading."""

    def check(country: object) -> None:
        if "PT7M" in (folder / "policies.yaml").read_text(encoding="utf-8"):
            raise ValueError("seven will not do")

    live = LiveJurisdiction(folder, check=check)
    edit(folder / "policies.yaml", "ack: PT5M", "ack: PT7M")
    assert not await live.refresh()
    assert live.refused == f"{folder}: seven will not do"
    with pytest.raises(BadFile, match="seven will not do"):
        LiveJurisdiction(folder, check=check)


async def test_policies_that_stand_elsewhere_are_followed(folder: Path, tmp_path: Path) -> None:
    """TIREK_POLICIES is a file of its own."""
    own = tmp_path / "ours.yaml"
    shutil.copy(folder / "policies.yaml", own)
    live = LiveJurisdiction(folder, own)
    edit(own, "version: kg-2026-11", "version: ours-2")
    assert await live.refresh()
    assert live.current.policies.version == "ours-2"


async def test_a_directory_may_name_a_place_as_soon_as_the_country_has_it(
    folder: Path, kg_folder: Path, tmp_path: Path
) -> None:
    """Refused at first, and read again when the country has changed, though its file has not."""
    samples = kg_folder.parents[1] / "samples" / "directory.yaml"
    file = tmp_path / "directory.yaml"
    shutil.copy(samples, file)
    country = LiveJurisdiction(folder)
    directory = LiveDirectory(file, country)
    new = "41709205000000"
    edit(file, "41711204000000", new)
    assert not await directory.refresh()
    assert f"{new} is no territory that is known here (line " in directory.refused
    table = folder / "territories.csv"
    rows = f"41709000000000,oblast,,x\n{new},raion,41709000000000,x\n"
    table.write_text(table.read_text(encoding="utf-8") + rows, encoding="utf-8")
    assert await country.refresh()
    assert await directory.refresh()
    assert any(each.territory == new for each in directory.current.organisations.values())
