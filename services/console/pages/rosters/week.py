"""Model of a week as a table: days by tiers, who serves from when to when on each day. Pure.

Notify answers shifts and gaps whole; here each is cut where a day ends, so that a row says all of
its day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

DAYS = 7
STEP = timedelta(days=1)
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a day. ``of``: the shift or the gap that it is a part of, as notify said it."""

    starts: str
    ends: str
    of: Json
    gap: bool
    span: tuple[datetime, datetime]
    """What is changed with it: a shift whole, a gap of this day alone."""
    over: bool
    """Whether all of that is past."""

    @property
    def whole_day(self) -> bool:
        """From midnight to midnight."""
        return (self.starts, self.ends) == ("00:00", "24:00")


@dataclass(frozen=True, slots=True)
class Row:
    """A day of the table. ``cells``: the stretches of each tier, by beginning."""

    day: date
    holiday: str | None
    today: bool
    cells: Mapping[int, Sequence[Stretch]]


def monday(day: date) -> date:
    """The first day of its week."""
    return day - day.weekday() * STEP


def tiers(week: Json, rosters: Iterable[Json] = ()) -> list[int]:
    """The columns: every tier that has a shift, a gap or a roster."""
    parts = (week["shifts"], week["gaps"], rosters)
    return sorted({each["tier"] for part in parts for each in part})


def table(week: Json, columns: Iterable[int], zone: ZoneInfo, now: datetime) -> list[Row]:
    """The days of a week. An empty shift is said by the gap that it leaves, if it leaves one."""
    first = _read(week["from"]).astimezone(zone).date()
    names = {each["date"]: each["name"] for each in week["holidays"]}
    today = now.astimezone(zone).date()
    shifts = [(each, False) for each in week["shifts"] if not each["empty"]]
    parts = [*shifts, *((each, True) for each in week["gaps"])]
    rows = []
    for day in (first + number * STEP for number in range(DAYS)):
        midnights = [datetime.combine(day + more * STEP, time(), zone) for more in (0, 1)]
        cells = {
            tier: sorted(
                (
                    _cut(each, gap, (midnights[0], midnights[1]), now)
                    for each, gap in parts
                    if each["tier"] == tier
                    and _read(each["from"]) < midnights[1]
                    and _read(each["to"]) > midnights[0]
                ),
                key=lambda part: (part.starts, part.gap),
            )
            for tier in columns
        }
        rows.append(Row(day, names.get(day.isoformat()), day == today, cells))
    return rows


def _cut(each: Json, gap: bool, day: tuple[datetime, datetime], now: datetime) -> Stretch:
    whole = _read(each["from"]), _read(each["to"])
    starts, until = max(whole[0], day[0]), min(whole[1], day[1])
    span = (starts, until) if gap else whole
    return Stretch(
        starts=starts.astimezone(day[0].tzinfo).strftime("%H:%M"),
        ends="24:00" if until == day[1] else until.astimezone(day[0].tzinfo).strftime("%H:%M"),
        of=each,
        gap=gap,
        span=span,
        over=span[1] <= now,
    )


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text)
