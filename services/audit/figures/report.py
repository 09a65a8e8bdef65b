"""Report: the figures of response by one clock, out of facts, as they were at a cut. Pure.

``facts`` are all of the kind that the clock is of which began in the period, or more, and hold all
of the uppermost place of what is asked for: what leaves is decided by all of it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from services.audit.figures.clocks import DUE, Clock, Fact, Response, run
from services.audit.figures.cover import NOTHING, Cover, cover, covered
from services.audit.figures.facts import OfferFact
from services.audit.figures.funnel import Point, funnel
from services.audit.figures.lines import Judged, Line, Step, curve, judged, line, steps, unit_of
from services.audit.figures.period import Period
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
        axes = [self.axis, *(axis for axis, _ in self.only)]
        if self.clock.hers and any(axis in THEIR_AXES for axis in axes):
            raise Invalid("axis", "is not for this kind")

    @property
    def uppermost(self) -> str:
        """The place of the uppermost level that holds the area, or the country."""
        return self.area[: self.depths[1]]

    def holds(self, area: str, fact: Fact) -> bool:
        """Whether a fact is of an area: of the country also where its raion is not known."""
        return len(area) <= self.depths[0] or (fact.territory or "").startswith(area)

    def level(self, code: str) -> int:
        """Digits of the places right below one; its own where there are none."""
        return next((each for each in self.depths if each > len(code)), len(code))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The line of all, one for each part by the axis, and the share answered by each round time.

    ``unit``: seconds to which the times of the steps are rounded up. ``withheld``: parts are asked
    for, and none of them leaves. ``silence``: of organisations, in reports for the inside alone.
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
    around = _judged(facts, asked)
    group = [each for each in around if _asked_for(each.fact, asked)]
    unit = unit_of(group)
    whole = line(asked.area, group)
    drawn = steps(curve(group), unit)
    if asked.outside:
        return _outside(Report(asked=asked, whole=whole, unit=unit, steps=drawn), around, group)
    return Report(
        asked=asked,
        whole=whole,
        parts=_parts(group, asked),
        unit=unit,
        steps=drawn,
        silence=() if asked.clock.hers else funnel(_silence(group)),
    )


def waits(facts: Iterable[Fact], asked: Asked) -> list[Judged]:
    """The rows that a report is made of: what each of its numbers leads to."""
    return [each for each in _judged(facts, asked) if _asked_for(each.fact, asked)]


def _outside(inside: Report, around: Sequence[Judged], group: Sequence[Judged]) -> Report:
    """What leaves of a report: nothing by organisation, which is a place in all but name, and below
    the uppermost level places alone."""
    asked, unit = inside.asked, inside.unit
    deep = len(asked.area) > asked.depths[1]
    by = _cover(around, asked)
    one = any(axis is Axis.ORGANISATION for axis, _ in asked.only)
    whole = covered(inside.whole, NOTHING if one else by if deep else None, unit)
    withheld = asked.axis is not None and (deep or one or asked.axis is Axis.ORGANISATION)
    places = asked.axis is Axis.PLACE and len(asked.area) == asked.depths[1]
    parts = [] if withheld else _parts(group, asked)
    return replace(
        inside,
        whole=whole,
        parts=[covered(each, by if places else None, unit) for each in parts],
        withheld=withheld,
        steps=inside.steps if whole.wall is not None else (),
    )


def _cover(around: Sequence[Judged], asked: Asked) -> Cover:
    """Over the places below the uppermost one; all of them, but in a whole report of a year."""
    if not asked.period.is_year or asked.only or asked.now:
        return NOTHING
    groups: dict[str, list[Judged]] = defaultdict(list)
    digits = asked.level(asked.uppermost)
    for each in around:
        groups[(each.fact.territory or "")[:digits]].append(each)
    return cover(groups)


def _judged(facts: Iterable[Fact], asked: Asked) -> list[Judged]:
    """What began in the period, in the uppermost place that holds the area."""
    begin, after = asked.period.instants(asked.zone)
    found = []
    for fact in facts:
        if asked.holds(asked.uppermost, fact):
            each = run(fact, asked.clock, asked.cut, now=asked.now)
            if each is not None and begin <= each.start < after:
                found.append(judged(fact, each, asked.meter))
    return found


def _asked_for(fact: Fact, asked: Asked) -> bool:
    return asked.holds(asked.area, fact) and all(
        getattr(fact, _FIELDS[axis]) == value for axis, value in asked.only
    )


def _parts(group: Sequence[Judged], asked: Asked) -> list[Line]:
    if asked.axis is None:
        return []
    parts: dict[str, list[Judged]] = defaultdict(list)
    key = _key(asked.axis, asked)
    for each in group:
        parts[key(each)].append(each)
    return [line(part, parts[part]) for part in sorted(parts)]


def _key(axis: Axis, asked: Asked) -> Callable[[Judged], str]:
    """Of which part a wait is; ``""`` where that is not known."""
    zone, digits = asked.zone, asked.level(asked.area)
    if axis is Axis.MONTH:
        return lambda each: each.run.start.astimezone(zone).isoformat()[:7]
    if axis is Axis.HOUR:
        return lambda each: each.run.start.astimezone(zone).isoformat()[11:13]
    if axis is Axis.PLACE:
        return lambda each: (each.fact.territory or "")[:digits]
    field = _FIELDS[axis]
    return lambda each: getattr(each.fact, field) or ""


def _silence(group: Sequence[Judged]) -> dict[str, tuple[int, int]]:
    """By organisation: what was due, and what of it nobody has answered."""
    due: Counter[str] = Counter()
    silent: Counter[str] = Counter()
    for fact, each, *_ in group:
        if isinstance(fact, OfferFact) and each.response in DUE:
            due[fact.organisation] += 1
            silent[fact.organisation] += each.response is Response.EXPIRED
    return {name: (due[name], silent[name]) for name in due}


_FIELDS = {
    Axis.ORGANISATION: "organisation",
    Axis.SERVICE: "service_type",
    Axis.URGENCY: "urgency",
    Axis.CHANNEL: "channel",
}
