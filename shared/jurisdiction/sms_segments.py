"""SMS segments: the GSM alphabet, and how much one segment holds (3GPP TS 23.038, 23.040)."""

from dataclasses import dataclass
from typing import Literal

ESCAPE = 0x1B
GSM_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The GSM alphabet by code; at 0x1B stands the escape, which is no letter."""
GSM_EXTENDED = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
"""Letters that take two septets each: the escape, then this code."""
_TWO_SEPTETS = frozenset(GSM_EXTENDED.values())
_LETTERS = frozenset(GSM_BASIC) - {chr(ESCAPE)} | _TWO_SEPTETS
SEPTETS = 160
UCS2_UNITS = 70


@dataclass(frozen=True, slots=True)
class Measure:
    """A text's size: ``used`` of ``limit`` units (septets, or UTF-16 code units)."""

    alphabet: Literal["gsm", "ucs2"]
    used: int
    limit: int

    @property
    def one_segment(self) -> bool:
        """Whether the text arrives whole even where an operator does not join parts."""
        return self.used <= self.limit


def measure(text: str) -> Measure:
    """The size of ``text``. One letter outside the GSM alphabet makes all of it UCS-2."""
    if _LETTERS.issuperset(text):
        used = sum(2 if letter in _TWO_SEPTETS else 1 for letter in text)
        return Measure("gsm", used, SEPTETS)
    return Measure("ucs2", len(text.encode("utf-16-be")) // 2, UCS2_UNITS)
