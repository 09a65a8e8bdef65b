"""Periods of a report: whole days of the jurisdiction, and the instants that they are. Pure.

What begins at 23:30 of the 31st belongs to that month, there; and the hour that a change of the
clocks repeats, or leaves out, to its own day.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NoReturn
from zoneinfo import ZoneInfo

from shared.errors import Invalid

JANUARY, DECEMBER = 1, 12
EARLIEST, LATEST = 2000, 2200
_TYPED = re.compile(
    r"(\d{4})|(\d{4})-(\d\d)|(\d{4}-\d\d-\d\d)(?:\.\.|[-–—])(\d{4}-\d\d-\d\d)", re.ASCII
)
_POINTED = re.compile(r"(?:(\d\d)\.)?(\d\d)\.(\d{4})(?!\d)", re.ASCII)
"""A day or a month as people here write it: 01.11.2026, 11.2026."""


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

    @classmethod
    def read(cls, typed: str, field: str = "period") -> "Period":
        """``2026``, ``2026-11``, or ``2026-11-01..2026-11-15``, both days included; months and
        days also as ``11.2026`` and ``01.11.2026``, and with blanks.

        Raises `Invalid` for another text, a day that is none, and an end before its beginning.
        """
        plain = _POINTED.sub(_turned, "".join(typed.split()))
        found = _TYPED.fullmatch(plain)
        try:
            return _read(*found.groups(), field=field) if found else _none(field)
        except ValueError:  # of a month or a day that no calendar has
            return _none(field)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.after - timedelta(days=1)

    @property
    def is_year(self) -> bool:
        """Whether it is a year of the calendar."""
        return self == Period.year(self.first.year)

    @property
    def is_month(self) -> bool:
        """Whether it is a month of the calendar."""
        return self == Period.month(self.first.year, self.first.month)

    @property
    def name(self) -> str:
        """``2026-11``, of a month."""
        return self.first.isoformat()[:7]

    def split(self, days: int) -> Iterator["Period"]:
        """It in pieces of so many days, in order; the last may be shorter."""
        first = self.first
        while first < self.after:
            after = min(first + timedelta(days=days), self.after)
            yield Period(first, after)
            first = after

    def instants(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Its beginning, and that of the day after it: half open, in UTC."""
        return _midnight(self.first, zone), _midnight(self.after, zone)


def _read(
    year: str | None, of: str | None, month: str | None, first: str, last: str, *, field: str
) -> Period:
    if year:
        found = Period.year(int(year))
    elif of and month:
        found = Period.month(int(of), int(month))
    else:
        begins, ends = date.fromisoformat(first), date.fromisoformat(last)
        if ends < begins:
            raise Invalid(field, "must not end before it begins")
        found = Period(begins, ends + timedelta(days=1))
    return found if EARLIEST <= found.first.year <= found.last.year <= LATEST else _none(field)


def _turned(pointed: re.Match[str]) -> str:
    return "-".join(part for part in reversed(pointed.groups()) if part)


def _none(field: str) -> NoReturn:
    raise Invalid(field, "must be a time like 2026, 2026-11 or 2026-11-01..2026-11-15")


def _next_month(first: date) -> date:
    return date(first.year + first.month // DECEMBER, first.month % DECEMBER + 1, 1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
