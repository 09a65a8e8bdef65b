"""Coverage of a place: its units are the aimaks and towns that are to have a committee. Pure.

A committee of a whole raion, or of more, is of none of its units: it is counted apart.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from services.committee.registry.model import Standing

RANK = (Standing.ACTIVE, Standing.LAPSED)
"""What a unit with several committees counts as: the first that one of them is. One whose
committees have all ended has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Units of a place, by the beginning of its code. ``expected`` and ``without`` are absent where
    nobody has said how many it has."""

    code: str
    active: int
    lapsed: int
    expected: int | None

    @property
    def without(self) -> int | None:
        """Units in which no committee was ever approved, or it has ended."""
        if self.expected is None:
            return None
        return max(0, self.expected - self.active - self.lapsed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """A place, and the places right below it in the order of their codes; and apart from them the
    committees of this place that are of no unit: ``wider`` expects none."""

    whole: Line
    below: tuple[Line, ...]
    wider: Line


def coverage(
    area: str,
    places: Iterable[str],
    committees: Iterable[tuple[str, Standing | None]],
    expected: Mapping[str, int],
    unit_of: Callable[[str], str | None],
) -> Coverage:
    """The coverage of ``area``, and of ``places``: beginnings of codes, all of one length, which
    are shown even where there is nothing.

    ``committees`` are full codes, and how each stands; none before its first term. ``unit_of``: the
    beginning of a full code that is its unit's; none for a place wider than one.
    """
    units: dict[str, set[Standing | None]] = defaultdict(set)
    wider: dict[str, set[Standing | None]] = defaultdict(set)
    for code, standing in committees:
        unit = unit_of(code)
        (wider if unit is None else units)[unit or code].add(standing)
    found = _ranked(units)
    named = set(places)
    digits = len(next(iter(named), area))
    named.update(unit[:digits] for unit in found)
    return Coverage(
        whole=_line(area, found, expected),
        below=tuple(_line(code, found, expected) for code in sorted(named)),
        wider=_line(area, _ranked(wider), {}),
    )


def _ranked(standings: Mapping[str, set[Standing | None]]) -> Mapping[str, Standing]:
    return {
        place: next(each for each in RANK if each in of)
        for place, of in standings.items()
        if not of.isdisjoint(RANK)
    }


def _line(code: str, found: Mapping[str, Standing], expected: Mapping[str, int]) -> Line:
    counts = Counter(standing for place, standing in found.items() if place.startswith(code))
    return Line(
        code=code,
        active=counts[Standing.ACTIVE],
        lapsed=counts[Standing.LAPSED],
        expected=expected.get(code),
    )
