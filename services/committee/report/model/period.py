"""Periods of a report: a year or a quarter of it, and the same a year before. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Clock(StrEnum):
    """By which day something counts: when it happened, or when it was entered."""

    HAPPENED = "happened"
    ENTERED = "entered"


@dataclass(frozen=True, slots=True)
class Period:
    """A year, or one of its quarters (1 to 4)."""

    year: int
    quarter: int | None = None

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 1 if self.quarter is None else self.quarter * 3 - 2, 1)

    @property
    def after(self) -> date:
        """The first day that is not of it any more."""
        if self.quarter in (None, 4):
            return date(self.year + 1, 1, 1)
        return Period(self.year, self.quarter + 1).first

    @property
    def before(self) -> "Period":
        """The same of the year before."""
        return Period(self.year - 1, self.quarter)

    @property
    def name(self) -> str:
        """For a file: ``2026``, ``2026-q1``."""
        return str(self.year) if self.quarter is None else f"{self.year}-q{self.quarter}"

    def standing(self, today: date) -> date:
        """The day as of which what stands is counted: its last, or today while it runs."""
        return min(self.after - timedelta(days=1), today)


def percent(now: int, before: int) -> int | None:
    """What was, as a share of the same period a year before, rounded half up; none of nothing."""
    return (200 * now + before) // (2 * before) if before else None
