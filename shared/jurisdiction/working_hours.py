"""Working time: how long is eight working hours from Friday evening? Pure.

Local hours are turned into instants before anything is added up, so that a day on which the
clocks change has the working time it really has.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.jurisdiction.hours import DAY, Hours, on_day

HORIZON = timedelta(days=3660)
"""Ten years: a calendar without a working day in it is a mistake, not a long wait."""


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """When work is done in a jurisdiction: the union of all its hours.

    ``week`` holds hours by ISO weekday (1 is Monday), in any order; they may overlap, and run past
    midnight. ``day_off`` tells public holidays: no hours begin on one.
    """

    zone: ZoneInfo
    week: Mapping[int, tuple[Hours, ...]]
    day_off: Callable[[date], bool]

    def spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The hours that begin on one local day, as instants in UTC, by their beginning."""
        if not self.day_off(day):
            found = (on_day(day, *each, self.zone) for each in self.week.get(day.isoweekday(), ()))
            yield from sorted((start, end) for start, end in found if start < end)

    def spans_from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Working time after ``start`` in order, no instant of it twice; within `HORIZON`."""
        until = start.astimezone(UTC)
        day = start.astimezone(self.zone).date() - DAY  # whose night may not be over
        last = day + HORIZON
        while day <= last:
            for opens, closes in self.spans(day):
                if closes > until:
                    yield max(opens, until), closes
                    until = closes
            day += DAY

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """The first instant (UTC) by which ``amount`` of working time has passed since ``start``.

        Eight hours from opening end at closing time, not at the next opening. Raises `ValueError`
        for a negative amount or a calendar with too little work in it.
        """
        if amount < timedelta(0):
            raise ValueError("working time cannot be taken back")
        if not amount:
            return start.astimezone(UTC)
        left = amount
        for opens, closes in self.spans_from(start):
            if closes - opens >= left:
                return opens + left
            left -= closes - opens
        raise ValueError(f"the calendar holds no {amount} of work after {start.isoformat()}")

    def day_after(self, day: date, count: int) -> date:
        """The day that is the ``count``-th working one after ``day``, which itself is not counted.

        Raises `ValueError` for a calendar with too little work in it.
        """
        last, left = day + HORIZON, count
        while left > 0:
            day += DAY
            if day > last:
                raise ValueError(f"the calendar holds no {count} working days")
            left -= any(True for _ in self.spans(day))
        return day

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from ``start`` to ``end``; zero if ``end`` comes first."""
        total = timedelta(0)
        for opens, closes in self.spans_from(start):
            if opens >= end:
                break
            total += min(closes, end) - opens
        return total
