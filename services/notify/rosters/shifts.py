"""Shifts: who is on duty from when to when, and when nobody is. Pure.

Between two edges (a watch begins or ends, a group hands over, an override begins or ends) nothing
changes, so `on_duty` is asked at each edge: what it says there holds until the next.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from services.notify.rosters.duty import (
    Crew,
    LocalDays,
    Served,
    instant,
    on_duty,
    watches,
)
from services.notify.rosters.model import LONGEST_WATCH, Plan, Roster, Turns

FIRST_TIER = 1
_Edges = tuple[set[datetime], set[datetime]]
"""When watches begin, and whenever else something may change."""
_AROUND = LONGEST_WATCH + timedelta(days=2)
"""What is running began and ends within this; two days for what wall clocks do."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One roster's people from ``starts`` until ``ends``; nobody: it is empty."""

    roster: Roster
    starts: datetime
    ends: datetime
    people: tuple[Served, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Nobody is on duty at ``tier``; ``others``: somebody of another tier is."""

    tier: int
    starts: datetime
    ends: datetime
    others: bool


def shifts(
    plan: Plan, first: datetime, last: datetime, days: LocalDays, only: str | None = None
) -> list[Shift]:
    """The shifts that touch the time from ``first`` until ``last``, each whole, by beginning.

    ``only``: of nobody else but this person, so that what changes for others parts no shift.
    """
    found = [
        each
        for roster in plan.rosters
        for each in _of(roster, plan, days, _edges(roster, plan, first, last, days), only)
        if each.ends > first and each.starts < last
    ]
    return sorted(found, key=lambda each: (each.starts, each.roster.tier, each.roster.roster_id))


def gaps(
    plan: Plan, first: datetime, last: datetime, days: LocalDays, able: Collection[str]
) -> list[Gap]:
    """When a tier has nobody from ``first`` until ``last``, by tier and beginning.

    ``able``: who can be asked to take a case. The first tier is always needed.
    """
    edges = {first, last}
    for roster in plan.rosters:
        begins, others = _edges(roster, plan, first, last, days)
        edges.update(at for at in begins | others if first < at < last)
    found: dict[int, list[Gap]] = {tier: [] for tier in sorted({FIRST_TIER, *plan.tiers})}
    for starts, ends in pairwise(sorted(edges)):
        crews = on_duty(plan, starts, days)
        manned = {each.roster.tier for each in crews if _manned(each, able)}
        for tier in found.keys() - manned:
            _add(found[tier], Gap(tier, starts, ends, bool(manned)))
    return [each for of_tier in found.values() for each in of_tier]


def _manned(crew: Crew, able: Collection[str]) -> bool:
    return any(each.staff_id in able for each in crew.people)


def _add(found: list[Gap], gap: Gap) -> None:
    """Behind the others, as one with the last where it goes on."""
    if found and (found[-1].ends, found[-1].others) == (gap.starts, gap.others):
        found[-1] = replace(found[-1], ends=gap.ends)
    else:
        found.append(gap)


def _of(
    roster: Roster, plan: Plan, days: LocalDays, edges: _Edges, only: str | None
) -> Iterator[Shift]:
    """The shifts of one roster: a new one with each watch, and when somebody else serves."""
    alone = Plan((roster,), plan.overrides)
    begins, others = edges
    going: Shift | None = None
    for starts, ends in pairwise(sorted(begins | others)):
        crews = on_duty(alone, starts, days)
        now = Shift(roster, starts, ends, _shown(crews[0], only)) if crews else None
        if going and now and starts not in begins and going.people == now.people:
            going = replace(going, ends=ends)
            continue
        if going:
            yield going
        going = now
    if going:
        yield going


def _shown(crew: Crew, only: str | None) -> tuple[Served, ...]:
    return tuple(each for each in crew.people if only in (None, each.staff_id))


def _edges(roster: Roster, plan: Plan, first: datetime, last: datetime, days: LocalDays) -> _Edges:
    """When watches begin, and whenever else something may change: of all that touches this time."""
    mine = [each for each in plan.overrides if each.roster_id == roster.roster_id]
    others = {at for each in mine for at in (each.starts, each.ends)}
    begins: set[datetime] = set()
    touched = [at.astimezone(days.zone).replace(tzinfo=None) for at in (first, last, *others)]
    earliest, latest = min(touched) - _AROUND, max(touched) + _AROUND
    for window in roster.windows:
        # also of a watch that began before, and is running at the first edge: when it ends
        for begin, end in watches(window, earliest - LONGEST_WATCH, latest, days):
            begins.add(begin)
            others.add(end)
        if window.turns is not None:
            walls = _handovers(window.turns, earliest, latest)
            others.update(instant(each, days.zone) for each in walls)
    since = instant(earliest, days.zone)
    return {at for at in begins if at >= since}, {at for at in others if at >= since}


def _handovers(turns: Turns, earliest: datetime, latest: datetime) -> Iterator[datetime]:
    step = timedelta(days=turns.days)
    at = turns.since + (earliest - turns.since) // step * step
    while at <= latest:
        yield at
        at += step
