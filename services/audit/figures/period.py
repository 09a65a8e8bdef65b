"""Periods of a report: whole days of the jurisdiction, and the instants that they are. Pure.

What begins at 23:30 of the 31st belongs to that month, there; and the hour that a change of the
clocks repeats, or leaves out, to its own day.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.errors import Invalid

JANUARY, DECEMBER = 1, 12


@dataclass(frozen=True, slots=True)
class Period:
    """From ``first`` until the day before ``after``. Raises `Invalid` for one without a day."""

    first: date
    after: date

    def __post_init__(self) -> None:
        if self.after <= self.first:
            raise Invalid("until", "must be after it begins")

    @classmethod
    def month(cls, year: int, month: int) -> "Period":
        """A month of the calendar."""
        return cls(date(year, month, 1), _next_month(date(year, month, 1)))

    @classmethod
    def year(cls, year: int) -> "Period":
        """A year of the calendar."""
        return cls(date(year, JANUARY, 1), date(year + 1, JANUARY, 1))

    @property
    def last(self) -> date:
        """Its last day."""
        return self.after - timedelta(days=1)

    @property
    def is_year(self) -> bool:
        """Whether it is a year of the calendar."""
        return self == Period.year(self.first.year)

    def instants(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Its beginning, and that of the day after it: half open, in UTC."""
        return _midnight(self.first, zone), _midnight(self.after, zone)


def _next_month(first: date) -> date:
    return date(first.year + first.month // DECEMBER, first.month % DECEMBER + 1, 1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
