"""Coverage of a place: its units are the aimaks and towns that are to have a committee. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
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
    """A place, and the places right below it in the order of their codes."""

    whole: Line
    below: tuple[Line, ...]


def coverage(
    area: str,
    places: Iterable[str],
    committees: Iterable[tuple[str, Standing | None]],
    expected: Mapping[str, int],
) -> Coverage:
    """The coverage of ``area``, and of ``places``: beginnings of codes, all of one length, which
    are shown even where there is nothing.

    ``committees`` are full codes, and how each stands; none before its first term.
    """
    standings: dict[str, set[Standing | None]] = defaultdict(set)
    for unit, standing in committees:
        standings[unit].add(standing)
    found = {
        unit: next(each for each in RANK if each in of)
        for unit, of in standings.items()
        if not of.isdisjoint(RANK)
    }
    named = set(places)
    digits = len(next(iter(named), area))
    named.update(unit[:digits] for unit in found)

    def line(code: str) -> Line:
        counts = Counter(standing for unit, standing in found.items() if unit.startswith(code))
        return Line(
            code=code,
            active=counts[Standing.ACTIVE],
            lapsed=counts[Standing.LAPSED],
            expected=expected.get(code),
        )

    return Coverage(whole=line(area), below=tuple(map(line, sorted(named))))
