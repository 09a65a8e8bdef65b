"""Who is on duty, also in the nights in which clocks are changed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.rosters.duty import LocalDays, covers, of_tier, on_duty
from services.notify.rosters.model import Plan, Roster, Window, checked
from shared.errors import Invalid

BISHKEK = ZoneInfo("Asia/Bishkek")
BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
"""Half an hour of daylight saving: the strangest there is."""


def wall(clock: str) -> datetime:
    """What a clock on the wall shows: no zone."""
    return datetime.fromisoformat(clock)


NIGHT = Window(wall("2026-01-01T20:00"), timedelta(hours=12), "FREQ=DAILY")
DAY = Window(wall("2026-01-01T08:00"), timedelta(hours=12), "FREQ=DAILY")

instants = st.datetimes(wall("2026-01-03T00:00"), wall("2030-01-01T00:00")).map(
    lambda at: at.replace(tzinfo=UTC)
)
zones = st.sampled_from([BISHKEK, BERLIN, LORD_HOWE, ZoneInfo("America/St_Johns")])


def roster(
    name: str, *windows: Window, people: tuple[str, ...] = ("st-a",), tier: int = 1
) -> Roster:
    """A roster of one organisation."""
    return Roster(
        roster_id=name, organisation="desk", tier=tier, people=people, windows=tuple(windows)
    )


def days(zone: ZoneInfo) -> LocalDays:
    """A country without holidays."""
    return LocalDays(zone, lambda _: None)


def local(zone: ZoneInfo, year: int, month: int, day: int, hour: int = 0) -> datetime:
    """An instant by the clock on the wall."""
    return datetime(year, month, day, hour, tzinfo=zone)


def test_the_night_watch_is_on_after_midnight() -> None:
    """A watch from 20:00 for 12 hours covers 02:00 of the next day and ends at 08:00 sharp."""
    assert covers(NIGHT, local(BISHKEK, 2026, 11, 24, 2), days(BISHKEK))
    assert covers(NIGHT, local(BISHKEK, 2026, 11, 23, 20), days(BISHKEK))
    assert not covers(NIGHT, local(BISHKEK, 2026, 11, 24, 8), days(BISHKEK))


@given(instants, zones)
def test_day_and_night_watches_leave_no_gap_and_no_overlap(now: datetime, zone: ZoneInfo) -> None:
    """At every instant exactly one of the two is on duty, whatever the clocks do."""
    assert covers(DAY, now, days(zone)) != covers(NIGHT, now, days(zone))


@given(instants, zones, st.integers(0, 23))
def test_a_watch_of_24_hours_is_always_on(now: datetime, zone: ZoneInfo, hour: int) -> None:
    """Also on days of 23 and 25 hours, and when it changes within the hour that is left out."""
    round_the_clock = Window(wall(f"2026-01-01T{hour:02}:30"), timedelta(hours=24), "FREQ=DAILY")
    assert covers(round_the_clock, now, days(zone))


@pytest.mark.parametrize(
    ("begins", "hours"), [(wall("2026-03-28T20:00"), 11), (wall("2026-10-24T20:00"), 13)]
)
def test_a_watch_ends_by_the_wall_clock(begins: datetime, hours: int) -> None:
    """The night in which clocks change is an hour shorter or longer, and ends at 08:00."""
    start = begins.replace(tzinfo=BERLIN).astimezone(UTC)
    assert covers(NIGHT, start + timedelta(hours=hours, seconds=-1), days(BERLIN))
    assert not covers(NIGHT, start + timedelta(hours=hours), days(BERLIN))


def test_before_the_roster_begins_and_after_it_ends_nobody_is_on_duty() -> None:
    """A roster that ran out is silence, and referral must hear of it."""
    over = Window(wall("2026-01-01T00:00"), timedelta(hours=24), "FREQ=DAILY;UNTIL=20260131")
    assert not covers(over, local(BISHKEK, 2025, 12, 31, 23), days(BISHKEK))
    assert covers(over, local(BISHKEK, 2026, 1, 31, 23), days(BISHKEK))
    assert not covers(over, local(BISHKEK, 2026, 2, 1), days(BISHKEK))


def test_weekdays_only() -> None:
    """BYDAY is read; the first day counts by RFC 5545 even where the rule leaves it out."""
    week = Window(wall("2026-11-21T09:00"), timedelta(hours=9), "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")
    assert covers(week, local(BISHKEK, 2026, 11, 21, 10), days(BISHKEK))
    assert covers(week, local(BISHKEK, 2026, 11, 23, 10), days(BISHKEK))
    assert not covers(week, local(BISHKEK, 2026, 11, 28, 10), days(BISHKEK))


def test_people_come_in_order_and_once() -> None:
    """Two rosters that both name somebody tell them once; other tiers are left out."""
    now = local(BISHKEK, 2026, 11, 24, 2)
    rosters = [
        roster("one", NIGHT, people=("st-b", "st-a")),
        roster("two", NIGHT, people=("st-a", "st-c")),
        roster("off", DAY, people=("st-d",)),
        roster("chief", NIGHT, people=("st-e",), tier=2),
    ]
    crews = on_duty(Plan(tuple(rosters)), now, days(BISHKEK))
    assert of_tier(crews, 1) == ("st-b", "st-a", "st-c")
    assert of_tier(crews, 2) == ("st-e",)
    assert of_tier(crews, 3) == ()


def test_a_roster_names_its_impossible_field() -> None:
    """Tier, people twice, a watch without end, a rule that rosters do not know."""
    with pytest.raises(Invalid, match="tier"):
        checked(roster("r", NIGHT, tier=0))
    with pytest.raises(Invalid, match="people"):
        checked(roster("r", NIGHT, people=("st-a", "st-a")))
    with pytest.raises(Invalid, match=r"windows\[0\].duration"):
        checked(roster("r", Window(wall("2026-01-01T00:00"), timedelta(days=8), "FREQ=DAILY")))
    hourly = Window(wall("2026-01-01T00:00"), timedelta(hours=1), "FREQ=HOURLY")
    with pytest.raises(Invalid, match=r"windows\[1\].rrule"):
        checked(roster("r", NIGHT, hourly))
