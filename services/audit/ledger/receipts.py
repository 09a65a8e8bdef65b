"""Receipts, C2SP `tlog-proof`: that one entry stands in a tree which its witnesses have seen.

What a provider, an advocate or a court is handed with the entry; it is proven without us.
"""

import base64
from dataclasses import dataclass
from typing import Self

from services.audit.ledger.checkpoints import number
from services.audit.ledger.errors import Unreadable
from services.audit.ledger.hashes import HASH_BYTES, leaf_hash
from services.audit.ledger.keys import unbase64
from services.audit.ledger.notes import Note
from services.audit.ledger.policy import Judged, Policy
from services.audit.ledger.proofs import verify_inclusion

HEADER = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Receipt:
    """An entry's place, its path to the root, a signed checkpoint; ``extra`` proves nothing."""

    index: int
    path: tuple[bytes, ...]
    note: Note
    extra: bytes | None = None

    def __bytes__(self) -> bytes:
        """The ``.tlog-proof`` file."""
        extra = [] if self.extra is None else [f"extra {base64.b64encode(self.extra).decode()}"]
        path = (base64.b64encode(each).decode() for each in self.path)
        lines = [HEADER, *extra, f"index {self.index}", *path, ""]
        return "".join(f"{line}\n" for line in lines).encode() + bytes(self.note)

    @classmethod
    def parse(cls, octets: bytes) -> Self:
        """The way back; raises `Unreadable`."""
        proof, blank, note = octets.partition(b"\n\n")
        if not proof.startswith(HEADER.encode() + b"\n") or not blank:
            raise Unreadable(
                f"no receipt, or one cut short: it begins with {HEADER}, and a note ends it"
            )
        try:
            _, *lines = proof.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise Unreadable("no receipt: its lines are not ASCII") from None
        extra = unbase64(lines.pop(0)[6:]) if lines[0].startswith("extra ") else None
        if not lines or not lines[0].startswith("index "):
            raise Unreadable("the receipt does not say where the entry stands")
        path = tuple(unbase64(line) for line in lines[1:])
        if any(len(each) != HASH_BYTES for each in path):
            raise Unreadable(f"a hash of the receipt is not {HASH_BYTES} bytes long")
        return cls(number(lines[0][6:]), path, Note.parse(note), extra)

    def prove(self, entry: bytes, policy: Policy) -> Judged:
        """Raises `Unproven` unless the entry stood there when the policy's witnesses looked."""
        judged = policy.judge(self.note)
        checkpoint = judged.checkpoint
        verify_inclusion(self.index, checkpoint.size, leaf_hash(entry), self.path, checkpoint.root)
        return judged
