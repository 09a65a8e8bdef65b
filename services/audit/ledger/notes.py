"""Signed notes, C2SP `signed-note`: a text, and lines below it that sign it."""

import base64
from dataclasses import dataclass, replace
from typing import Self

from services.audit.ledger.errors import Unreadable
from services.audit.ledger.keys import named, unbase64

MOST_BYTES = 1_000_000
MOST_SIGNATURES = 100
DASH = "— "
KEY_ID_BYTES = 4


@dataclass(frozen=True, slots=True)
class Signature:
    """A line under a note: whose key, its id of four bytes, and what it signed with."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        """The line without its end."""
        return f"{DASH}{self.name} {base64.b64encode(self.key_id + self.value).decode()}"

    @classmethod
    def parse(cls, line: str) -> Self:
        """The way back; raises `Unreadable`."""
        match line.split(" "):
            case ["—", name, octets]:
                signed = unbase64(octets)
            case _:
                raise Unreadable("a line below the note is no signature")
        if len(signed) <= KEY_ID_BYTES:
            raise Unreadable(f"the signature of {named(name)!r} is cut short")
        return cls(named(name), signed[:KEY_ID_BYTES], signed[KEY_ID_BYTES:])


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends its last line, and its signatures in their order."""

    text: str
    signatures: tuple[Signature, ...]

    def __bytes__(self) -> bytes:
        """As it is stored, printed and sent: UTF-8."""
        return "\n".join((self.text, *map(str, self.signatures), "")).encode()

    @classmethod
    def parse(cls, octets: bytes) -> Self:
        """The way back: what is read prints to the same bytes. Raises `Unreadable`."""
        note = _text(octets)
        text, blank, lines = note.rpartition("\n\n")
        if not blank or not lines:
            raise Unreadable("no signed note: no signature stands below an empty line")
        if not lines.endswith("\n"):
            raise Unreadable("the note is cut short: its last line does not end")
        signatures = lines.removesuffix("\n").split("\n")
        if len(signatures) > MOST_SIGNATURES:
            raise Unreadable(f"more than {MOST_SIGNATURES} signatures")
        return cls(text + "\n", tuple(Signature.parse(each) for each in signatures))

    def also(self, *signatures: Signature) -> Self:
        """The note with more signatures; one that it has already is not repeated."""
        added = (each for each in dict.fromkeys(signatures) if each not in self.signatures)
        return replace(self, signatures=(*self.signatures, *added))


def _text(octets: bytes) -> str:
    if len(octets) > MOST_BYTES:
        raise Unreadable("too long for a signed note")
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        raise Unreadable("no signed note: it is not UTF-8") from None
    if any(each < " " and each != "\n" for each in text):
        raise Unreadable("no signed note: it has control characters")
    return text
