"""Rosters, their watches, turns and overrides. Pure; `duty` says who is on duty at an instant."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from shared.errors import Invalid
from shared.jurisdiction.recurrence import WATCHES, check_rule

TIERS = range(1, 10)
LONGEST_WATCH = timedelta(days=7)
LONGEST_OVERRIDE = timedelta(days=92)
MOST_GROUPS = 50
TURNS = range(1, 367)
"""Days of a turn."""
YEARS = range(2000, 2101)
"""Of a beginning: the last watch of all has to end within what a date can be."""
RESERVED = frozenset({"week", "gaps"})
"""Words that stand in the place of a roster's id in an address."""
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,119}")


class OnHolidays(StrEnum):
    """What becomes of a watch that would begin on a public holiday."""

    AS_EVER = "as-ever"
    OFF = "off"
    """There is none that day."""
    ONLY = "only"
    """It begins on public holidays alone."""


@dataclass(frozen=True, slots=True)
class Turns:
    """Groups of people who take turns: one group serves at a time, all of it at once.

    ``since`` is the local time at which the first group takes over; the next one does every
    ``days`` days later, at the same time on the wall. Before ``since`` the order is counted back.
    """

    groups: tuple[tuple[str, ...], ...]
    since: datetime
    days: int


@dataclass(frozen=True, slots=True)
class Window:
    """Watches: one begins at ``starts`` and at every later date of ``rrule`` (RFC 5545).

    Both are read off the wall clock of the jurisdiction: ``starts`` has no zone, and a watch of 12
    hours from 20:00 ends at 08:00 also in the night in which the clocks are changed. Without
    ``turns`` all people of the roster serve.
    """

    starts: datetime
    duration: timedelta
    rrule: str
    turns: Turns | None = None
    holidays: OnHolidays = OnHolidays.AS_EVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Who is told, in order, when ``organisation`` is asked at ``tier`` (1 first).

    ``phone`` is the duty number of its watches, E.164: whoever is on duty answers it.
    """

    roster_id: str
    organisation: str
    tier: int
    people: tuple[str, ...]
    windows: tuple[Window, ...]
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """From ``starts`` until ``ends`` (instants) something else holds than a roster says.

    ``leaves`` alone is absent; ``steps_in`` alone serves as well, also where no watch is running;
    with both, the second serves whenever the first would. ``reason`` is a code.
    """

    override_id: str
    roster_id: str
    starts: datetime
    ends: datetime
    leaves: str | None
    steps_in: str | None
    reason: str
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """All that says who is on duty: rosters in their order, overrides in that of their making."""

    rosters: tuple[Roster, ...] = ()
    overrides: tuple[Override, ...] = ()

    @classmethod
    def of(cls, rosters: Iterable[Roster], overrides: Iterable[Override]) -> Self:
        """These rosters, with those of the overrides that are theirs."""
        kept = tuple(rosters)
        ids = {each.roster_id for each in kept}
        return cls(kept, tuple(each for each in overrides if each.roster_id in ids))

    @property
    def people(self) -> frozenset[str]:
        """Everybody who may ever serve by it."""
        rostered = {each for roster in self.rosters for each in roster.people}
        return frozenset(rostered | {each.steps_in for each in self.overrides if each.steps_in})

    @property
    def tiers(self) -> list[int]:
        """The tiers that it has, the first one first."""
        return sorted({roster.tier for roster in self.rosters})


def checked(roster: Roster) -> Roster:
    """``roster``; raises `Invalid` naming the first field that cannot be."""
    if not _ID.fullmatch(roster.roster_id) or roster.roster_id in RESERVED:
        raise Invalid("roster_id", "must be a slug of a-z, 0-9 and -")
    if roster.tier not in TIERS:
        raise Invalid("tier", f"must be from {TIERS[0]} to {TIERS[-1]}")
    if len(set(roster.people)) != len(roster.people):
        raise Invalid("people", "must name nobody twice")
    for position, window in enumerate(roster.windows):
        _check_window(window, f"windows[{position}]")
        if window.turns is not None:
            _check_turns(window.turns, roster.people, f"windows[{position}].turns")
    return roster


def _check_window(window: Window, where: str) -> None:
    _check_wall(window.starts, f"{where}.dtstart")
    if not timedelta(0) < window.duration <= LONGEST_WATCH:
        raise Invalid(f"{where}.duration", "must be more than nothing and at most 7 days")
    try:
        check_rule(window.rrule, WATCHES, window.starts)
    except ValueError as problem:
        raise Invalid(f"{where}.rrule", str(problem)) from None


def _check_turns(turns: Turns, people: Sequence[str], where: str) -> None:
    _check_wall(turns.since, f"{where}.since")
    if turns.days not in TURNS:
        raise Invalid(f"{where}.every", f"must be whole days, from {TURNS[0]} to {TURNS[-1]}")
    if not 0 < len(turns.groups) <= MOST_GROUPS:
        raise Invalid(f"{where}.groups", f"must be from 1 to {MOST_GROUPS}")
    for group, staff_id in _members(turns, where):
        if staff_id not in people:
            raise Invalid(group, "must be among the people of the roster")


def _members(turns: Turns, where: str) -> Iterator[tuple[str, str]]:
    for position, group in enumerate(turns.groups):
        field = f"{where}.groups[{position}]"
        if not group or len(set(group)) != len(group):
            raise Invalid(field, "must name somebody, and nobody twice")
        yield from ((field, each) for each in group)


def _check_wall(wall: datetime, field: str) -> None:
    if wall.tzinfo is not None:
        raise Invalid(field, "must be local time, without a zone")
    if wall.year not in YEARS:
        raise Invalid(field, f"must be from {YEARS[0]} to {YEARS[-1]}")


def checked_override(override: Override, roster: Roster, stand_ins: frozenset[str]) -> Override:
    """``override``, made for ``roster``; raises `Invalid` naming the first field that cannot be.

    ``stand_ins``: who steps in by another override, and may be stood in for.
    """
    if not override.starts < override.ends <= override.starts + LONGEST_OVERRIDE:
        raise Invalid("to", "must be behind from, at most 92 days")
    if override.ends <= override.made_at:
        raise Invalid("to", "must be in the future")
    if override.leaves is None and override.steps_in is None:
        raise Invalid("out", "must be given, or in")
    if override.leaves == override.steps_in:
        raise Invalid("in", "must be somebody else")
    if override.leaves is not None and override.leaves not in {*roster.people, *stand_ins}:
        raise Invalid("out", "must be among the people of the roster")
    return override
