"""What a log asks of a witness and what it is answered, C2SP `tlog-witness`: `add-checkpoint`."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from services.audit.ledger.checkpoints import number
from services.audit.ledger.errors import Unproven, Unreadable
from services.audit.ledger.hashes import HASH_BYTES
from services.audit.ledger.keys import VerifierKey, unbase64
from services.audit.ledger.notes import Note, Signature
from services.audit.ledger.signing import verified

PATH = "/add-checkpoint"
"""Behind the address of a witness, for a POST."""
MOST_HASHES = 63
MOST_BYTES = 64 * 1024
"""More than any such question or answer is long."""
SIZE = "text/x.tlog.size"
TEXT = "text/plain; charset=utf-8"
OK, BAD, FORBIDDEN, UNKNOWN, CONFLICT, UNFIT = 200, 400, 403, 404, 409, 422


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A checkpoint to be cosigned, and the proof that its tree begins with ``old`` leaves."""

    old: int
    proof: tuple[bytes, ...]
    note: Note

    def __bytes__(self) -> bytes:
        """The body of the request."""
        hashes = (base64.b64encode(each).decode() for each in self.proof)
        lines = "".join(f"{line}\n" for line in (f"old {self.old}", *hashes, ""))
        return lines.encode() + bytes(self.note)

    @classmethod
    def parse(cls, octets: bytes) -> Self:
        """The way back; raises `Unreadable`."""
        head, blank, note = octets.partition(b"\n\n")
        if len(octets) > MOST_BYTES or not head.startswith(b"old ") or not blank:
            raise Unreadable("no add-checkpoint: it begins with the old size, and a note ends it")
        try:
            old, *hashes = head.decode("ascii").removeprefix("old ").split("\n")
        except UnicodeDecodeError:
            raise Unreadable("no add-checkpoint: its lines are not ASCII") from None
        proof = tuple(unbase64(line) for line in hashes)
        if len(proof) > MOST_HASHES or any(len(each) != HASH_BYTES for each in proof):
            raise Unreadable(f"no proof: it is at most {MOST_HASHES} hashes of {HASH_BYTES} bytes")
        return cls(number(old), proof, Note.parse(note))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a witness answers over HTTP."""

    status: int
    text: str = ""
    media_type: str = TEXT


@dataclass(frozen=True, slots=True)
class Cosigned:
    """It has cosigned the checkpoint, at this time of its clock."""

    signature: Signature
    at: datetime


@dataclass(frozen=True, slots=True)
class Knows:
    """It has another size than we thought, and needs the proof from there."""

    size: int


@dataclass(frozen=True, slots=True)
class Contradicts:
    """It has cosigned a tree that this one does not begin with."""


def said(answer: Answer, note: Note, key: VerifierKey) -> Cosigned | Knows | Contradicts:
    """What the witness with this key has answered when it was asked for ``note``.

    Raises `Unproven` if what it gives for its cosignature does not hold, and `Unreadable` for
    whatever else it answers.
    """
    if answer.status == CONFLICT and answer.media_type.partition(";")[0].strip() == SIZE:
        return Knows(number(answer.text.removesuffix("\n")))
    if answer.status in {CONFLICT, UNFIT}:
        return Contradicts()
    if answer.status != OK:
        raise Unreadable(f"the witness answers {answer.status}")
    if not answer.text.endswith("\n"):
        raise Unreadable("the witness's answer is cut short")
    lines = answer.text.removesuffix("\n").split("\n")
    return cosigned(Note(note.text, tuple(Signature.parse(line) for line in lines)), key)


def cosigned(note: Note, key: VerifierKey) -> Cosigned:
    """The cosignature of this witness under a checkpoint; raises `Unproven` if there is none that
    holds."""
    for each in verified(note, [key]):
        for line in note.signatures:
            if (line.name, line.key_id) == (key.name, key.id) and each.at is not None:
                return Cosigned(line, each.at)
    raise Unproven(f"not cosigned by {key.name!r}")
