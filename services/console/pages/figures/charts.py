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
SPANS = (60, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400, 172_800, 432_000, 864_000)
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
class Funnel:
    """Organisations by what was due, and between what chance explains."""

    dots: Sequence[Dot]
    bounds: Sequence[str]
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


def funnel(points: Sequence[Row]) -> Funnel | None:
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
    bounds = [_bound(points, most, name, end) for name in ("inner", "outer") for end in (0, 1)]
    return Funnel(dots, bounds, _across(ticks, most), _up())


def _bound(points: Sequence[Row], most: float, name: str, end: int) -> str:
    """A limit, from one number of due to the next."""
    at = [(_x(each["due"], most), _y(each[name][end] / each["due"])) for each in points]
    return "M" + "L".join(f"{x} {y}" for x, y in at)


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
