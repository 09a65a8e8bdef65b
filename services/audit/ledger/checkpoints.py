"""Checkpoints, C2SP `tlog-checkpoint`: the head of a tree in three lines."""

import base64
import re
from dataclasses import dataclass
from typing import Self

from services.audit.ledger.errors import Unreadable
from services.audit.ledger.hashes import HASH_BYTES
from services.audit.ledger.keys import unbase64

MOST_LEAVES = 2**63 - 1
NUMBER = re.compile("0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Whose tree, how many leaves, and its root; ours never has ``extensions``, further lines."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The text of the note."""
        lines = self.origin, str(self.size), base64.b64encode(self.root).decode()
        return "".join(f"{line}\n" for line in (*lines, *self.extensions))

    @classmethod
    def parse(cls, text: str) -> Self:
        """The way back; raises `Unreadable`."""
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
            raise Unreadable("no checkpoint: its text is three lines, none of them empty")
        origin, size, root, *extensions = lines[:-1]
        octets = unbase64(root)
        if len(octets) != HASH_BYTES:
            raise Unreadable(f"the root of the checkpoint is not {HASH_BYTES} bytes long")
        return cls(origin, number(size), octets, tuple(extensions))


def number(text: str) -> int:
    """A count or place of leaves, in ASCII digits without zeros before; raises `Unreadable`."""
    if not NUMBER.fullmatch(text) or int(text) > MOST_LEAVES:
        raise Unreadable("no number of leaves")
    return int(text)
