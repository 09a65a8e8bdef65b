"""Pasted text: what somebody copied from a page or a list of contacts, without what nobody sees.

Phones put marks of direction round a number, editors soft hyphens and spaces that do not break. Who
pastes such a text cannot see them, and must not be refused for them, nor found under another name.
"""

import re

_IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Unicode's Default_Ignorable_Code_Point: what shows as nothing at all."""
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000]")
"""What shows as a space and is another character."""


def as_seen(text: str) -> str:
    """``text`` as it is seen: nothing invisible in it, each space the usual one, none at its ends.

    For numbers, ids, codes and names. A story is kept as it was told.
    """
    if not text.isascii():
        text = _SPACES.sub(" ", _IGNORABLE.sub("", text))
    return text.strip()
