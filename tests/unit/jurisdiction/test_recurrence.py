"""Rules that come again and again, as people write them, and what must be refused at once."""

from datetime import date, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.jurisdiction.recurrence import (
    DAYS,
    WATCHES,
    beginnings,
    check_days,
    check_rule,
    names_day,
)


def wall(clock: str) -> datetime:
    """What a clock on the wall shows: no zone."""
    return datetime.fromisoformat(clock)


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "every day",
        "DAILY",
        "INTERVAL=2",
        "FREQ=SECONDLY",
        "FREQ=HOURLY",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=0",  # never ends
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;INTERVAL=1000",
        "FREQ=DAILY;INTERVAL=٢",
        "FREQ=DAILY;INTERVAL=7;BYDAY=SA",  # from a Friday on it is always a Friday
        "FREQ=DAILY;BYHOUR=9",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=DAILY;BYEASTER=1",
        "FREQ=DAILY;BYDAY=XX",
        "FREQ=DAILY;UNTIL=20261399",
        "FREQ=DAILY;UNTIL=20270101T000000Z",  # the clock on the wall has no zone
        "FREQ=DAILY\nEXDATE:20260101",
        "FREQ=DAILY;BYDAY=MO\nRDATE:20261123T000000",
        "DTSTART:20260101T000000\nRRULE:FREQ=DAILY",
    ],
)
def test_what_would_later_raise_or_never_end_is_refused(rule: str) -> None:
    """Whoever may write rules: rosters over HTTP, the directory in a file."""
    with pytest.raises(ValueError, match=r".+"):
        check_rule(rule, WATCHES, wall("2026-01-01T08:00"))
    with pytest.raises(ValueError, match=r".+"):
        check_days(rule)


@pytest.mark.parametrize(
    "rule", ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;UNTIL=20200101"]
)
def test_days_that_never_come_are_refused(rule: str) -> None:
    """Such a service would never be open, and its keeper must hear that when the file is read."""
    with pytest.raises(ValueError, match="no day"):
        check_days(rule)


def test_a_watch_takes_no_part_that_could_never_come_true_and_days_take_no_count() -> None:
    """The first would be searched for until the year 9999, the second has nothing to count from."""
    for part in ("BYMONTH=2", "BYMONTHDAY=30", "BYYEARDAY=366", "BYWEEKNO=53", "BYSETPOS=9"):
        with pytest.raises(ValueError, match="alone"):
            check_rule(f"FREQ=YEARLY;{part}", WATCHES)
    with pytest.raises(ValueError, match="alone"):
        check_rule("FREQ=DAILY;COUNT=3", DAYS)
    check_rule("FREQ=DAILY;COUNT=3", WATCHES)


weekdays = st.lists(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1)
nth = st.sampled_from(["", "1", "-1", "5", "-5"])


@settings(deadline=None, max_examples=60)
@given(
    frequency=st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    interval=st.integers(1, 12),
    days=weekdays,
    which=nth,
)
def test_every_watch_that_is_taken_comes_true(
    frequency: str, interval: int, days: list[str], which: str
) -> None:
    """Within 60 years of its beginning, so that no look at it is endless."""
    which = which if frequency in {"MONTHLY", "YEARLY"} else ""
    rule = f"FREQ={frequency};INTERVAL={interval};BYDAY={','.join(which + day for day in days)}"
    starts = wall("2026-01-01T08:00")
    try:
        check_rule(rule, WATCHES, starts)
    except ValueError:
        assert (frequency, interval) == ("DAILY", 7)  # the only ones that are refused here
        return
    assert beginnings(rule, starts, starts, starts.replace(year=2086))


def test_beginnings_keep_their_time_of_day_and_count_from_their_own_start() -> None:
    """Every second day from the first; both ends belong to the span."""
    starts = wall("2026-01-01T20:00")
    span = wall("2026-01-03T20:00"), wall("2026-01-05T20:00")
    assert beginnings("FREQ=DAILY;INTERVAL=2", starts, *span) == list(span)
    assert beginnings("FREQ=DAILY;COUNT=2", starts, *span) == []


@settings(deadline=None, max_examples=200)
@given(
    frequency=st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    interval=st.integers(1, 60),
    by=st.sampled_from(
        ["", ";BYDAY=MO,SA", ";BYDAY=2TU", ";BYDAY=-1SU;WKST=SU", ";UNTIL=20600101"]
    ),
    starts=st.datetimes(wall("2000-01-01T00:00"), wall("2040-12-31T00:00")),
    after=st.datetimes(wall("1999-01-01T00:00"), wall("2110-12-31T00:00")),
)
def test_however_long_ago_a_rule_began_it_says_the_same(
    frequency: str, interval: int, by: str, starts: datetime, after: datetime
) -> None:
    """As dateutil does, who counts up from the beginning."""
    rule, starts = f"FREQ={frequency};INTERVAL={interval}{by}", starts.replace(microsecond=0)
    try:
        check_rule(rule, WATCHES, starts)
    except ValueError:
        return
    before = after + timedelta(days=400)
    counted = rrulestr(rule, dtstart=starts).between(after, before, inc=True)
    assert beginnings(rule, starts, after, before) == counted


@pytest.mark.parametrize("part", ["BYMONTHDAY=30", "BYYEARDAY=366", "BYWEEKNO=53", "BYSETPOS=2"])
@pytest.mark.parametrize("frequency", ["DAILY", "WEEKLY"])
def test_days_of_a_month_are_no_daily_rule(frequency: str, part: str) -> None:
    """``FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30`` was looked for through 2.9 million days."""
    with pytest.raises(ValueError, match="FREQ=MONTHLY"):
        check_days(f"FREQ={frequency};BYMONTH=2;{part}")


def test_days_are_named_by_the_rule_alone() -> None:
    """Weekdays, in whatever case they are written."""
    friday, sunday = date(2026, 11, 27), date(2026, 11, 29)
    for rule in ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "freq=weekly;byday=mo,tu,we,th,fr"):
        assert check_days(rule) == rule
        assert (names_day(rule, friday), names_day(rule, sunday)) == (True, False)
