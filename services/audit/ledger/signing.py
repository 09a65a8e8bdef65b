"""Signatures of notes and cosignatures of checkpoints, C2SP `signed-note` and `tlog-cosignature`.

A cosignature carries the time of its witness's own clock: as of then, this was the largest tree it
knew that began with all it had seen before.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from services.audit.ledger.checkpoints import Checkpoint
from services.audit.ledger.errors import Unproven
from services.audit.ledger.keys import Kind, SignerKey, VerifierKey
from services.audit.ledger.notes import Note, Signature

TIME_BYTES = 8
LAST_TIME = int(datetime.max.replace(tzinfo=UTC).timestamp())


@dataclass(frozen=True, slots=True)
class Signed:
    """A key that has signed; ``at`` is the witness's clock, in whole seconds, of a cosignature."""

    key: VerifierKey
    at: datetime | None


def sign(text: str, key: SignerKey) -> Signature:
    """The signature of a log under its note."""
    if key.kind is not Kind.NOTE:
        raise ValueError(f"the key {key.name!r} is a witness's: it signs with a time")
    return Signature(key.name, key.verifier.id, key.signature(text.encode()))


def cosign(text: str, key: SignerKey, at: datetime) -> Signature:
    """The signature of a witness, at this time of its clock, under the checkpoint of a log.

    Raises `Unreadable` if the text is no checkpoint.
    """
    if key.kind is not Kind.COSIGNATURE:
        raise ValueError(f"the key {key.name!r} is no witness's")
    seconds = int(at.timestamp())
    signature = key.signature(_cosigned(text, seconds))
    return Signature(key.name, key.verifier.id, seconds.to_bytes(TIME_BYTES) + signature)


def verified(note: Note, keys: Iterable[VerifierKey]) -> list[Signed]:
    """Who of these has signed the note; each once, in the order of the lines.

    Lines of other keys are passed over. Raises `Unproven` if a line of one of these keys does not
    hold: then nothing about the note is to be believed.
    """
    known = {(key.name, key.id): key for key in keys}
    signed: dict[VerifierKey, Signed] = {}
    for line in note.signatures:
        key = known.get((line.name, line.key_id))
        if key is not None:
            at = _held(note.text, key, line.value)
            signed.setdefault(key, Signed(key, at))
    return list(signed.values())


def _held(text: str, key: VerifierKey, value: bytes) -> datetime | None:
    """When it was signed, if the signature says; raises `Unproven`."""
    if key.kind is Kind.NOTE:
        seconds, message = None, text.encode()
    else:
        seconds, value = int.from_bytes(value[:TIME_BYTES]), value[TIME_BYTES:]
        message = _cosigned(text, seconds)
    if not key.signed(message, value):
        raise Unproven(f"the signature of {key.name!r} is not that of its key under this text")
    if seconds is None:
        return None
    if seconds > LAST_TIME:
        raise Unproven(f"the cosignature of {key.name!r} bears a time that no clock shows")
    return datetime.fromtimestamp(seconds, UTC)


def _cosigned(text: str, seconds: int) -> bytes:
    Checkpoint.parse(text)
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()
