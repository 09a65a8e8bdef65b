"""Working time: how long is eight working hours from Friday evening? Pure.

Local hours are turned into instants before anything is added up, so that a day on which the
clocks change has the working time it really has.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HORIZON = timedelta(days=3660)
"""Ten years: a calendar without a working day in it is a mistake, not a long wait."""


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """When work is done in a jurisdiction.

    ``week`` holds, by ISO weekday (1 is Monday), spans of local time in order, none overlapping.
    ``day_off`` tells public holidays.
    """

    zone: ZoneInfo
    week: Mapping[int, tuple[tuple[time, time], ...]]
    day_off: Callable[[date], bool]

    def spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The working spans of one local day, as instants in UTC."""
        if self.day_off(day):
            return
        for opens, closes in self.week.get(day.isoweekday(), ()):
            start = datetime.combine(day, opens, self.zone).astimezone(UTC)
            end = datetime.combine(day, closes, self.zone).astimezone(UTC)
            if start < end:
                yield start, end

    def spans_from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Working spans after ``start``, the first cut to begin no earlier; within `HORIZON`."""
        day = start.astimezone(self.zone).date()
        last = day + HORIZON
        while day <= last:
            for opens, closes in self.spans(day):
                if closes > start:
                    yield max(opens, start.astimezone(UTC)), closes
            day += timedelta(days=1)

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

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from ``start`` to ``end``; zero if ``end`` comes first."""
        total = timedelta(0)
        for opens, closes in self.spans_from(start):
            if opens >= end:
                break
            total += min(closes, end) - opens
        return total
