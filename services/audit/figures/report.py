"""Report: the figures of response by one clock, out of facts, as they were at a cut. Pure.

``facts`` are all of the kind that the clock is of which began in the period, or more, and hold all
of the uppermost place of what is asked for: what leaves is decided by all of it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from services.audit.figures.clocks import Clock, Fact, Response, Run
from services.audit.figures.clocks import run as run_of
from services.audit.figures.cover import NOTHING, cell, cover, covered
from services.audit.figures.curves import Curve, End
from services.audit.figures.funnel import Point, funnel
from services.audit.figures.lines import Line, Step, Tally, line, steps, unit_inside, unit_of
from services.audit.figures.packed import Names, Packed, Packing, When, Who, micro, pack
from services.audit.figures.period import Period
from services.audit.figures.summing import Sums, Tables, summed
from services.audit.figures.worked import Meter
from shared.errors import Invalid


class Axis(StrEnum):
    """By what the waits of a report are told apart."""

    MONTH = "month"
    PLACE = "place"
    ORGANISATION = "organisation"
    SERVICE = "service"
    URGENCY = "urgency"
    CHANNEL = "channel"
    HOUR = "hour"


THEIR_AXES = (Axis.ORGANISATION, Axis.CHANNEL)
"""Of offers alone: a need belongs to nobody until somebody accepts it."""
THEIRS_ALONE = (
    "is of organisations alone: choose one of their waits, until they say anything, until they say "
    "yes or no, or from their yes until the first contact"
)
APART = 3
"""Behind the three cells of a place: the count of what is excluded, which is in none of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for. ``area``: a code of one of the ``depths``, of which the first is the
    country's; ``only``: the waits of one organisation, service, urgency or channel.

    ``outside``: whoever reads is none of the service's own people. ``now``: by the answers that
    stand, in place of the first ones. ``meter``: also in working hours.
    """

    clock: Clock
    period: Period
    cut: datetime
    zone: ZoneInfo
    depths: Sequence[int]
    area: str
    axis: Axis | None = None
    only: tuple[tuple[Axis, str], ...] = ()
    outside: bool = False
    now: bool = False
    meter: Meter | None = None

    def __post_init__(self) -> None:
        by = {"by": self.axis} | {axis.value: axis for axis, _ in self.only}
        for field, axis in by.items():
            if self.clock.hers and axis in THEIR_AXES:
                raise Invalid(field, THEIRS_ALONE)

    @property
    def uppermost(self) -> str:
        """The place of the uppermost level that holds the area, or the country."""
        return self.area[: self.depths[1]]

    def holds(self, area: str, fact: Fact | Who) -> bool:
        """Whether a fact is of an area: of the country also where its raion is not known."""
        return len(area) <= self.depths[0] or (fact.territory or "").startswith(area)

    def level(self, code: str) -> int:
        """Digits of the places right below one; its own where there are none."""
        return next((each for each in self.depths if each > len(code)), len(code))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The line of all, one for each part by the axis, and the share answered by each round time.

    ``unit``: seconds to which the times of the steps are rounded up. ``withheld``: parts are asked
    for, and none of them leaves. ``silence``: where the parts are organisations.
    """

    asked: Asked
    whole: Line
    parts: Sequence[Line] = ()
    withheld: bool = False
    unit: int
    steps: Sequence[Step] = ()
    silence: Sequence[Point] = ()


def report(facts: Iterable[Fact], asked: Asked) -> Report:
    """The figures of ``asked``."""
    names = Names()
    return of_packed([pack(facts, names, packing(asked))], names, asked)


def fitting(axes: Iterable[Axis | None]) -> Clock:
    """The clock of what is told apart, or picked out, by these, where nobody has said which."""
    theirs = any(axis in THEIR_AXES for axis in axes)
    return Clock.DECISION if theirs else Clock.HER_ACCEPTANCE


def packing(asked: Asked) -> Packing:
    """How facts are packed for it."""
    return Packing(
        clock=asked.clock, cut=asked.cut, zone=asked.zone, now=asked.now, meter=asked.meter
    )


def of_packed(packs: Iterable[Packed], names: Names, asked: Asked) -> Report:
    """The same, of waits that are packed by its clock, as they were at its cut."""
    cells: dict[str, list[int]] = defaultdict(lambda: [0] * (APART + 1))
    sums = summed(packs, _tables(names, asked, cells))
    tallies, whole = _tallies(sums, names, asked), Tally()
    for each in tallies.values():
        whole.merge(each)
    curve, unit = Curve(whole.wall), unit_of(sums.longest)
    if not asked.outside:
        unit = unit_inside(curve, unit)
    inside = Report(
        asked=asked,
        whole=line(asked.area, whole, curve),
        parts=[line(each, tallies[each]) for each in sorted(tallies)] if asked.axis else (),
        unit=unit,
        steps=steps(curve, unit),
        silence=_silence(tallies) if asked.axis is Axis.ORGANISATION else (),
    )
    if not asked.outside:
        return inside
    told = {place: counts[:APART] for place, counts in cells.items()}
    return _outside(inside, {place: counts for place, counts in told.items() if any(counts)})


