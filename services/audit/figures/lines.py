"""Lines of a report: what is told of one group of waits, everything on the same line. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from services.audit.figures.clocks import COUNTED, DUE, EXCLUDED, Response
from services.audit.figures.curves import MEDIAN, P90, Curve, End, Share, wilson
from services.audit.figures.packed import Outcome

UNITS = (60, 300, 900, 3600, 4 * 3600, 24 * 3600)
"""To what published times may be rounded up, in seconds: a minute to a day."""
BRIEF, SECOND = 600, 1
"""Seconds within which whoever may open the rows is shown a curve by the second."""
MOST_IN_LIMIT = 24
"""Published times from nought to the limit."""


class Times(NamedTuple):
    """In seconds; none: not reached. ``reached``: the share that was ever answered."""

    median: int | None
    p90: int | None
    reached: Fraction


class Step(NamedTuple):
    """The share answered within ``at`` seconds."""

    at: int
    share: float


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


class Tally:
    """What a line is made of, while waits are counted; how long they waited, by `End`."""

    def __init__(self) -> None:
        self.responses = dict.fromkeys(Response, 0)
        self.wall: tuple[list[int], ...] = tuple([] for _ in End)
        self.worked: tuple[list[int], ...] = tuple([] for _ in End)
        self.paused = self.escalated = self.voided = 0

    def add(self, outcome: Outcome, wall: Sequence[int], worked: Sequence[int] = ()) -> None:
        """Waits of which the same became: the seconds of each; in working hours, too, or not."""
        count, end = len(wall), outcome.end
        self.responses[outcome.response] += count
        if end is None:
            return
        self.wall[end].extend(wall)
        self.worked[end].extend(worked)
        self.paused += count * outcome.paused
        self.escalated += count * outcome.escalated
        self.voided += count * outcome.voided

    def merge(self, other: "Tally") -> None:
        """All the waits of another one, too."""
        for response, count in other.responses.items():
            self.responses[response] += count
        for ours, theirs in zip(self.wall + self.worked, other.wall + other.worked, strict=True):
            ours.extend(theirs)
        self.paused += other.paused
        self.escalated += other.escalated
        self.voided += other.voided

    @property
    def due(self) -> int:
        """Those answered, and those whose limit has passed."""
        return sum(self.responses[each] for each in DUE)


def unit_of(longest: int) -> int:
    """To what published times are rounded up, in seconds: by the longest limit, in seconds."""
    return next((unit for unit in UNITS if longest <= unit * MOST_IN_LIMIT), UNITS[-1])


def unit_inside(of: Curve, unit: int) -> int:
    """The same for the service's own people, who may open each row: a second where all answers are
    brief, for a minute would tell of others than the median beside it."""
    times = of.steps
    return SECOND if times and times[-1] <= BRIEF else unit


def line(key: str, tally: Tally, wall: Curve | None = None) -> Line:
    """All that is told of a group; ``wall``: its curve, where that is at hand."""
    count, worked = tally.responses, any(tally.worked)
    return Line(
        key=key,
        n=sum(count[each] for each in COUNTED),
        in_time=wilson(count[Response.IN_TIME], tally.due),
        wall=times(wall or Curve(tally.wall)),
        worked=times(Curve(tally.worked)) if worked else None,
        still_open=len(tally.wall[End.OPEN]),
        responses={each: count[each] for each in COUNTED},
        excluded={each: count[each] for each in EXCLUDED if count[each]},
        paused=tally.paused,
        escalated=tally.escalated,
        voided=tally.voided,
    )


def times(of: Curve) -> Times:
    """The median and P90 of a curve, and how far it goes."""
    return Times(of.quantile(MEDIAN), of.quantile(P90), of.reached)


def steps(of: Curve, unit: int) -> list[Step]:
    """The curve for publishing, at multiples of ``unit`` alone: each step of its own is one woman.

    What is said of such a time holds, and nothing is said of those between.
    """
    rounded = sorted({0, *(up(at, unit) for at in of.steps)})
    return list(map(Step, rounded, of.along(rounded)))


def up(at: int, unit: int) -> int:
    """The next multiple of ``unit``: nobody looks faster for it."""
    return -(-at // unit) * unit
