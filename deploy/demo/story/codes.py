"""Which text is about which offer.

An SMS says so to nobody but its reader: it holds a code and nothing of the case. The play is
prompted by the key that notify derives codes with, from the folder of the embedded stack; so it
also proves that every code went to the person it was made for, and to no other phone.
"""

import re
from pathlib import Path

from services.notify.codes.keys import LENGTH, CodeKeys
from shared.events.words import Answer
from shared.symbols import SYMBOLS

_CODE = re.compile(rf"(?<!\w)[{SYMBOLS}]{{{LENGTH}}}(?!\w)")
_WORDS = re.compile(r"(\w+)(?:/|, )(\w+)(?:/| \w+ )(\w+) \w+\s*$")
_COLLISIONS = 3
"""How often a code may have been drawn anew because somebody else had it."""


class Codes:
    """Derives the codes of an offer and a person."""

    def __init__(self, keys: Path) -> None:
        self._keys = CodeKeys.from_directory(keys)

    def of(self, offer_id: str, staff_id: str) -> frozenset[str]:
        """The code of this person for this offer; more than one only for collisions."""
        kid = self._keys.newest
        return frozenset(
            self._keys.derive(kid, offer_id, staff_id, counter) for counter in range(_COLLISIONS)
        )


def codes_in(text: str) -> frozenset[str]:
    """All that may be a code in a text."""
    return frozenset(_CODE.findall(text))


def reply_words(text: str) -> dict[Answer, str] | None:
    """The words an alert offers for an answer, as its reader finds them; None if it offers none."""
    found = _WORDS.search(text)
    if found is None:
        return None
    return dict(zip((Answer.ACCEPT, Answer.REJECT, Answer.RECEIVED), found.groups(), strict=True))
