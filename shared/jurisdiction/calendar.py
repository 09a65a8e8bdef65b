"""Public holidays and the working week, as files give them."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from itertools import chain
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from shared.jurisdiction.config_files import FromFile
from shared.jurisdiction.hours import clock, closing, hours
from shared.jurisdiction.working_hours import WorkingCalendar
from shared.times import Day

WEEKDAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
LEAP_YEAR = 2024
_MONTH_DAY = re.compile("[0-9]{2}-[0-9]{2}", re.ASCII)
MOST_DAYS = 183
"""Off in a row, every year: more is a beginning and an end that were taken for one another."""


def _read_by(reader: Callable[[str], object]) -> AfterValidator:
    """A text that stays as it is, if the reader takes it."""

    def check(text: str) -> str:
        reader(text)
        return text

    return AfterValidator(check)


def _in_leap_year(month_day: str) -> date:
    """Raises `ValueError` for a day that no year has."""
    try:
        if _MONTH_DAY.fullmatch(month_day):  # Python would take a week for a day
            return date.fromisoformat(f"{LEAP_YEAR}-{month_day}")
    except ValueError:
        pass
    raise ValueError("must be a day like 12-31")


MonthDay = Annotated[str, _read_by(_in_leap_year)]
Hours = Annotated[str, _read_by(hours)]
Opens = Annotated[str, _read_by(clock)]
Closes = Annotated[str, _read_by(closing)]
Weekday = Annotated[str, Field(pattern="^(mo|tu|we|th|fr|sa|su)$")]


class Yearly(FromFile):
    """Days off that come on the same dates every year, ``from`` and ``to`` included.

    A ``to`` before ``from`` is in the next year: ``12-31`` to ``01-08`` is over the New Year.
    """

    first: MonthDay = Field(alias="from")
    last: MonthDay = Field(alias="to")
    name: str

    @model_validator(mode="after")
    def _no_half_a_year(self) -> Self:
        days = (_in_leap_year(self.last) - _in_leap_year(self.first)).days % 366 + 1
        if days > MOST_DAYS:
            raise ValueError(f"{days} days off in a row: are from and to the wrong way round?")
        return self

    def holds(self, month_day: str) -> bool:
        """Whether ``11-23`` is one of them."""
        if self.first <= self.last:
            return self.first <= month_day <= self.last
        return month_day >= self.first or month_day <= self.last


class Dated(FromFile):
    """A day off on one date. ``estimated``: it must still be confirmed."""

    date: Day
    name: str
    estimated: bool = False


class Holidays(FromFile):
    """One version of the days off. ``known_until``: later dated ones are not listed yet."""

    version: str
    valid_from: Day
    known_until: Day
    yearly: tuple[Yearly, ...]
    dated: tuple[Dated, ...] = ()

    def off(self, day: date) -> bool:
        """Whether ``day`` is a public holiday."""
        return self.name(day) is not None

    def name(self, day: date) -> str | None:
        """What ``day`` is called as a public holiday; none if it is no such."""
        month_day = day.strftime("%m-%d")
        yearly = (each.name for each in self.yearly if each.holds(month_day))
        dated = (each.name for each in self.dated if each.date == day)
        return next(chain(yearly, dated), None)


def working_calendar(
    zone: ZoneInfo, week: Mapping[str, tuple[str, ...]], holidays: Holidays
) -> WorkingCalendar:
    """The calendar of ``{"mo": ["09:00-13:00", …]}``; a weekday not named is free."""
    return WorkingCalendar(
        zone,
        {
            WEEKDAYS.index(day) + 1: tuple(hours(each) for each in of_day)
            for day, of_day in week.items()
        },
        holidays.off,
    )
