"""Places by their names as people type them: in any spelling, alphabet and case.

Names fold as those of people do (`shared.security.names`): Ө, О and Е are one, and so are Ү, У and
Ю, Ң and Н, Ж and Дж, in Cyrillic or Latin. What is typed need not be the whole of a name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from shared.jurisdiction.territories import Place, Territories
from shared.security.names import fold

TYPED_MAX = 100
_LIKE = 0.6
"""How much of a name must be there for it to be meant, from 0 to 1."""
_BEGINS_MIN = 2
"""Sounds from which a part of a name stands for it."""
_APART = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class _Named:
    """One spelling of a place: as it is heard, and as it is written."""

    place: Place
    heard: str
    written: str


class PlaceNames:
    """Every listed name of a country, made once."""

    def __init__(self, territories: Territories) -> None:
        self.territories = territories
        words = (word for level in territories.rules.levels for word in level.called)
        self._levels = {sound for word in words for sound in fold(word)}
        self._named = [
            _Named(place, heard, written)
            for place in territories.listed.values()
            for name in place.names.values()
            for written in _spellings(name)
            if (heard := self._heard(written))
        ]

    def near(self, typed: str, most: int) -> list[Place]:
        """The places that may be meant, the nearest first, larger ones before smaller."""
        heard, written = self._heard(typed[:TYPED_MAX]), typed[:TYPED_MAX].casefold()
        if not heard:
            return []
        sounds = SequenceMatcher(b=heard, autojunk=False)
        letters = SequenceMatcher(b=written, autojunk=False)
        best: dict[str, tuple[float, int, float]] = {}
        for each in self._named:
            apart = _apart(heard, each.heard, sounds)
            if apart is not None:
                letters.set_seq1(each.written.casefold())
                order = (apart, len(each.place.prefix), -letters.ratio())
                code = each.place.code
                best[code] = min(order, best.get(code, order))
        nearest = sorted(best, key=lambda code: (best[code], code))
        return [self.territories.listed[code] for code in nearest[:most]]

    def called(self, typed: str) -> frozenset[str]:
        """The codes of the places that are called just so, in any spelling."""
        heard = self._heard(typed[:TYPED_MAX])
        return frozenset(each.place.code for each in self._named if each.heard == heard)

    def _heard(self, name: str) -> str:
        sounds = (fold(word) for word in _APART.split(name) if word)
        return "".join(each[0] for each in sounds if each and not self._levels & {*each})


def _spellings(name: str) -> Iterator[str]:
    """A name, and another one that stands behind it in brackets."""
    yield from filter(None, (each.strip() for each in re.split(r"[()]", name)))


def _apart(heard: str, name: str, sounds: SequenceMatcher[str]) -> float | None:
    """How far a name is from what was typed: 0 is the same; none where it cannot be meant.

    ``sounds`` has ``heard`` as its second sequence.
    """
    if heard == name:
        return 0.0
    if len(heard) < _BEGINS_MIN:
        return None
    if name.startswith(heard):
        return 1 - len(heard) / len(name) / 2
    sounds.set_seq1(name)
    if sounds.real_quick_ratio() < _LIKE or sounds.quick_ratio() < _LIKE:
        return None
    like = sounds.ratio()
    return 2 - like if like >= _LIKE else None
