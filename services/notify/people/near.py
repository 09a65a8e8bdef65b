"""Near matches: who of a register is meant by whoever is unsure how a name is written. Pure."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from services.notify.people.model import Person
from shared.security.names import member_keys, mention_keys, words_of

MOST = 5
_ALIKE = 0.6
_BEGINNING = 3
"""Letters that a short form shares with the whole name: Гуля, Гульнара."""


def nearest(name: str, people: Iterable[Person]) -> list[Person]:
    """Those who are meant most likely, first; never more than `MOST`.

    Whoever is hit by what is said comes before whoever only has a name that sounds alike.
    """
    said, words = frozenset(mention_keys(name)), [*map(_sound, words_of(name))]
    ranked = [(_nearness(said, words, each), each) for each in people]
    found = [each for each in ranked if each[0] > 0]
    found.sort(key=lambda each: (-each[0], each[1].name, each[1].staff_id))
    return [person for _, person in found[:MOST]]


def _nearness(said: frozenset[str], words: Sequence[frozenset[str]], person: Person) -> int:
    """How near an entry comes: 0 is not at all, whoever is hit is above whoever is not."""
    theirs = [_sound(word) for word in words_of(person.name)]
    alike = sum(any(_alike(one, other) for other in theirs) for one in words)
    hit = not said.isdisjoint(member_keys(person.name))
    return alike + (len(words) + 1) * hit


@lru_cache(maxsize=16384)
def _sound(word: str) -> frozenset[str]:
    """Every two sounds of a folded word that follow each other, and what it begins with."""
    pairs = {word[at : at + 2] for at in range(len(word) - 1)}
    return frozenset({*pairs, "^" + word[:_BEGINNING]})


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    shared = len(one & other)
    if any(each.startswith("^") and len(each) > _BEGINNING for each in one & other):
        return True
    return 2 * shared >= _ALIKE * (len(one) + len(other))
