"""A witness's own decision, C2SP `tlog-witness`: it cosigns what goes on from all it cosigned."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.audit.ledger import add_checkpoint
from services.audit.ledger.add_checkpoint import AddCheckpoint, Answer
from services.audit.ledger.checkpoints import Checkpoint
from services.audit.ledger.errors import Unproven, Unreadable
from services.audit.ledger.hashes import EMPTY_ROOT
from services.audit.ledger.keys import SignerKey, VerifierKey
from services.audit.ledger.notes import Note
from services.audit.ledger.proofs import verify_consistency
from services.audit.ledger.signing import cosign, verified

Seen = Mapping[str, Checkpoint]
"""The newest checkpoint that a witness cosigned of each log, by its origin."""


@dataclass(frozen=True, slots=True)
class Witness:
    """Its key, and the keys of the logs that it watches."""

    key: SignerKey
    logs: tuple[VerifierKey, ...]

    def answer(self, body: bytes, seen: Seen, at: datetime) -> tuple[Answer, Checkpoint | None]:
        """The answer to a request; with a cosignature also what must be kept before it is given."""
        try:
            asked = AddCheckpoint.parse(body)
            checkpoint = Checkpoint.parse(asked.note.text)
        except Unreadable as error:
            return _no(add_checkpoint.BAD, str(error)), None
        refused = self._stranger(asked.note, checkpoint.origin)
        refused = refused or _elsewhere(asked.old, checkpoint, seen.get(checkpoint.origin))
        refused = refused or _unproven(asked, checkpoint, seen.get(checkpoint.origin))
        if refused:
            return refused, None
        return Answer(add_checkpoint.OK, f"{cosign(asked.note.text, self.key, at)}\n"), checkpoint

    def _stranger(self, note: Note, origin: str) -> Answer | None:
        logs = [key for key in self.logs if key.name == origin]
        if not logs:
            return _no(add_checkpoint.UNKNOWN, "unknown log")
        try:
            signed = verified(note, logs)
        except Unproven:
            signed = []
        return None if signed else _no(add_checkpoint.FORBIDDEN, "not signed by the log")


def _elsewhere(old: int, new: Checkpoint, before: Checkpoint | None) -> Answer | None:
    """A refusal if the proof does not lead from what was cosigned last."""
    size = before.size if before else 0
    if old > new.size:
        return _no(add_checkpoint.BAD, "the old size is larger than the new one")
    if old != size:
        return Answer(add_checkpoint.CONFLICT, f"{size}\n", add_checkpoint.SIZE)
    if before is not None and new.size == size and new.root != before.root:
        return _no(add_checkpoint.CONFLICT, "another root of as many leaves")
    return None


def _unproven(asked: AddCheckpoint, new: Checkpoint, before: Checkpoint | None) -> Answer | None:
    if before is None or not before.size:
        if asked.proof or (new.size == 0 and new.root != EMPTY_ROOT):
            return _no(add_checkpoint.UNFIT, "an empty tree has one root, and needs no proof")
        return None
    try:
        verify_consistency(before.size, new.size, before.root, new.root, asked.proof)
    except Unproven as error:
        return _no(add_checkpoint.UNFIT, str(error))
    return None


def _no(status: int, why: str) -> Answer:
    return Answer(status, f"{why}\n")
