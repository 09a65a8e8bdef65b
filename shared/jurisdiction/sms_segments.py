"""How much of a text message one segment holds (3GPP TS 23.038 and 23.040)."""

from dataclasses import dataclass
from typing import Literal

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("\f^{}\\[~]|€")
"""These take two septets each."""
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
    if GSM_BASIC.union(GSM_EXTENDED).issuperset(text):
        used = sum(2 if letter in GSM_EXTENDED else 1 for letter in text)
        return Measure("gsm", used, SEPTETS)
    return Measure("ucs2", len(text.encode("utf-16-be")) // 2, UCS2_UNITS)
