"""Hours: one language for the working week, the directory and rosters, whatever the clocks do."""

import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notify.rosters import duty
from services.notify.rosters.model import Window as Watch
from services.referral.directory.hours import open_now
from services.referral.directory.model import Service, Window
from shared.jurisdiction import Jurisdiction, load_jurisdiction
from shared.jurisdiction.calendar import Holidays, Yearly, working_calendar
from shared.jurisdiction.config_files import BadFile
from shared.jurisdiction.hours import clock, closing, hours
from shared.jurisdiction.working_hours import WorkingCalendar

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BISHKEK = ZoneInfo("Asia/Bishkek")
NEW_YORK = ZoneInfo("America/New_York")
MONDAY = date(2026, 11, 23)
CHANGES = {
    NEW_YORK: (date(2026, 3, 8), date(2026, 11, 1)),
    ZoneInfo("Australia/Lord_Howe"): (date(2026, 4, 5), date(2026, 10, 4)),  # by half an hour
    ZoneInfo("Africa/Cairo"): (date(2026, 4, 24), date(2026, 10, 30)),  # at midnight
    BISHKEK: (MONDAY,),
}
"""Days on which clocks change."""
WEEKDAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
NO_HOLIDAYS = Holidays.model_validate_json(
    '{"version": "x", "valid_from": "2026-01-01", "known_until": "2030-01-01", "yearly": []}'
)
quarters = st.integers(0, 95).map(lambda at: f"{at // 4:02}:{at % 4 * 15:02}")
spans = st.builds("{}-{}".format, quarters, quarters | st.just("24:00"))
weeks = st.dictionaries(st.sampled_from(WEEKDAYS), st.lists(spans, max_size=4), min_size=1)
near_a_change = st.sampled_from(list(CHANGES)).flatmap(
    lambda zone: st.tuples(st.just(zone), st.sampled_from(CHANGES[zone]))
)


def week(zone: ZoneInfo, days: Mapping[str, Sequence[str]]) -> WorkingCalendar:
    """As a file would have it."""
    return working_calendar(zone, {day: tuple(each) for day, each in days.items()}, NO_HOLIDAYS)


def every(*of_day: str) -> dict[str, Sequence[str]]:
    """The same on each day."""
    return dict.fromkeys(WEEKDAYS, of_day)


def wall(zone: ZoneInfo, *at: int) -> datetime:
    """That time on the wall."""
    return datetime(*at, tzinfo=zone)  # type: ignore[misc, arg-type]


def works(calendar: WorkingCalendar, now: datetime) -> bool:
    """Whether work is done at ``now``: a minute later some of it is."""
    return calendar.between(now, now + MINUTE) > timedelta(0)


@settings(deadline=None, max_examples=30)
@given(near_a_change, weeks, st.randoms(use_true_random=False))
def test_the_order_of_hours_says_nothing_and_none_counts_twice(
    place: tuple[ZoneInfo, date], days: dict[str, list[str]], dice: object
) -> None:
    """Shuffled, repeated, overlapping: the union is what is worked, in order and without a hole."""
    zone, day = place
    start = datetime.combine(day, time(), zone).astimezone(UTC) - 2 * DAY
    muddled = {
        name: dice.sample([*each, *each], 2 * len(each))  # type: ignore[attr-defined]
        for name, each in days.items()
    }
    calendar, other = week(zone, days), week(zone, muddled)
    end = start + 5 * DAY
    pieces = [each for each in calendar.spans_from(start) if each[0] < end]
    assert pieces == [each for each in other.spans_from(start) if each[0] < end]
    assert all(before[1] <= after[0] for before, after in pairwise(pieces))
    raw = [
        each for back in range(-1, 8) for each in calendar.spans(start.date() + back * DAY)
    ]  # the hours of each day as they stand, overlapping
    for quarter in range(0, 5 * 96, 3):
        now = start + quarter * 15 * MINUTE
        assert any(a <= now < b for a, b in pieces) is any(a <= now < b for a, b in raw)


@settings(deadline=None, max_examples=30)
@given(near_a_change, spans)
def test_a_service_a_watch_and_the_working_week_read_the_same_hours_alike(
    place: tuple[ZoneInfo, date], text: str
) -> None:
    """At each quarter of an hour round the change of the clocks: open, on duty, at work, or not."""
    zone, day = place
    opens, closes = text.split("-")
    calendar = week(zone, every(text))
    service = Service("s", "o", "t", ("",), windows=(Window("FREQ=DAILY", opens, closes),))
    begins = datetime.combine(day - 10 * DAY, clock(opens))
    until = datetime.combine(day - 10 * DAY, closing(closes))
    lasts = until - begins if until > begins else until - begins + DAY
    watch = Watch(begins, lasts, "FREQ=DAILY")
    local = duty.LocalDays(zone, lambda _: None)
    start = datetime.combine(day, time(), zone).astimezone(UTC) - DAY
    for quarter in range(2 * 96):
        now = start + quarter * 15 * MINUTE
        at_work = works(calendar, now)
        assert open_now(service, now, zone) is at_work
        assert duty.covers(watch, now, local) is at_work


