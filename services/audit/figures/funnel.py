"""Funnel plot: who is silent more often than chance alone explains. No league table. Pure.

Source: D. J. Spiegelhalter, Funnel plots for comparing institutional performance, 2005. Limits are
exact binomial ones round the share of all together, at 95 and 99.8 %: of organisations that are no
different, at most one in forty lies above the inner limit, and one in a thousand above the outer.
Wilson's interval is not used here: it says how sure a share is, not what chance does round another.
"""

from collections.abc import Mapping, Sequence
from math import exp, lgamma, log, sqrt
from typing import NamedTuple

INNER, OUTER = 0.05, 0.002
"""What chance has outside the limits, half of it above and half below."""
FAR = 12
"""Standard deviations from the mean, beyond which there is nothing that a float can hold."""


DRAWN = 40
"""Points of a line, the closer the fewer are due: there it bends."""


class Limits(NamedTuple):
    """The least and the most silent ones of so many that chance explains."""

    low: int
    high: int


class Point(NamedTuple):
    """One organisation: of ``due`` offers, ``silent`` were not answered within the limit or since.

    ``beyond``: 0 inside both limits, 1 above the inner one, 2 above the outer one, and less than
    nought below them.
    """

    key: str
    due: int
    silent: int
    inner: Limits
    outer: Limits

    @property
    def beyond(self) -> int:
        above = sum(self.silent > limits.high for limits in (self.inner, self.outer))
        return above - sum(self.silent < limits.low for limits in (self.inner, self.outer))


class Edge(NamedTuple):
    """Where the limits are drawn for ``due``: shares, between the last count that chance explains
    and the first that it does not. So a dot lies outside a line where its count does."""

    due: int
    inner: tuple[float, float]
    outer: tuple[float, float]


def limits(due: int, share: float, outside: float) -> Limits:
    """Between which all but ``outside`` of the binomial distribution of (due, share) lies."""
    return _tails(due, share, outside)[0]


def _tails(due: int, share: float, outside: float) -> tuple[Limits, float, float]:
    """The limits, and how much of the next count to either side may lie outside as well."""
    if not 0 < share < 1:
        sure = round(due * share)
        return Limits(sure, sure), 0, 0
    mean, spread = due * share, FAR * sqrt(due * share * (1 - share)) + FAR
    first, last = max(0, int(mean - spread)), min(due, int(mean + spread) + 1)
    chances = [_chance(count, due, share) for count in range(first, last + 1)]
    low, below = first, 0.0
    while below + chances[low - first] <= outside / 2:
        below += chances[low - first]
        low += 1
    high, above = last, 0.0
    while above + chances[high - first] <= outside / 2:
        above += chances[high - first]
        high -= 1
    left, right = outside / 2 - below, outside / 2 - above
    return Limits(low, high), left / chances[low - first], right / chances[high - first]


def edges(points: Sequence[Point]) -> list[Edge]:
    """The lines of the plot, from one due to the most; none where all are alike.

    Limits of counts are stairs. Between two stairs a line goes on by how much of the next count
    may lie outside, too (Spiegelhalter, appendix A.1.1).
    """
    due, silent = sum(each.due for each in points), sum(each.silent for each in points)
    most = max((each.due for each in points), default=0)
    if not 0 < silent < due:
        return []
    at = sorted({max(1, round(most * (step / DRAWN) ** 2)) for step in range(DRAWN + 1)})
    share = silent / due
    return [Edge(each, *(_drawn(each, share, level) for level in (INNER, OUTER))) for each in at]


def _drawn(due: int, share: float, outside: float) -> tuple[float, float]:
    (low, high), left, right = _tails(due, share, outside)
    return max(0.0, low - 1 + left) / due, min(due, high + 1 - right) / due


def funnel(counts: Mapping[str, tuple[int, int]]) -> list[Point]:
    """A point for each organisation with something due, from (due, silent), by its due."""
    due = sum(each for each, _ in counts.values())
    silent = sum(each for _, each in counts.values())
    return sorted(
        (_point(key, *each, silent / due) for key, each in counts.items() if each[0]),
        key=lambda point: (point.due, point.key),
    )


def _point(key: str, due: int, silent: int, share: float) -> Point:
    return Point(key, due, silent, limits(due, share, INNER), limits(due, share, OUTER))


def _chance(count: int, of: int, share: float) -> float:
    ways = lgamma(of + 1) - lgamma(count + 1) - lgamma(of - count + 1)
    return exp(ways + count * log(share) + (of - count) * log(1 - share))
