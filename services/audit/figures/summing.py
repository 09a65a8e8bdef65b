"""Summing: packed waits are counted by their codes, in one pass. Pure.

Each wait costs a report of a country's year some steps here, and nothing anywhere else: whatever
follows from a code is looked up once for all waits that have it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from services.audit.figures.packed import EPOCH, MICROSECOND, Packed
from services.audit.figures.worked import Meter

SECOND = timedelta(seconds=1) // MICROSECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """What is to be counted: waits from ``since`` to before ``until``, in microseconds since 1970.

    ``asked_for``: by the code of whom. ``around``: by the same, the counts of a place, of which
    ``cell`` says by the outcome which one grows; none: it is of no place. ``still_open``: by the
    outcome; these go on until the ``cut``. ``part``: by the code of whom, or of when where waits
    are told apart ``by_time``.
    """

    since: int
    until: int
    cut: int
    asked_for: Sequence[bool]
    around: Sequence[list[int] | None]
    cell: Sequence[int]
    still_open: Sequence[bool]
    part: Sequence[str]
    by_time: bool = False
    meter: Meter | None = None


class Sums:
    """The seconds of waits, on the ``wall`` and ``worked``, by part and the code of the outcome;
    ``longest``: the longest limit, in seconds."""

    def __init__(self) -> None:
        self.wall: dict[tuple[str, int], list[int]] = defaultdict(list)
        self.worked: dict[tuple[str, int], list[int]] = defaultdict(list)
        self.longest = 0


def summed(packs: Iterable[Packed], by: Tables) -> Sums:
    """All waits of ``packs`` that are asked for; the counts of places grow besides."""
    sums = Sums()
    for pack in packs:
        _add(sums, pack, by)
    return sums


def _add(sums: Sums, pack: Packed, by: Tables) -> None:
    since, until, asked_for, around = by.since, by.until, by.asked_for, by.around
    parts = pack.when if by.by_time else pack.who
    columns = pack.who, parts, pack.outcome, pack.start, pack.wall, pack.worked, pack.limit
    longest = sums.longest
    for who, code, outcome, start, wall, worked, limit in zip(*columns, strict=True):
        if not since <= start < until:
            continue
        place = around[who]
        if place is not None:
            place[by.cell[outcome]] += 1
        if not asked_for[who]:
            continue
        if by.still_open[outcome]:
            wall, worked = _until_cut(start, by)  # noqa: PLW2901 - of what goes on none is kept
        part = by.part[code], outcome
        sums.wall[part].append(wall)
        sums.worked[part].append(worked)
        longest = limit if limit > longest else longest
    sums.longest = longest


def _until_cut(start: int, by: Tables) -> tuple[int, int]:
    """What is begun counts, as `worked.seconds` has it."""
    wall = -((start - by.cut) // SECOND)
    if by.meter is None:
        return wall, 0
    began, cut = EPOCH + start * MICROSECOND, EPOCH + by.cut * MICROSECOND
    return wall, by.meter.between(began, cut)
