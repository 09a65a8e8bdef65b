"""The directory's file: what cannot be right is named, and what is right is read the same way."""

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from services.referral.directory.file import LiveDirectory, read_directory
from services.referral.directory.hours import open_now
from services.referral.directory.model import Service, Window
from shared.jurisdiction import load_jurisdiction
from shared.jurisdiction.config_files import BadFile
from tests.support.still import still

ROOT = Path(__file__).parents[3]
KG = load_jurisdiction(ROOT / "deploy/jurisdictions/kg")
BISHKEK = ZoneInfo("Asia/Bishkek")
MONDAY = (2026, 11, 23)
PATIENCE = 2.0
"""Seconds in which a thousand looks at the hours are over, on a machine with other work."""


def house(**changes: Any) -> dict[str, Any]:
    """A shelter in Bishkek, as the file has it."""
    return {
        "id": "made-up-house",
        "name": "Made-up house",
        "kind": "crisis-centre",
        "verified_on": "2026-11-23",
        "locations": [{"kind": "contact-point", "name": "x", "territory": "41711202000000"}],
        "services": [service()],
    } | changes


def service(**changes: Any) -> dict[str, Any]:
    """Its one service."""
    return {
        "id": "made-up-shelter",
        "type": "shelter",
        "service_areas": ["41711"],
        "capacity": {"maximum": 6, "available": 3},
    } | changes


def hours(rule: str) -> dict[str, Any]:
    """By day."""
    return {"rrule": rule, "opens_at": "09:00", "closes_at": "18:00"}


def written(folder: Path, *organizations: dict[str, Any]) -> Path:
    """A file with these organisations."""
    path = folder / "directory.yaml"
    path.write_text(yaml.safe_dump({"organizations": list(organizations)}), encoding="utf-8")
    return path


def test_the_change_is_of_the_content_and_not_of_its_layout(tmp_path: Path) -> None:
    """An exhausted request is tried again when something is new, not when a file was touched."""
    path = written(tmp_path, house())
    first = read_directory(path, KG).change
    path.write_text("# a remark\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert read_directory(path, KG).change == first
    fuller = service(capacity={"maximum": 6, "available": 0})
    assert read_directory(written(tmp_path, house(services=[fuller])), KG).change != first


@pytest.mark.parametrize(
    ("organizations", "said"),
    [
        ([house(), house()], "stands twice"),
        ([house(services=[service(), service()])], "made-up-shelter stands twice"),
        ([house(parent_organization="nobody")], "unknown organization nobody"),
        ([house(oversight_organization="nobody")], "unknown organization nobody"),
        ([house(desk_organizations=["nobody"])], "unknown organization nobody"),
        ([house(parent_organization="made-up-house")], "leads back to itself"),
        ([house(kind="circus")], "unknown kind circus"),
        ([house(services=[service(type="circus")])], "unknown service type circus"),
        ([house(services=[service(type="legal-aid")])], "holds no places"),
        ([house(services=[service(service_areas=["999"])])], "service_areas: 999"),
        ([house(services=[service(service_areas=[])])], "service_areas"),
        ([house(services=[service(capacity={"maximum": 1, "available": 2})])], "more available"),
        ([house(services=[service(address="a street")])], "address"),
        ([house(verified_on="yesterday")], "verified_on"),
    ],
)
def test_what_cannot_be_right_is_named(
    tmp_path: Path, organizations: list[dict[str, Any]], said: str
) -> None:
    """One line with the file and the place in it; an unknown word, an address too, is a mistake."""
    path = written(tmp_path, *organizations)
    with pytest.raises(BadFile, match=said) as refused:
        read_directory(path, KG)
    assert str(path) in str(refused.value)
    assert re.search(r"\(line [0-9]+\)", str(refused.value))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=MINUTELY",  # hours are opens_at and closes_at
        "FREQ=DAILY;BYHOUR=9",
        "FREQ=DAILY;INTERVAL=0",  # never ends
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;COUNT=3",
        "FREQ=DAILY;UNTIL=20270101T000000Z",  # would raise with each look
        "FREQ=DAILY;UNTIL=20200101",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY\nEXDATE:20261123T000000",
        "FREQ=DAILY;BYDAY=MO\nRDATE:20261123T000000",
        "FREQ=DAILY;BYEASTER=1000000",
        "DTSTART:20260101T000000\nRRULE:FREQ=DAILY",
        "every day",
        "",
    ],
)
def test_a_schedule_that_would_break_matching_is_refused(tmp_path: Path, rule: str) -> None:
    """When the file is read, and not in the night when somebody needs a bed."""
    slip = house(services=[service(schedules=[hours(rule)])])
    with pytest.raises(BadFile, match="rrule"):
        read_directory(written(tmp_path, slip), KG)


