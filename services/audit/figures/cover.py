"""Cover: what of a report leaves for whoever is outside the service's own people. Pure.

Lines of the country and of its uppermost places are printed whole. Below, a place is shown whole,
or with its count alone, or not at all, by the figures of its whole uppermost place and a whole year
(decision 0026): what is shown follows from no other cut. A median of fewer than eight is of one
woman wherever it stands, and all that are shown are rounded up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.audit.figures.clocks import DUE, Response
from services.audit.figures.lines import Line, Times, up
from shared.suppression import held_back, parts_held_back, small


@dataclass(frozen=True, slots=True)
class Cover:
    """``whole``: places that are shown. ``counted``: of which n alone is; all others are not."""

    whole: frozenset[str] = frozenset()
    counted: frozenset[str] = frozenset()


NOTHING = Cover()
"""No place is shown."""


def cover(cells: Mapping[str, Sequence[int]]) -> Cover:
    """Of the places right below one uppermost place, each with all its waits of a year, as `cell`
    tells them apart."""
    held = {path[-1] for path in held_back({("", key): sum(each) for key, each in cells.items()})}
    counted = parts_held_back(cells, held)
    return Cover(frozenset(cells) - counted, counted - held)


def cell(response: Response) -> int:
    """In time, due and not in time, not due: what a line that is shown tells apart."""
    if response is Response.IN_TIME:
        return 0
    return 1 if response in DUE else 2


def covered(line: Line, by: Cover | None, unit: int) -> Line:
    """A line as whoever is outside may see it. ``by``: where it is of a place below the uppermost
    level; its finer parts are not shown there, for some of them are small."""
    wall, worked = (_rounded(line.n, each, unit) for each in (line.wall, line.worked))
    if by is None:
        return replace(line, wall=wall, worked=worked)
    if line.key in by.whole:
        return Line(key=line.key, n=line.n, in_time=line.in_time, wall=wall, worked=worked)
    return Line(key=line.key, n=line.n if line.key in by.counted else None)


def _rounded(n: int | None, times: Times | None, unit: int) -> Times | None:
    if times is None or n is None or small(n):
        return None
    median, p90 = (each if each is None else up(each, unit) for each in times[:2])
    return Times(median, p90, times.reached)
