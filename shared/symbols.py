"""Symbols of what people read out, write down and type again: SMS codes, public ids.

Whatever was typed is read as it was meant: in either case and either alphabet.
"""

import re
import unicodedata

SYMBOLS = "2345679BCHKMPTX"
"""No two look alike, in either alphabet: each is on every keypad, Latin or Cyrillic (В for B), and
without vowels no word can come of them. Misread ones are folded back when an answer is read."""
PUBLIC_ID_LENGTH = 6
TYPED_MOST = 64
"""Characters of one with all that sets it apart; a letter may be folded into eighteen."""

_LOOKALIKES = str.maketrans("АВСЕНКМОРТУХЅІЈЗ0ӨҮЁ", "ABCEHKMOPTYXSIJ3OOYE")
"""Cyrillic capitals (and zero) that show as a Latin letter or digit, or are typed for one."""
_MISREAD = str.maketrans("8Б", "B6")
"""Signs that codes do not have, read as the ones they were taken for."""


def fold(text: str) -> str:
    """Upper case, composed, look-alikes in one alphabet."""
    return unicodedata.normalize("NFKC", text).upper().translate(_LOOKALIKES)


def meant(token: str) -> str:
    """A folded token with the signs it must have been, if it is a code at all."""
    return token.translate(_MISREAD)


def public_id(typed: str) -> str | None:
    """The public id that somebody typed, however they set it apart; none if it cannot be one."""
    if len(typed) > TYPED_MOST:
        return None
    signs = meant(re.sub(r"[\W_]", "", fold(typed)))
    return signs if len(signs) == PUBLIC_ID_LENGTH and set(signs) <= set(SYMBOLS) else None
