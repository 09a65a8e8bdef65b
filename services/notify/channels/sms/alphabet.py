"""Alphabets of SMS, texts to octets and back: GSM 03.38 (3GPP TS 23.038), UCS-2, 8-bit tables.

What a data_coding means is a table (docs/decisions/0021): SMPP 3.4, 5.2.19, then TS 23.038.
"""

from dataclasses import dataclass
from enum import StrEnum

from services.notify.channels.sms.outcomes import SmsTooLong
from shared.jurisdiction.sms_segments import ESCAPE, GSM_BASIC, GSM_EXTENDED, measure

GSM = 0x00
UCS2 = 0x08
_STRANGE = "\N{REPLACEMENT CHARACTER}"
_PAGES = frozenset({0x00, 0x04})
"""The upper octets of Latin and Cyrillic letters in UCS-2."""


class Alphabet(StrEnum):
    """What the octets of a text stand for; of the 8-bit ones, the name of Python's codec."""

    GSM = "gsm"
    UCS2 = "ucs-2"
    ASCII = "ascii"
    UTF8 = "utf-8"
    LATIN = "latin-1"
    CYRILLIC = "iso8859-5"
    CP1251 = "cp1251"
    KOI8_R = "koi8-r"
    PTCP154 = "ptcp154"
    """The one with Kyrgyz letters."""


EIGHT_BITS = (
    Alphabet.LATIN,
    Alphabet.CYRILLIC,
    Alphabet.CP1251,
    Alphabet.KOI8_R,
    Alphabet.PTCP154,
)
"""What a provider may mean by octets above 127 where the coding does not say it."""
CODINGS: dict[int, Alphabet] = {
    **dict.fromkeys((*range(0x10, 0x14), *range(0x40, 0x44), *range(0x50, 0x54)), Alphabet.GSM),
    **dict.fromkeys((*range(0x18, 0x1C), *range(0x48, 0x4C), *range(0x58, 0x5C)), Alphabet.UCS2),
    **dict.fromkeys((*range(0xC0, 0xE0), *range(0xF0, 0xF4)), Alphabet.GSM),
    **dict.fromkeys(range(0xE0, 0xF0), Alphabet.UCS2),
    0x00: Alphabet.GSM,
    0x01: Alphabet.ASCII,
    0x03: Alphabet.LATIN,
    0x06: Alphabet.CYRILLIC,
    0x08: Alphabet.UCS2,
}
"""Every data_coding that says an alphabet we read. 8-bit data, compressed and reserved ones do not;
nor do the Asian ones: no phone here has them, and a text in one is kept as it came."""
_UNSAID = frozenset({Alphabet.GSM, Alphabet.ASCII, Alphabet.LATIN})
"""Also said by gateways that do not look at the text: octets above 127 then mean something else."""

_TO_GSM = {letter: bytes([code]) for code, letter in enumerate(GSM_BASIC) if code != ESCAPE} | {
    letter: bytes([ESCAPE, code]) for code, letter in GSM_EXTENDED.items()
}


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text as a submit_sm carries it."""

    data_coding: int
    octets: bytes


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text that came in, as PostgreSQL takes it (no NUL, no lone surrogate)."""

    text: str
    certain: bool
    """Whether each octet was a letter of an alphabet we know. If not, the text is what any coding
    would show, so that a code in it can still be found."""


def encode(text: str) -> Encoded:
    """``text`` in the narrowest alphabet that holds it; raises `SmsTooLong` past one segment."""
    size = measure(text)
    if not size.one_segment:
        raise SmsTooLong(f"{size.used} of {size.limit} {size.alphabet} units")
    if size.alphabet == "gsm":
        return Encoded(GSM, b"".join(_TO_GSM[letter] for letter in text))
    return Encoded(UCS2, text.encode("utf-16-be"))


def decode(octets: bytes, data_coding: int, provider: Alphabet | None = None) -> Decoded:
    """What a person wrote; never fails. ``provider``: its own 8-bit alphabet, one of `EIGHT_BITS`.

    Octets above 127 are in no GSM or ASCII text, whatever the coding says: such a text is UTF-8 if
    it can be (chance does not make that), else in the provider's alphabet if it has one. More is
    not guessed: one alphabet's letters are another's, too.
    """
    said = _meant(octets, CODINGS.get(data_coding), provider)
    if said is Alphabet.GSM:
        text = _decode_gsm(octets)
    elif said is Alphabet.UCS2:
        text = _decode_ucs2(octets)
    else:
        text = octets.decode(said or Alphabet.UTF8, errors="replace")
    return Decoded(text.replace("\x00", ""), certain=said is not None and _STRANGE not in text)


def _meant(octets: bytes, said: Alphabet | None, provider: Alphabet | None) -> Alphabet | None:
    if said not in _UNSAID or octets.isascii():
        return said
    if _STRANGE not in octets.decode(Alphabet.UTF8, errors="replace"):
        return Alphabet.UTF8
    return provider or (said if said is Alphabet.LATIN else None)


def _decode_ucs2(octets: bytes) -> str:
    """Upper octet first by the standard; a mark, or letters that are none that way, say otherwise.

    Some gateways turn the octets. Read by the standard, «да» would be Canadian syllables.
    """
    swapped = octets.startswith(b"\xff\xfe") or (
        bool(octets) and set(octets[1::2]) <= _PAGES and not set(octets[::2]) <= _PAGES
    )
    text = octets.decode("utf-16-le" if swapped else "utf-16-be", errors="replace")
    return text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")


def _decode_gsm(octets: bytes) -> str:
    letters: list[str] = []
    codes = iter(octets)
    for code in codes:
        if code == ESCAPE:
            after = next(codes, None)
            if after is not None:  # an unknown escape shows the letter it stands on (TS 23.038)
                letters.append(GSM_EXTENDED.get(after) or _letter(after))
        else:
            letters.append(_letter(code))
    return "".join(letters)


def _letter(code: int) -> str:
    return GSM_BASIC[code] if code < len(GSM_BASIC) and code != ESCAPE else _STRANGE
