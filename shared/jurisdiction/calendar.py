"""Public holidays and the working week, as files give them."""

from collections.abc import Mapping
from datetime import date, time
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from shared.jurisdiction.config_files import FromFile
from shared.jurisdiction.working_hours import WorkingCalendar

WEEKDAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
MonthDay = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
Hours = Annotated[
    str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$")
]
Weekday = Annotated[str, Field(pattern="^(mo|tu|we|th|fr|sa|su)$")]


class Yearly(FromFile):
    """Days off that come on the same dates every year, ``from`` and ``to`` included."""

    first: MonthDay = Field(alias="from")
    last: MonthDay = Field(alias="to")
    name: str


class Dated(FromFile):
    """A day off on one date. ``estimated``: it must still be confirmed."""

    date: date
    name: str
    estimated: bool = False


class Holidays(FromFile):
    """One version of the days off. ``known_until``: later dated ones are not listed yet."""

    version: str
    valid_from: date
    known_until: date
    yearly: tuple[Yearly, ...]
    dated: tuple[Dated, ...] = ()

    def off(self, day: date) -> bool:
        """Whether ``day`` is a public holiday."""
        month_day = day.strftime("%m-%d")
        return any(each.first <= month_day <= each.last for each in self.yearly) or any(
            each.date == day for each in self.dated
        )


def working_calendar(
    zone: ZoneInfo, week: Mapping[str, tuple[str, ...]], holidays: Holidays
) -> WorkingCalendar:
    """The calendar of ``{"mo": ["09:00-13:00", …]}``; a weekday not named is free."""
    return WorkingCalendar(
        zone,
        {
            WEEKDAYS.index(day) + 1: tuple(_span(hours) for hours in spans)
            for day, spans in week.items()
        },
        holidays.off,
    )


def _span(hours: str) -> tuple[time, time]:
    opens, closes = hours.split("-")
    return time.fromisoformat(opens), time.fromisoformat(closes)
