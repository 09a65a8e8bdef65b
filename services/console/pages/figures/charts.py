"""Charts: a step curve and a funnel plot as SVG paths. Their tables stand beside them.

Coordinates are of a picture of `WIDE` by `HIGH`, with room for its ticks to the left and below.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

WIDE, HIGH = 320, 180
LEFT, RIGHT, TOP, BELOW = 40, 310, 10, 150
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
ROUND = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)
SPANS = (
    *(1, 2, 5, 10, 15, 30),
    *(60, 120, 300, 600, 900, 1800),
    *(3600, 7200, 14_400, 28_800, 86_400, 172_800, 432_000, 864_000),
)
LEVELS = (("inner", "95 %", 12), ("outer", "99,8 %", -6))
"""Each limit, its label, and how far below its upper line that stands: apart, however near they
are."""
TICKS = 4
"""Ticks of an axis, nought left out, at most."""
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tick:
    """Where a value stands: ``at`` in the picture."""

    value: float
    at: float


@dataclass(frozen=True, slots=True)
class Curve:
    """The share answered by each time, as a path."""

    path: str
    across: Sequence[Tick]
    up: Sequence[Tick]


@dataclass(frozen=True, slots=True)
class Dot:
    """One organisation: ``beyond`` says in which shape it is drawn."""

    x: float
    y: float
    beyond: int


@dataclass(frozen=True, slots=True)
class Bound:
    """The two lines of one limit: ``label`` says which, beside the upper one, where few are due and
    lines are far apart."""

    paths: Sequence[str]
    label: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Funnel:
    """Organisations by what was due, and between what chance explains round ``all`` together."""

    dots: Sequence[Dot]
    bounds: Sequence[Bound]
    all: float
    across: Sequence[Tick]
    up: Sequence[Tick]


def curve(steps: Sequence[Row]) -> Curve | None:
    """None where nobody was answered."""
    last = max((each["at"] for each in steps), default=0)
    if not last:
        return None
    ticks = _ticks(last, SPANS)
    most = max(last, ticks[-1])
    path = f"M{LEFT} {BELOW}"
    for each in steps:
        path += f"H{_x(each['at'], most)}V{_y(each['share'])}"
    return Curve(f"{path}H{RIGHT}", _across(ticks, most), _up())


def funnel(points: Sequence[Row], limits: Sequence[Row]) -> Funnel | None:
    """None of nobody."""
    last = max((each["due"] for each in points), default=0)
    if not last:
        return None
    ticks = _ticks(last, ROUND)
    most = max(last, ticks[-1])
    dots = [
        Dot(_x(each["due"], most), _y(each["silent"] / each["due"]), each["beyond"])
        for each in points
    ]
    share = sum(each["silent"] for each in points) / sum(each["due"] for each in points)
    bounds = [_bound(limits, most, *level) for level in LEVELS] if limits else []
    return Funnel(dots, bounds, _y(share), _across(ticks, most), _up())


def _bound(limits: Sequence[Row], most: float, name: str, label: str, away: float) -> Bound:
    """A limit, from one number of due to the next."""
    paths = [
        "M" + "L".join(f"{_x(each['due'], most)} {_y(each[name][end])}" for each in limits)
        for end in (0, 1)
    ]
    beside = limits[len(limits) // 2]
    y = max(round(_y(beside[name][1]) + away, 1), TOP - 1)
    return Bound(paths, label, _x(beside["due"], most), y)


def _ticks(last: float, steps: Sequence[int]) -> list[float]:
    step = next((each for each in steps if last / each <= TICKS), ceil(last / TICKS))
    return [step * count for count in range(1, ceil(last / step) + 1)]


def _across(ticks: Sequence[float], most: float) -> list[Tick]:
    return [Tick(0, LEFT), *(Tick(each, _x(each, most)) for each in ticks)]


def _up() -> list[Tick]:
    return [Tick(each, _y(each)) for each in SHARES]


def _x(value: float, most: float) -> float:
    return round(LEFT + (RIGHT - LEFT) * value / most, 1)


def _y(share: float) -> float:
    return round(BELOW - (BELOW - TOP) * share, 1)
