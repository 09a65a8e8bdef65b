"""Rosters and their watches. Pure; `duty` says who is on duty at an instant."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.errors import Invalid
from shared.jurisdiction.recurrence import WATCHES, check_rule

TIERS = range(1, 10)
LONGEST_WATCH = timedelta(days=7)
YEARS = range(2000, 2101)
"""Of a beginning: the last watch of all has to end within what a date can be."""
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,119}")


@dataclass(frozen=True, slots=True)
class Window:
    """Watches: one begins at ``starts`` and at every later date of ``rrule`` (RFC 5545).

    Both are read off the wall clock of the jurisdiction: ``starts`` has no zone, and a watch of 12
    hours from 20:00 ends at 08:00 also in the night in which the clocks are changed.
    """

    starts: datetime
    duration: timedelta
    rrule: str


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


def checked(roster: Roster) -> Roster:
    """``roster``; raises `Invalid` naming the first field that cannot be."""
    if not _ID.fullmatch(roster.roster_id):
        raise Invalid("roster_id", "must be a slug of a-z, 0-9 and -")
    if roster.tier not in TIERS:
        raise Invalid("tier", f"must be from {TIERS[0]} to {TIERS[-1]}")
    if len(set(roster.people)) != len(roster.people):
        raise Invalid("people", "must name nobody twice")
    for position, window in enumerate(roster.windows):
        where = f"windows[{position}]"
        if window.starts.tzinfo is not None:
            raise Invalid(f"{where}.dtstart", "must be local time, without a zone")
        if window.starts.year not in YEARS:
            raise Invalid(f"{where}.dtstart", f"must be from {YEARS[0]} to {YEARS[-1]}")
        if not timedelta(0) < window.duration <= LONGEST_WATCH:
            raise Invalid(f"{where}.duration", "must be more than nothing and at most 7 days")
        try:
            check_rule(window.rrule, WATCHES, window.starts)
        except ValueError as problem:
            raise Invalid(f"{where}.rrule", str(problem)) from None
    return roster
