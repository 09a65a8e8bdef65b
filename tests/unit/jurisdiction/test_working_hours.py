"""Working time: laws that hold in any calendar, and Kyrgyz days known by heart."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events.words import Urgency
from shared.jurisdiction import Jurisdiction
from shared.jurisdiction.working_hours import WorkingCalendar

BISHKEK = ZoneInfo("Asia/Bishkek")
DAY = ((time(9), time(13)), (time(14), time(18)))
OFFICE = WorkingCalendar(BISHKEK, dict.fromkeys(range(1, 6), DAY), lambda _: False)
NIGHT = WorkingCalendar(
    ZoneInfo("America/New_York"),
    {weekday: ((time(0), time(4)),) for weekday in range(1, 8)},
    lambda day: day == date(2026, 12, 25),
)
"""A watch across the hours at which clocks change."""

calendars = st.sampled_from([OFFICE, NIGHT])
instants = st.timedeltas(timedelta(0), timedelta(days=730)).map(
    lambda since: datetime(2026, 1, 1, tzinfo=UTC) + since
)
amounts = st.timedeltas(timedelta(0), timedelta(hours=200))


@given(calendars, instants, amounts, amounts)
def test_waiting_twice_is_waiting_for_the_sum(
    calendar: WorkingCalendar, start: datetime, first: timedelta, second: timedelta
) -> None:
    """A ladder that adds its timers up ends where one long timer would."""
    assert calendar.add(calendar.add(start, first), second) == calendar.add(start, first + second)


@given(calendars, instants, st.integers(0, 60))
def test_working_days_are_counted_one_by_one(
    calendar: WorkingCalendar, start: datetime, count: int
) -> None:
    """The last of so many is a working day, and behind the first day there are that many."""
    day = start.date()
    last = calendar.day_after(day, count)
    passed = [day + timedelta(days=each + 1) for each in range((last - day).days)]
    working = [each for each in passed if any(True for _ in calendar.spans(each))]
    assert len(working) == count
    assert not working or working[-1] == last


@given(calendars, instants, amounts)
def test_between_takes_back_what_add_gave(
    calendar: WorkingCalendar, start: datetime, amount: timedelta
) -> None:
    """The working time up to a deadline is the time that was given."""
    assert calendar.between(start, calendar.add(start, amount)) == amount


@given(calendars, instants, amounts, amounts)
def test_more_time_never_ends_sooner(
    calendar: WorkingCalendar, start: datetime, one: timedelta, other: timedelta
) -> None:
    """And never before as much plain time has passed."""
    shorter, longer = sorted((one, other))
    assert start + shorter <= calendar.add(start, shorter) <= calendar.add(start, longer)


@given(calendars, instants, instants, amounts)
def test_who_asks_later_never_hears_sooner(
    calendar: WorkingCalendar, one: datetime, other: datetime, amount: timedelta
) -> None:
    """Deadlines keep the order of their beginnings."""
    first, second = sorted((one, other))
    assert calendar.add(first, amount) <= calendar.add(second, amount)


def test_a_day_on_which_clocks_change_has_the_hours_it_really_has() -> None:
    """From midnight to four o'clock there are three hours in spring, and five in autumn."""
    zone = NIGHT.zone
    for day, hours in ((date(2026, 3, 8), 3), (date(2026, 11, 1), 5)):
        start = datetime.combine(day, time(0), zone)
        assert NIGHT.between(start, start + timedelta(hours=20)) == timedelta(hours=hours)


def test_a_calendar_without_work_is_a_mistake_and_time_does_not_run_backwards() -> None:
    """Both are told at once instead of waited for."""
    never = WorkingCalendar(BISHKEK, {}, lambda _: False)
    with pytest.raises(ValueError, match="holds no"):
        never.add(datetime(2026, 11, 23, tzinfo=UTC), timedelta(hours=1))
    with pytest.raises(ValueError, match="taken back"):
        OFFICE.add(datetime(2026, 11, 23, tzinfo=UTC), timedelta(hours=-1))


@pytest.mark.parametrize(
    ("asked", "until"),
    [
        ("2026-11-23T09:00", "2026-11-23T18:00"),  # a Monday, break left out
        ("2026-11-20T17:00", "2026-11-23T17:00"),  # Friday evening: the weekend does not count
        ("2026-12-31T18:00", "2027-01-08T18:00"),  # over the New Year days
        ("2026-04-30T12:00", "2026-05-11T12:00"),  # the May days, and the Sunday after
        ("2026-02-23T09:00", "2026-02-23T18:00"),  # a holiday on which people work
        ("2026-08-28T18:00", "2026-09-01T18:00"),  # Independence Day, a Monday
    ],
)
def test_legal_aid_answers_within_eight_working_hours(
    kg: Jurisdiction, asked: str, until: str
) -> None:
    """Eight working hours of the Kyrgyz week, holidays as data."""
    start = datetime.fromisoformat(asked).replace(tzinfo=BISHKEK)
    timers = kg.timers("legal-aid", Urgency.HIGH)
    deadline = kg.deadline("legal-aid", start, timers.ack)
    assert deadline == datetime.fromisoformat(until).replace(tzinfo=BISHKEK)


def test_a_shelter_is_waited_for_by_the_clock(kg: Jurisdiction) -> None:
    """Ten minutes at midnight are ten minutes."""
    start = datetime(2026, 11, 22, 0, 0, tzinfo=BISHKEK)
    timers = kg.timers("shelter", Urgency.IMMEDIATE)
    assert kg.deadline("shelter", start, timers.ack) == start + timedelta(minutes=10)
