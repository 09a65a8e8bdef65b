"""Lines of a report: what is told of one group of waits, everything on the same line. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from services.audit.figures.clocks import COUNTED, DUE, EXCLUDED, Fact, Response, Run
from services.audit.figures.curves import MEDIAN, P90, Curve, End, Share, wilson
from services.audit.figures.facts import OfferFact
from services.audit.figures.worked import Meter, seconds

UNITS = (60, 300, 900, 3600, 4 * 3600, 24 * 3600)
"""To what published times may be rounded up, in seconds: a minute to a day."""
MOST_IN_LIMIT = 24
"""Published times from nought to the limit."""


class Judged(NamedTuple):
    """A fact, and what became of it by the clock of the report: after how many seconds, and after
    how many of working time."""

    fact: Fact
    run: Run
    took: int
    worked: int | None


class Times(NamedTuple):
    """In seconds; none: not reached. ``reached``: the share that was ever answered."""

    median: int | None
    p90: int | None
    reached: Fraction


class Step(NamedTuple):
    """The share answered within ``at`` seconds."""

    at: int
    share: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One group. What must not be shown to whoever reads is none.

    ``n``: whose clock runs or ran: all of ``responses``. ``in_time``: of those due.
    ``still_open``: not over at the cut, past their limit or not. ``excluded``: no part of n.
    ``paused``, ``escalated`` (to a further tier) and ``voided`` (since) are parts of n, subtracted
    from nothing. ``worked``: the working time of the same waits.
    """

    key: str
    n: int | None
    in_time: Share | None = None
    wall: Times | None = None
    worked: Times | None = None
    still_open: int | None = None
    responses: Mapping[Response, int] | None = None
    excluded: Mapping[Response, int] | None = None
    paused: int | None = None
    escalated: int | None = None
    voided: int | None = None


def judged(fact: Fact, run: Run, meter: Meter | None) -> Judged:
    """A wait by the clock on the wall and, where there is a ``meter``, by working hours."""
    worked = None if meter is None else meter.between(run.start, run.over)
    return Judged(fact, run, seconds(run.start, run.over), worked)


def line(key: str, group: Sequence[Judged]) -> Line:
    """All that is told of a group."""
    count = Counter([each.run.response for each in group])
    counted = [each for each in group if each.run.end is not None]
    facts = [each.fact for each in counted]
    return Line(
        key=key,
        n=len(counted),
        in_time=wilson(count[Response.IN_TIME], sum(count[each] for each in DUE)),
        wall=times(curve(group)),
        worked=times(_hours(group)) if any(each.worked is not None for each in counted) else None,
        still_open=sum(each.run.end is End.OPEN for each in counted),
        responses={each: count[each] for each in COUNTED},
        excluded={each: count[each] for each in EXCLUDED if count[each]},
        paused=sum(fact.on_hold_at is not None for fact in facts),
        escalated=sum(isinstance(fact, OfferFact) and fact.tier > 1 for fact in facts),
        voided=sum(fact.voided_at is not None for fact in facts),
    )


def curve(group: Iterable[Judged]) -> Curve:
    """By the clock on the wall."""
    return Curve([(each.took, each.run.end) for each in group if each.run.end is not None])


def _hours(group: Iterable[Judged]) -> Curve:
    """By working hours."""
    return Curve(
        [
            (each.worked, each.run.end)
            for each in group
            if each.worked is not None and each.run.end is not None
        ]
    )


def times(of: Curve) -> Times:
    """The median and P90 of a curve, and how far it goes."""
    return Times(of.quantile(MEDIAN), of.quantile(P90), of.reached)


def steps(of: Curve, unit: int) -> list[Step]:
    """The curve for publishing, at multiples of ``unit`` alone: each step of its own is one woman.

    What is said of such a time is exact, and nothing is said of those between.
    """
    rounded = sorted({up(at, unit) for at in of.times})
    told = [Step(0, Fraction(0))]
    for each in map(Step, rounded, of.along(rounded)):
        if each.share > told[-1].share:
            told.append(each)
    return told


def unit_of(group: Iterable[Judged]) -> int:
    """To what published times are rounded up, in seconds: by the longest limit of a group."""
    limits = (seconds(run.start, run.limit) for _, run, *_ in group if run.limit)
    longest = max(limits, default=0)
    return next((unit for unit in UNITS if longest <= unit * MOST_IN_LIMIT), UNITS[-1])


def up(at: int, unit: int) -> int:
    """The next multiple of ``unit``: nobody looks faster for it."""
    return -(-at // unit) * unit
