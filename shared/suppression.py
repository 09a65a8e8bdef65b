"""Suppression: which places' figures about survivors must not leave. Pure.

Source: rule 7 of the response times. Counts of 1 to 7 do not leave below the uppermost level (the
oblast); those of that level, and of the country, are printed as they are. One figure that is held
back could be computed from the sum above it and from its neighbours: so neighbours are held back
with it, until what is held back of a sum is two places or more and `SMALLEST` people or more, or is
all that the sum has. Whatever lies within a place that is held back is held back too.

The choice follows from the figures of a whole oblast alone, never from what somebody asks for: two
reports of different cuts hold back the same places.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

SMALLEST = 8
"""The least count, above none, that leaves."""
Path = tuple[str, ...]
"""A place, after those that hold it: oblast, raion, committee. ``()`` is the country."""


def small(count: int) -> bool:
    """Whether it could tell who is meant."""
    return 0 < count < SMALLEST


def sums(counts: Mapping[Path, int]) -> dict[Path, int]:
    """The counts of committees, and of every place that holds some."""
    found: dict[Path, int] = defaultdict(int)
    for path, count in counts.items():
        for depth in range(len(path) + 1):
            found[path[:depth]] += count
    return dict(found)


def held_back(counts: Mapping[Path, int]) -> frozenset[Path]:
    """The places, of the committees in ``counts`` and all that hold some, whose count must not
    leave."""
    known = sums(counts)
    within: dict[Path, list[Path]] = defaultdict(list)
    for path in known:
        if len(path) > 1:
            within[path[:-1]].append(path)
    held: set[Path] = set()
    for above in sorted(within, key=len):
        held.update(within[above] if above in held else _among(within[above], known))
    return frozenset(held)


def _among(places: Iterable[Path], known: Mapping[Path, int]) -> list[Path]:
    """Those of one sum: the small ones, then the least that are not, those without any last."""
    held = [each for each in places if small(known[each])]
    others = sorted(
        (each for each in places if not small(known[each])),
        key=lambda each: (not known[each], known[each], each),
    )
    while held and others and (len(held) < 2 or sum(known[each] for each in held) < SMALLEST):
        held.append(others.pop(0))
    return held


def parts_held_back(
    cells: Mapping[str, Sequence[int]], held: Collection[str] = ()
) -> frozenset[str]:
    """The places of one sum whose count may leave, but not what it is made of.

    ``cells``: each place's parts, as many and in the same order for all. Whose count is ``held``
    is among them. Over all of them together no part is small: so none follows from the sum.
    """
    hidden = [each for each in cells if each in held or any(map(small, cells[each]))]
    others = sorted(
        (each for each in cells if each not in hidden),
        key=lambda each: (not sum(cells[each]), sum(cells[each]), each),
    )
    while hidden and others and (len(hidden) < 2 or _some_small(cells[each] for each in hidden)):
        hidden.append(others.pop(0))
    return frozenset(hidden)


def _some_small(cells: Iterable[Sequence[int]]) -> bool:
    return any(small(sum(column)) for column in zip(*cells, strict=True))
