"""What a phone makes of the octets of a text message, and back (3GPP TS 23.038, 23.040)."""

from collections.abc import Iterator
from dataclasses import dataclass

UCS2 = 8
_ESCAPE = 0x1B
_ROWS = (  # the basic table as the standard prints it: sixteen letters a column of its figure
    "@£$¥èéùìòÇ\nØø\rÅå",
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ",
    " !\"#¤%&'()*+,-./",
    "0123456789:;<=>?",
    "¡ABCDEFGHIJKLMNO",
    "PQRSTUVWXYZÄÖÑÜ§",
    "¿abcdefghijklmno",
    "pqrstuvwxyzäöñüà",
)
_TABLE = "".join(_ROWS)
_AFTER_ESCAPE = dict(zip(b"\x0a\x14()/<=>@e", "\f^{}\\[~]|€", strict=True))
_CODES = {letter: bytes([code]) for code, letter in enumerate(_TABLE) if letter != "\x1b"} | {
    letter: bytes([_ESCAPE, code]) for code, letter in _AFTER_ESCAPE.items()
}
_WHOLE = {0: 160, UCS2: 140}
_PART = {0: 153, UCS2: 134}
"""Octets of ours in a message alone, and in a part (six are its header)."""


def shown(octets: bytes, data_coding: int) -> str:
    """The text a phone would show."""
    if data_coding == UCS2:
        return octets.decode("utf-16-be", errors="replace")
    if data_coding in {1, 3}:
        return octets.decode("latin-1")
    letters, escaped = [], False
    for code in octets:
        if escaped:
            letters.append(_AFTER_ESCAPE.get(code, _TABLE[code & 0x7F]))
        elif code != _ESCAPE:
            letters.append(_TABLE[code & 0x7F])
        escaped = not escaped and code == _ESCAPE
    return "".join(letters)


@dataclass(frozen=True, slots=True)
class Part:
    """One message on the air: with a header when the text needed several."""

    octets: bytes
    data_coding: int
    has_header: bool


def parts(text: str, reference: int, coding: tuple[int, str] | None = None) -> list[Part]:
    """``text`` as a phone would send it; ``reference`` joins its parts at the other end.

    ``coding``: a data_coding and Python's codec, for a text that needs one part.
    """
    if coding is not None:
        return [Part(text.encode(coding[1]), coding[0], has_header=False)]
    if all(letter in _CODES for letter in text):
        data_coding, units = 0, [_CODES[letter] for letter in text]
    else:
        data_coding = UCS2
        units = [letter.encode("utf-16-be", errors="replace") for letter in text]
    if sum(map(len, units)) <= _WHOLE[data_coding]:
        return [Part(b"".join(units), data_coding, has_header=False)]
    pieces = list(_packed(units, _PART[data_coding]))
    return [
        Part(
            bytes([5, 0, 3, reference % 256, len(pieces), number]) + piece,
            data_coding,
            has_header=True,
        )
        for number, piece in enumerate(pieces, start=1)
    ]


def _packed(units: list[bytes], most: int) -> Iterator[bytes]:
    """Whole letters into pieces of at most ``most`` octets."""
    piece = b""
    for unit in units:
        if len(piece) + len(unit) > most:
            yield piece
            piece = b""
        piece += unit
    yield piece
