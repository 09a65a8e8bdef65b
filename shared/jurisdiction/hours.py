"""Hours of a day, one language for every file: ``09:00-18:00``, ``22:00-06:00``. Pure.

Hours that end at or before their beginning run past midnight, and belong to the day on which they
begin: a night watch of Friday ends on Saturday morning, and begins on no holiday. ``24:00`` is the
end of a day, so that ``00:00-24:00`` and its like on the next day leave no hole.

They are read off the clock on the wall and turned into instants, as rosters are: a time that is
shown twice is its first showing, one that is left out lies as far behind the gap's beginning. So
hours end where the next begin, whatever the clocks do.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

Hours = tuple[time, time]
"""Opening and closing, by the clock on the wall."""
DAY = timedelta(days=1)
_END_OF_DAY = "24:00"
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)


@lru_cache(maxsize=4096)
def clock(text: str) -> time:
    """A time like ``09:00``; raises `ValueError`, for a person to read, for anything else."""
    if not _CLOCK.fullmatch(text):
        raise ValueError("must be a time of day like 09:30")
    return time.fromisoformat(text)


def closing(text: str) -> time:
    """A time like ``18:00``, or ``24:00``; raises `ValueError`, for a person to read."""
    try:
        return time() if text == _END_OF_DAY else clock(text)
    except ValueError:
        raise ValueError("must be a time of day like 18:00, or 24:00") from None


def hours(text: str) -> Hours:
    """Hours like ``09:00-18:00``; raises `ValueError`, for a person to read."""
    opens, dash, closes = text.partition("-")
    try:
        if dash:
            return clock(opens), closing(closes)
    except ValueError:
        pass
    raise ValueError("must be hours like 09:00-18:00, 22:00-06:00 or 00:00-24:00") from None


@lru_cache(maxsize=4096)
def on_day(day: date, opens: time, closes: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants, in UTC, between which the hours of a day lie. Kept: all ask about the same few.

    Where a gap of the clocks holds them all, they end before they begin: there are none.
    """
    last = day if opens < closes else day + DAY
    return (
        datetime.combine(day, opens, zone).astimezone(UTC),
        datetime.combine(last, closes, zone).astimezone(UTC),
    )


def running(now: datetime, opens: time, closes: time, zone: ZoneInfo) -> Iterator[date]:
    """The days of whose hours, if they have these, ``now`` is one instant; half open."""
    today = now.astimezone(zone).date()
    # and tomorrow: where the clocks go back over midnight, it has begun once already
    for day in (today, today - DAY, today + DAY):
        start, end = on_day(day, opens, closes, zone)
        if start <= now < end:
            yield day