async def test_a_slip_of_the_pen_leaves_the_last_good_directory(tmp_path: Path) -> None:
    """A country without providers is worse than yesterday's directory; and it is known as such."""
    path = written(tmp_path, house())
    live = LiveDirectory(path, still(KG))
    good = live.current
    written(tmp_path, house(services=[service(schedules=[hours("FREQ=DAILY;INTERVAL=0")])]))
    assert not await live.refresh()
    assert not await live.refresh()
    assert live.current is good
    path.unlink()
    assert not await live.refresh()
    assert live.current is good
    written(tmp_path, house(name="Another name"))
    assert await live.refresh()
    assert live.current.change != good.change
    assert await live.refresh()


async def test_whoever_asks_while_the_file_is_read_gets_the_new_directory(tmp_path: Path) -> None:
    """Two jobs of one process look at once: neither takes the old one for what the file says."""
    path = written(tmp_path, house())
    live = LiveDirectory(path, still(KG))
    written(tmp_path, house(name="Another name"))

    async def name() -> str:
        assert await live.refresh()
        return live.current.organisations["made-up-house"].name

    assert set(await asyncio.gather(name(), name())) == {"Another name"}


@pytest.mark.parametrize(
    ("locations", "territories"),
    [
        (
            ["41711202000000", "41704000000000", "41711202000000"],
            ("41711202000000", "41704000000000"),
        ),
        ([], ("41711", "41704")),
    ],
)
def test_an_organisation_is_where_its_locations_are_or_else_where_it_serves(
    tmp_path: Path, locations: list[str], territories: tuple[str, ...]
) -> None:
    """Each once, in the words of the file."""
    found = [{"kind": "contact-point", "name": "x", "territory": each} for each in locations]
    services = [service(service_areas=["41711"]), service(id="b", service_areas=["41704", "41711"])]
    path = written(tmp_path, house(locations=found, services=services))
    organisation = read_directory(path, KG).organisations["made-up-house"]
    assert organisation.territories == territories


def at(*wall: int) -> datetime:
    """That time on the wall in Bishkek."""
    return datetime(*wall, tzinfo=BISHKEK).astimezone(UTC)  # type: ignore[misc, arg-type]


def open_by(rule: str, opens: str, closes: str, now: datetime) -> bool:
    """Whether a service with this one window answers."""
    one = Service("s", "o", "legal-aid", ("417",), windows=(Window(rule, opens, closes),))
    return open_now(one, now, BISHKEK)


WEEKDAYS = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"


@pytest.mark.parametrize(
    ("now", "answers"),
    [
        (at(*MONDAY, 8, 59), False),
        (at(*MONDAY, 9), True),
        (at(*MONDAY, 17, 59), True),
        (at(*MONDAY, 18), False),
        (at(2026, 11, 22, 12), False),  # a Sunday
    ],
)
def test_hours_are_local_and_half_open(now: datetime, *, answers: bool) -> None:
    """At six it is closed."""
    assert open_by(WEEKDAYS, "09:00", "18:00", now) is answers


@pytest.mark.parametrize(
    ("now", "answers"),
    [
        (at(*MONDAY, 21), True),
        (at(2026, 11, 24, 3), True),  # Monday's night goes on
        (at(2026, 11, 24, 8), False),
        (at(*MONDAY, 3), False),  # that was Sunday's night
    ],
)
def test_hours_past_midnight_belong_to_the_day_they_began(now: datetime, *, answers: bool) -> None:
    """A night watch from Monday to Friday ends on Saturday morning."""
    assert open_by(WEEKDAYS, "20:00", "08:00", now) is answers


@given(now=st.datetimes(datetime(2024, 1, 2), datetime(2034, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_round_the_clock_is_never_closed(now: datetime) -> None:
    """From midnight to midnight, any day, any year."""
    assert open_by("FREQ=DAILY", "00:00", "00:00", now)


def test_looking_at_the_hours_costs_next_to_nothing() -> None:
    """Whatever the year: a rule is not counted up from its first day with every look."""
    rule, now = "FREQ=DAILY;WKST=SU", at(2035, 6, 1, 12)
    began = process_time()
    assert all(open_by(rule, "09:00", "18:00", now) for _ in range(1000))
    assert process_time() - began < PATIENCE
