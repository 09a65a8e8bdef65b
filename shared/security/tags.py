"""Keyed tags: intake and notify can tell that two mentions are one person, and nobody else can.

Who is excluded from hearing of a case travels from intake to notify sealed, as staff ids and as
these tags; notify computes the same tags for its own people under the same key.
"""

import hmac
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from typing import Self

from shared.errors import Unprocessable
from shared.security.key_files import Secrets

FILE = "tags.json"
_VARIANTS = str.maketrans(
    {"ө": "о", "е": "о", "ё": "о", "э": "о", "ү": "у", "ю": "у", "ң": "н", "й": "и"}
)
"""Төлөгөн is also written Тологен: spellings of one Kyrgyz name meet in one."""
_TAG_HEX = 32
_WORDS_MAX = 24


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

    def name(self, name: str, organisation: str) -> frozenset[str]:
        """The tags of somebody known by name and the organisation they serve in (its slug).

        One for every two words of the name, in any order: who is named without the patronymic is
        still found. A brother in the same organisation is hit too, and rightly.
        """
        words = fold_name(name)
        pairs: list[tuple[str, ...]] = [*combinations(words, 2)] or [words]
        place = organisation.strip().casefold()
        return frozenset().union(*(self._tags("name", "|".join((*pair, place))) for pair in pairs))

    def person(
        self, staff_id: str, name: str, organisation: str, phones: Iterable[str]
    ) -> frozenset[str]:
        """Every tag under which a member of staff could have been excluded."""
        known = self.staff(staff_id) | self.name(name, organisation)
        return known.union(*(self.phone(each) for each in phones))

    def _tags(self, kind: str, value: str) -> frozenset[str]:
        message = f"tirek tag v1|{kind}|{value}".encode()
        return frozenset(hmac.digest(key, message, sha256).hex()[:_TAG_HEX] for key in self.keys)


def fold_name(name: str) -> tuple[str, ...]:
    """The words of a name without what spelling varies in: case, order, Kyrgyz letters typed as
    Russian ones, дж for ж. Too much folding costs one alert, too little may cost a life."""
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
