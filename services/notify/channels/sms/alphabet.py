"""Alphabets of SMS, texts to octets and back: GSM 03.38 (3GPP TS 23.038), UCS-2, Latin-1."""

from dataclasses import dataclass

from services.notify.channels.sms.outcomes import SmsTooLong
from shared.jurisdiction.sms_segments import ESCAPE, GSM_BASIC, GSM_EXTENDED, measure

GSM = 0x00
UCS2 = 0x08
_LATIN = frozenset({0x01, 0x03})
_GSM_CLASSES = frozenset({0x00, *range(0x10, 0x14), *range(0xF0, 0xF4)})
"""The provider's default alphabet, and the GSM codings that add a message class."""
_UCS2_CLASSES = frozenset({0x08, *range(0x18, 0x1C)})

_TO_GSM = {letter: bytes([code]) for code, letter in enumerate(GSM_BASIC) if code != ESCAPE} | {
    letter: bytes([ESCAPE, code]) for code, letter in GSM_EXTENDED.items()
}


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text as a submit_sm carries it."""

    data_coding: int
    octets: bytes


def encode(text: str) -> Encoded:
    """``text`` in the narrowest alphabet that holds it; raises `SmsTooLong` past one segment."""
    size = measure(text)
    if not size.one_segment:
        raise SmsTooLong(f"{size.used} of {size.limit} {size.alphabet} units")
    if size.alphabet == "gsm":
        return Encoded(GSM, b"".join(_TO_GSM[letter] for letter in text))
    return Encoded(UCS2, text.encode("utf-16-be"))


def decode(octets: bytes, data_coding: int) -> str:
    """What a person wrote, as text that PostgreSQL takes (no NUL, no lone surrogate); never fails.

    A coding nobody knows is read as ASCII with the rest replaced: a code written in it still shows.
    """
    if data_coding in _UCS2_CLASSES:
        text = octets.decode("utf-16-be", errors="replace")
    elif data_coding in _LATIN:
        text = octets.decode("latin-1")
    elif data_coding in _GSM_CLASSES:
        text = _decode_gsm(octets)
    else:
        text = octets.decode("ascii", errors="replace")
    return text.replace("\x00", "")


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
    return (
        GSM_BASIC[code] if code < len(GSM_BASIC) and code != ESCAPE else "\N{REPLACEMENT CHARACTER}"
    )
