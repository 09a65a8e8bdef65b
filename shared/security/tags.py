"""Keyed tags: intake and notify can tell that two mentions are one person, and nobody else can.

Who is excluded from hearing of a case travels from intake to notify sealed, as staff ids and as
these tags; notify computes the same tags for its own people under the same key.
"""

import hmac
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import combinations, islice, zip_longest
from pathlib import Path
from typing import Self

from shared.errors import Unprocessable
from shared.key_files import Secrets
from shared.security.names import PAIR, member_keys, mention_keys, name_pairs

FILE = "tags.json"
_VARIANTS = str.maketrans(
    {"ө": "о", "е": "о", "ё": "о", "э": "о", "ү": "у", "ю": "у", "ң": "н", "й": "и"}
)
"""Төлөгөн is also written Тологен: spellings of one Kyrgyz name meet in one."""
_TAG_HEX = 32
_WORDS_MAX = 24
_AREA = "@"
"""Begins the name of a place that is an area; no organisation begins so."""
SURVIVOR_MAX = 12
MENTIONS_MAX = 2000
"""Tags of all who are mentioned in one report: 70 KB in an event, and as much again sealed."""


@dataclass(frozen=True, slots=True)
class Tagger:
    """Computes tags. ``keys`` newest first: a tag is made under each, so that a new key misses
    nobody while both sides still hold the old one."""

    keys: Sequence[bytes]

    @classmethod
    def from_directory(cls, keys: Path) -> Self:
        """Follows ``tags.json``; `KeyFileError` says what is wrong."""
        return cls(Secrets("tags", keys / FILE))

    def staff(self, staff_id: str) -> frozenset[str]:
        """The tags of somebody known by their id in the register of staff."""
        return self._tags("staff", staff_id)

    def phone(self, e164: str) -> frozenset[str]:
        """The tags of a number in `shared.jurisdiction.phones.normalise`'s spelling."""
        return self._tags("phone", e164)

    def name(self, name: str, place: str) -> frozenset[str]:
        """The tags of somebody who is mentioned by a name, see `mentioned`."""
        return self.mentioned([(name, place)])

    def mentioned(self, people: Iterable[tuple[str, str]]) -> frozenset[str]:
        """The tags of everybody who is mentioned by a name (or a description) and a place.

        A place is the organisation where they serve (its slug), or one of `places`. They are
        `MENTIONS_MAX` at most, the surest of each person first: twenty accused who are described in
        many words must not outgrow an event.
        """
        lists = [[*_in_place(place, mention_keys(name), _old_keys(name))] for name, place in people]
        in_turn = (each for turn in zip_longest(*lists) for each in turn if each is not None)
        most = MENTIONS_MAX // len(self.keys)
        return frozenset().union(*(self._tags(*each) for each in islice(in_turn, most)))

    def survivor(self, phones: Iterable[str], names: Iterable[tuple[str, str]]) -> frozenset[str]:
        """The tags of a survivor: those of two reports of one meet, and those of staff never do.

        ``names`` are a name and one of `places`; two words of it are needed.
        """
        keys = [f"{each}|{place}" for name, place in names for each in name_pairs(name)]
        tags = (self._tags("survivor", each) for each in (*phones, *keys[:SURVIVOR_MAX]))
        return frozenset().union(*tags)

    def person(
        self,
        staff_id: str,
        name: str,
        organisation: str,
        phones: Iterable[str],
        areas: Iterable[str] = (),
    ) -> frozenset[str]:
        """Every tag under which a member of staff could have been excluded.

        ``areas`` are the prefixes of territory codes where they or their organisation are, none
        finer than what `places` goes down to.
        """
        places = [organisation, *(_area(each) for each in areas)]
        named = [
            each
            for place in places
            for each in _in_place(place, member_keys(name), _old_keys(name))
        ]
        known = self.staff(staff_id).union(*(self._tags(*each) for each in named))
        return known.union(*(self.phone(each) for each in phones))

    def _tags(self, kind: str, value: str) -> frozenset[str]:
        message = f"tirek tag v1|{kind}|{value}".encode()
        return frozenset(hmac.digest(key, message, sha256).hex()[:_TAG_HEX] for key in self.keys)


def places(territory: str, depths: Iterable[int]) -> tuple[str, ...]:
    """A territory code as the places of people whose organisation nobody knows.

    One for each of the levels that have so many digits: who answers for the oblast, or for the
    country, is there as well.
    """
    return tuple(_area(territory[:digits]) for digits in depths)


def _area(prefix: str) -> str:
    return f"{_AREA}{prefix}"


def _in_place(
    place: str, keys: Iterable[str], old: Iterable[tuple[str, ...]]
) -> Iterator[tuple[str, str]]:
    """What is tagged of a name in a place: kind and value, the surest first.

    In an area two words are needed: half a name would mean half of its people.
    """
    where = place.strip().casefold()
    if where.startswith(_AREA):
        yield from (("named", f"{each}|{where}") for each in keys if each.startswith(PAIR))
        return
    yield from (("named", f"{each}|{where}") for each in keys)
    yield from (("name", "|".join((*words, where))) for words in old)


def _old_keys(name: str) -> list[tuple[str, ...]]:
    """What a name was tagged under before `shared.security.names`: old cases know nothing else."""
    words = fold_name(name)
    return [*combinations(words, 2)] or [words]


def fold_name(name: str) -> tuple[str, ...]:
    """The words of a name as the first releases folded them; never to be changed."""
    folded = unicodedata.normalize("NFKC", name).casefold().translate(_VARIANTS)
    words = re.findall(r"\w+", folded.replace("дж", "ж"))
    return tuple(sorted(set(words)))[:_WORDS_MAX]


@dataclass(frozen=True, slots=True)
class ExcludedPeople:
    """Who must not hear of a case: what stands inside the blob that intake seals for notify.

    ``organisations`` are slugs, ``places`` beginnings of territory codes: whoever serves there, or
    answers for a place in one. A list of a release before has neither.
    """

    staff_ids: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()

    def hits(self, staff_id: str, tags: Iterable[str]) -> bool:
        """Whether this member of staff is meant."""
        return staff_id in self.staff_ids or not self.tags.isdisjoint(tags)

    def hits_post(self, organisation: str, territories: Iterable[str]) -> bool:
        """Whether somebody is meant by where they serve, or by what they answer for."""
        answers_there = any(area.startswith(place) for area in territories for place in self.places)
        return organisation in self.organisations or answers_there

    def __or__(self, other: "ExcludedPeople") -> "ExcludedPeople":
        return ExcludedPeople(
            self.staff_ids | other.staff_ids,
            self.tags | other.tags,
            self.organisations | other.organisations,
            self.places | other.places,
        )

    def encode(self) -> bytes:
        """The bytes to seal."""
        content = {
            "staff_ids": sorted(self.staff_ids),
            "tags": sorted(self.tags),
            "organisations": sorted(self.organisations),
            "places": sorted(self.places),
        }
        return json.dumps(content, separators=(",", ":")).encode()

    @classmethod
    def decode(cls, plain: bytes) -> Self:
        """The way back; raises `Unprocessable`: no alert past exclusions nobody can read."""
        try:
            content = json.loads(plain)
            lists = [list[str](content[key]) for key in ("staff_ids", "tags")]
            lists += [list[str](content.get(key, ())) for key in ("organisations", "places")]
        except (ValueError, KeyError, TypeError) as problem:
            raise Unprocessable("the list of excluded people cannot be read") from problem
        return cls(*map(frozenset, lists))