@pytest.mark.parametrize(
    "of_day",
    [
        ("14:00-18:00", "09:00-13:00"),
        ("09:00-13:00", "14:00-18:00", "15:00-16:00", "09:00-13:00"),
        ("09:00-12:00", "11:00-13:00", "14:00-18:00"),
    ],
)
def test_eight_hours_from_the_morning_end_in_the_evening(of_day: tuple[str, ...]) -> None:
    """In whatever order, and however often, the halves of the day are written."""
    start = wall(BISHKEK, 2026, 11, 23, 9)
    assert week(BISHKEK, every(*of_day)).add(start, 8 * HOUR) == start + 9 * HOUR


def test_a_night_counts_and_belongs_to_the_day_it_begins_on() -> None:
    """Friday's ends on Saturday morning, and Sunday's does not begin."""
    nights = week(BISHKEK, {"fr": ("22:00-06:00",)})
    friday = wall(BISHKEK, 2026, 11, 27, 12)
    assert nights.add(friday, 8 * HOUR) == wall(BISHKEK, 2026, 11, 28, 6)
    assert nights.between(wall(BISHKEK, 2026, 11, 28, 3), friday + 7 * DAY) == 3 * HOUR


@pytest.mark.parametrize("text", ["00:00-24:00", "00:00-00:00", "08:00-08:00"])
def test_round_the_clock_has_no_hole_at_midnight(text: str) -> None:
    """A week of it is a week, also where clocks change."""
    start = wall(NEW_YORK, 2026, 10, 28, 17).astimezone(UTC)
    assert week(NEW_YORK, every(text)).between(start, start + 7 * DAY) == 7 * DAY
    opens, closes = text.split("-")
    service = Service("s", "o", "t", ("",), windows=(Window("FREQ=DAILY", opens, closes),))
    midnight = datetime.combine(date(2026, 10, 31), time(), NEW_YORK)
    assert all(open_now(service, midnight + at * MINUTE, NEW_YORK) for at in range(-3, 4))


@pytest.mark.parametrize(
    "text", ["9-13", "09:00", "24:00-06:00", "09:00-24:01", "09:60-10:00", "٠٩:00-10:00", "", "-"]
)
def test_what_are_no_hours_is_refused_in_plain_words(text: str) -> None:
    """With an example of each form."""
    with pytest.raises(ValueError, match="09:00-18:00, 22:00-06:00 or 00:00-24:00"):
        hours(text)


def off(first: str, last: str, day: date) -> bool:
    """Whether a yearly holiday holds a day."""
    yearly = Yearly.model_validate({"from": first, "to": last, "name": "x"})
    return NO_HOLIDAYS.model_copy(update={"yearly": (yearly,)}).off(day)


@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_holidays_over_the_new_year_are_off(year: int) -> None:
    """Its last day, and the first week of the next; no other."""
    days = [date(year, 1, 1) + number * DAY for number in range(366)]
    found = [day for day in days if day.year == year and off("12-31", "01-08", day)]
    assert found == [*(date(year, 1, number) for number in range(1, 9)), date(year, 12, 31)]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("05-09", "05-01"),
        ("01-08", "12-31"),
        ("02-30", "03-01"),
        ("13-01", "13-02"),
        ("W01", "W02"),
    ],
)
def test_holidays_that_cannot_be_are_refused(first: str, last: str) -> None:
    """Nearly a whole year is a beginning and an end that were taken for one another."""
    with pytest.raises(ValueError, match=r"wrong way round|must be a day like 12-31"):
        off(first, last, MONDAY)


def test_a_deadline_passes_over_the_new_year(
    kg: Jurisdiction, kg_folder: Path, tmp_path: Path
) -> None:
    """As the file says it, with all that stands beside it."""
    folder = tmp_path / "kg"
    shutil.copytree(kg_folder, folder)
    file = folder / "holidays.yaml"
    text = file.read_text(encoding="utf-8").replace('"01-01", to: "01-07"', '"12-31", to: "01-08"')
    file.write_text(text, encoding="utf-8")
    start = wall(BISHKEK, 2026, 12, 30, 17)
    assert kg.deadline("legal-aid", start, 2 * HOUR) == wall(BISHKEK, 2026, 12, 31, 10)
    changed = load_jurisdiction(folder)
    assert changed.deadline("legal-aid", start, 2 * HOUR) == wall(BISHKEK, 2027, 1, 11, 10)


def test_a_country_in_which_nobody_works_is_refused_when_it_is_read(
    kg_folder: Path, tmp_path: Path
) -> None:
    """Not in the night in which the first case with such a timer is opened."""
    folder = tmp_path / "kg"
    shutil.copytree(kg_folder, folder)
    file = folder / "jurisdiction.yaml"
    head = file.read_text(encoding="utf-8").partition("working_week:")[0]
    file.write_text(f"{head}working_week: {{}}\n", encoding="utf-8")
    with pytest.raises(BadFile, match=r"working_week: holds no .* \(line \d+\)"):
        load_jurisdiction(folder)