def _tables(names: Names, asked: Asked, cells: Mapping[str, list[int]]) -> Tables:
    """What follows from each code, and what is counted in which of ``cells``."""
    since, until = asked.period.instants(asked.zone)
    digits, by_time = asked.level(asked.uppermost), asked.axis in _TIMES
    whos = list(names.who.things)  # others may come meanwhile, of none of these waits
    around = [asked.outside and asked.holds(asked.uppermost, each) for each in whos]
    return Tables(
        since=micro(since),
        until=micro(until),
        cut=micro(asked.cut),
        asked_for=[_asked_for(each, asked) for each in whos],
        around=[
            cells[(each.territory or "")[:digits]] if counts else None
            for each, counts in zip(whos, around, strict=True)
        ],
        cell=[APART if end is None else cell(told) for told, end, *_ in names.outcome.things],
        still_open=[each.end is End.OPEN for each in names.outcome.things],
        part=list(map(_part(asked), names.when.things if by_time else whos)),
        by_time=by_time,
        meter=asked.meter,
    )


def _tallies(sums: Sums, names: Names, asked: Asked) -> dict[str, Tally]:
    tallies: dict[str, Tally] = defaultdict(Tally)
    for (part, outcome), wall in sums.wall.items():
        worked = sums.worked[part, outcome] if asked.meter else ()
        tallies[part].add(names.outcome.things[outcome], wall, worked)
    return tallies


def waits(facts: Iterable[Fact], asked: Asked) -> list[tuple[Fact, Run]]:
    """The rows that a report is made of: what each of its numbers leads to."""
    return [each for each in _around(facts, asked) if _asked_for(each[0], asked)]


def _outside(inside: Report, cells: Mapping[str, Sequence[int]]) -> Report:
    """What leaves of a report: nothing by organisation, which is a place in all but name, and below
    the uppermost level places alone."""
    asked, unit = inside.asked, inside.unit
    level = asked.depths[1]
    deep, places = len(asked.area) > level, asked.axis is Axis.PLACE and len(asked.area) == level
    one = any(axis is Axis.ORGANISATION for axis, _ in asked.only)
    # of a part of what is asked for, or of less than a year, no place below is shown
    by = NOTHING if asked.only or asked.now or not asked.period.is_year else cover(cells)
    whole = covered(inside.whole, by if deep or one else None, unit)
    withheld = asked.axis is not None and (deep or one or asked.axis is Axis.ORGANISATION)
    parts = () if withheld else inside.parts
    return replace(
        inside,
        whole=whole,
        parts=[covered(each, by if places else None, unit) for each in parts],
        withheld=withheld,
        steps=inside.steps if whole.wall is not None else (),
        silence=(),
    )


def _around(facts: Iterable[Fact], asked: Asked) -> Iterator[tuple[Fact, Run]]:
    """What began in the period, in the uppermost place that holds the area."""
    begin, after = asked.period.instants(asked.zone)
    clock, cut, now = asked.clock, asked.cut, asked.now
    for fact in facts:
        found = run_of(fact, clock, cut, now=now)
        if found is None or not begin <= found.start < after:
            continue
        if asked.holds(asked.uppermost, fact):
            yield fact, found


def _asked_for(fact: Fact | Who, asked: Asked) -> bool:
    return asked.holds(asked.area, fact) and all(
        getattr(fact, _FIELDS[axis]) == value for axis, value in asked.only
    )


def key(asked: Asked) -> Callable[[Fact, Run], str]:
    """Of which part a wait is; ``""`` where that is not known."""
    part, zone = _part(asked), asked.zone
    if asked.axis in _TIMES:
        return lambda _, run: part(When.of(run.start, zone))
    return lambda fact, _: part(fact)


def _part(asked: Asked) -> Callable[[Any], str]:
    """The same of when waits began, where the axis is of time, or else of whose they are."""
    axis, digits = asked.axis, asked.level(asked.area)
    if axis is None:
        return lambda _: ""
    if axis is Axis.PLACE:
        return lambda who: (who.territory or "")[:digits]
    field = attrgetter(_TIMES.get(axis) or _FIELDS[axis])
    return lambda each: field(each) or ""


def _silence(tallies: Mapping[str, Tally]) -> list[Point]:
    """What was due, and what of it nobody has answered."""
    return funnel(
        {name: (each.due, each.responses[Response.EXPIRED]) for name, each in tallies.items()}
    )


_TIMES = {Axis.MONTH: "month", Axis.HOUR: "hour"}
_FIELDS = {
    Axis.ORGANISATION: "organisation",
    Axis.SERVICE: "service_type",
    Axis.URGENCY: "urgency",
    Axis.CHANNEL: "channel",
}
