"""Periods of a report: a year or a quarter of it, and the same a year before. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

TENTH = Decimal("0.1")


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


def change(now: int, before: int) -> Decimal | None:
    """What is more or less than a year before, in percent of that, to a tenth; none of nothing.

    The ministry of labour and social development has it so: 2503 and 2156 make -13.9
    (mlsp.gov.kg, report on families and children for 2013 and 2014).
    """
    if not before:
        return None
    return (Decimal(100 * (now - before)) / before).quantize(TENTH, ROUND_HALF_UP)
