"""Handlers of weeks: shifts of some days as one reads and prints them, and when nobody serves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services.notify.people import store as people
from services.notify.people.model import Person
from services.notify.rosters import store
from services.notify.rosters.duty import LocalDays, instant
from services.notify.rosters.model import LONGEST_WATCH, Override, Plan
from services.notify.rosters.shifts import Gap, Shift, gaps, shifts
from shared.db import Tx
from shared.events.words import SYSTEM
from shared.security.visibility import act_as

AHEAD = timedelta(days=7)
"""How far ahead empty shifts are looked for."""


@dataclass(frozen=True, slots=True)
class Week:
    """Some days of an organisation. ``known``: whom of it the caller may see, by staff id."""

    organisation: str
    starts: datetime
    ends: datetime
    holidays: Mapping[date, str]
    shifts: Sequence[Shift]
    gaps: Sequence[Gap]
    overrides: Sequence[Override]
    known: Mapping[str, Person]


@dataclass(frozen=True, slots=True)
class Empty:
    """When nobody is on duty in an organisation; ``rosters``: how many it has."""

    organisation: str
    rosters: int
    gaps: Sequence[Gap]


async def week(
    tx: Tx, asker: str, organisation: str, span: Sequence[date], days: LocalDays
) -> Week:
    """The days ``span``, which follow one another, as ``asker`` may see them."""
    first = instant(datetime.combine(span[0], time()), days.zone)
    last = instant(datetime.combine(span[-1] + timedelta(days=1), time()), days.zone)
    around = (first - LONGEST_WATCH, last + LONGEST_WATCH)
    plan = (await store.plans(tx, [organisation], *around))[organisation]
    absent = {each.leaves for each in plan.overrides if each.leaves}
    known = await people.by_id(tx, plan.people | absent)
    names = {day: days.holiday(day) for day in span}
    able = await _able(tx, [plan], asker)
    return Week(
        organisation=organisation,
        starts=first,
        ends=last,
        holidays={day: name for day, name in names.items() if name is not None},
        shifts=shifts(plan, first, last, days),
        gaps=gaps(plan, first, last, days, able),
        overrides=[each for each in plan.overrides if each.ends > first and each.starts < last],
        known=known,
    )


async def empty(tx: Tx, asker: str, organisations: Sequence[str], days: LocalDays) -> list[Empty]:
    """Of each of these: when nobody will be on duty in the next 7 days."""
    last = tx.now + AHEAD
    plans = await store.plans(tx, organisations, tx.now, last + LONGEST_WATCH)
    able = await _able(tx, plans.values(), asker)
    return [
        Empty(name, len(plan.rosters), gaps(plan, tx.now, last, days, able))
        for name, plan in plans.items()
    ]


async def _able(tx: Tx, plans: Iterable[Plan], asker: str) -> set[str]:
    """Who of them can be asked, also where the asker may not see them: a shift is not empty for
    being theirs."""
    await act_as(tx, SYSTEM)
    named = await people.by_id(tx, {each for plan in plans for each in plan.people})
    await act_as(tx, asker)
    return {each for each, person in named.items() if person.serves}
