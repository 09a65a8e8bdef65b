"""Duty: who serves at an instant. Pure, without a clock of its own.

`on_duty` is asked by whatever shows or uses it: the alert, the list of who is on duty now, the week
and the calendar (`shifts`), so that none of them can show one person and call another.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from services.notify.rosters.model import OnHolidays, Override, Plan, Roster, Turns, Window
from shared.jurisdiction.recurrence import beginnings

_DAY, _PART = timedelta(days=1), timedelta(days=28)
_SLACK = timedelta(days=1)
"""No wall clock strays further from even time than this within a watch."""


@dataclass(frozen=True, slots=True)
class LocalDays:
    """Where it is: the clock on the wall, and what a day is called as a public holiday."""

    zone: ZoneInfo
    holiday: Callable[[date], str | None]

    def off(self, day: date) -> bool:
        """Whether a day is a public holiday."""
        return self.holiday(day) is not None


class Source(StrEnum):
    """Why somebody serves."""

    ORDER = "order"
    TURN = "turn"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True)
class Served:
    """Somebody on duty; ``override_id`` where an override put them there."""

    staff_id: str
    source: Source
    override_id: str | None = None


@dataclass(frozen=True, slots=True)
class Crew:
    """Who serves by one roster, in order; nobody, when all who should are absent."""

    roster: Roster
    people: tuple[Served, ...]


def on_duty(plan: Plan, at: datetime, days: LocalDays) -> tuple[Crew, ...]:
    """Of each roster by which somebody should be on duty at ``at``: who is. In their order."""
    crews = (_crew(roster, plan.overrides, at, days) for roster in plan.rosters)
    return tuple(each for each in crews if each is not None)


def of_tier(crews: Iterable[Crew], tier: int) -> tuple[str, ...]:
    """The staff ids on duty at a tier, in the rosters' order, each once."""
    serving = (each.staff_id for crew in crews if crew.roster.tier == tier for each in crew.people)
    return tuple(dict.fromkeys(serving))


def _crew(
    roster: Roster, overrides: Iterable[Override], at: datetime, days: LocalDays
) -> Crew | None:
    running = [window for window in roster.windows if covers(window, at, days)]
    crew: dict[str, Served] = {}
    for window in running:
        for each in _rostered(roster, window, at, days.zone):
            crew.setdefault(each.staff_id, each)
    for override in overrides:
        if override.roster_id == roster.roster_id and override.starts <= at < override.ends:
            crew = _changed(crew, override)
    return Crew(roster, tuple(crew.values())) if running or crew else None


def _rostered(roster: Roster, window: Window, at: datetime, zone: ZoneInfo) -> Iterator[Served]:
    if window.turns is None:
        return (Served(each, Source.ORDER) for each in roster.people)
    return (Served(each, Source.TURN) for each in whose_turn(window.turns, at, zone))


def _changed(crew: dict[str, Served], override: Override) -> dict[str, Served]:
    """``crew`` as an override makes it; whoever stands in takes the other's place in the order."""
    comes = override.steps_in
    steps_in = [Served(comes, Source.OVERRIDE, override.override_id)] if comes else []
    changed: dict[str, Served] = {}
    for each in crew.values():
        for serves in steps_in if each.staff_id == override.leaves else [each]:
            changed.setdefault(serves.staff_id, serves)
    for serves in steps_in if override.leaves is None else []:
        changed.setdefault(serves.staff_id, serves)
    return changed


def whose_turn(turns: Turns, at: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """The group that serves at ``at``: the one that took over last."""
    step = _DAY * turns.days
    number = (at.astimezone(zone).replace(tzinfo=None) - turns.since) // step
    # a clock that was put forward or back shows another number next to a handover
    while instant(turns.since + step * (number + 1), zone) <= at:
        number += 1
    while instant(turns.since + step * number, zone) > at:
        number -= 1
    return turns.groups[number % len(turns.groups)]


def covers(window: Window, at: datetime, days: LocalDays) -> bool:
    """Whether a watch is running at ``at``; its first instant belongs to it, its last does not."""
    part = at.astimezone(days.zone).toordinal() // _PART.days
    return any(
        begins <= at < ends and _stands(window, day, days)
        for day, begins, ends in _of_part(window, part, days.zone)
    )


def watches(
    window: Window, earliest: datetime, latest: datetime, days: LocalDays
) -> Iterator[tuple[datetime, datetime]]:
    """The watches that begin from ``earliest`` to ``latest``, on the wall: as instants."""
    for day, begins, ends in _between(window, earliest, latest, days.zone):
        if _stands(window, day, days):
            yield begins, ends


def _stands(window: Window, day: date, days: LocalDays) -> bool:
    """Whether the watch of a day is not struck out by its being a holiday, or being none."""
    if window.holidays is OnHolidays.AS_EVER:
        return True
    return days.off(day) is (window.holidays is OnHolidays.ONLY)


@lru_cache(maxsize=4096)
def _of_part(
    window: Window, part: int, zone: ZoneInfo
) -> tuple[tuple[date, datetime, datetime], ...]:
    """The watches that may run in four weeks, by their number. Kept: all ask about the same few."""
    begins = datetime.fromordinal(part * _PART.days)
    earliest, latest = begins - window.duration - _SLACK, begins + _PART + _SLACK
    return tuple(_between(window, earliest, latest, zone))


def _between(
    window: Window, earliest: datetime, latest: datetime, zone: ZoneInfo
) -> Iterator[tuple[date, datetime, datetime]]:
    """The watches that begin from ``earliest`` to ``latest``, holidays or not: day and instants."""
    found = beginnings(window.rrule, window.starts, earliest, latest)
    # by RFC 5545 the start counts, whatever the rule says
    first = (window.starts,) if earliest <= window.starts <= latest else ()
    for begins in (*first, *found):
        yield begins.date(), instant(begins, zone), instant(begins + window.duration, zone)


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which a wall clock shows ``wall``.

    A time shown twice is its first showing; one left out lies as far behind the gap's beginning.
    So a watch ends where the next begins, whatever the clocks do.
    """
    return wall.replace(tzinfo=zone).astimezone(UTC)
