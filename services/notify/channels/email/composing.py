"""Message format of an e-mail: header fields and a body, as octets (RFC 5322, 2045 and 2047).

By hand, because the standard library parses each field that it has made, which took thirty times
as long as all else here. Its parser reads the same of both.
"""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from email.policy import SMTP

_LINE = 76
"""Characters of a line with encoded words (RFC 2047, 2) or of base64 (RFC 2045, 6.8)."""
_WORD = 39
"""Octets of UTF-8 in an encoded word of 64 characters: the first has the field's name before it."""
_BODY_IS = (
    'Content-Type: text/plain; charset="utf-8"',
    "Content-Transfer-Encoding: base64",  # passes servers that carry 7 bits only
    "MIME-Version: 1.0",
)


def sender_field(mail_from: str) -> str:
    """``From``, by the library: it alone knows all ways to write a sender, who stays the same."""
    _, header = SMTP.header_store_parse("From", mail_from)
    return str(header.fold(policy=SMTP)).removesuffix("\r\n")


def field(name: str, value: str) -> str:
    """A header field of one line; raises `ValueError` for what is none."""
    if not (value.isascii() and value.isprintable()):
        raise ValueError(f"{name} is no line of ASCII")
    return f"{name}: {value}"


def text_field(name: str, text: str) -> str:
    """A header field that people read, in any letters; what is white in it counts as one space."""
    text = " ".join(text.split())
    plain = text.isascii() and text.isprintable() and "=?" not in text
    if plain and len(name) + 2 + len(text) <= _LINE:
        return field(name, text)
    words = (f"=?utf-8?b?{b64encode(piece).decode()}?=" for piece in _pieces(text.encode()))
    return f"{name}: " + "\r\n ".join(words)


def compose(fields: Sequence[str], text: str) -> bytes:
    """A message of plain text, in ASCII alone, its lines ended by CRLF."""
    body = b"\r\n".join(text.encode().splitlines()) + b"\r\n"
    step = _LINE // 4 * 3
    lines = (b64encode(body[at : at + step]).decode() for at in range(0, len(body), step))
    return "\r\n".join([*fields, *_BODY_IS, "", *lines, ""]).encode("ascii")


def _pieces(octets: bytes) -> Iterator[bytes]:
    """For one encoded word each, which has whole characters only (RFC 2047, 5)."""
    while octets:
        end = _WORD
        while octets[end : end + 1] and octets[end] & 0xC0 == 0x80:  # inside a character
            end -= 1
        yield octets[:end]
        octets = octets[end:]
