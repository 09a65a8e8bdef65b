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

_LOOKALIKES = str.maketrans("АВСЕНКМОРТУХЅІЈЗ0ӨҮ", "ABCEHKMOPTYXSIJ3OOY")
"""Cyrillic capitals (and zero) that show as a Latin letter or digit, or are typed for one."""
_MISREAD = str.maketrans("8Б", "B6")
"""Signs that codes do not have, read as the ones they were taken for."""


_UNSEEN = frozenset({"Cf", "Mn", "Me"})
"""Categories of signs that nobody sees, or that only change a letter: soft hyphens, accents."""


def fold(text: str) -> str:
    """Upper case, without accents and what is not seen, look-alikes in one alphabet."""
    apart = unicodedata.normalize("NFKD", text)
    seen = "".join(sign for sign in apart if unicodedata.category(sign) not in _UNSEEN)
    return seen.upper().translate(_LOOKALIKES)


def meant(token: str) -> str:
    """A folded token with the signs it must have been, if it is a code at all."""
    return token.translate(_MISREAD)


def public_id(typed: str) -> str | None:
    """The public id that somebody typed, however they set it apart; none if it cannot be one."""
    if len(typed) > TYPED_MOST:
        return None
    signs = meant(re.sub(r"[\W_]", "", fold(typed)))
    return signs if len(signs) == PUBLIC_ID_LENGTH and set(signs) <= set(SYMBOLS) else None
