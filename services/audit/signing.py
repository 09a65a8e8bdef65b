"""Signing: the ledger's own key, in a file that its database never holds."""

from pathlib import Path
from typing import Self

from services.audit.ledger.checkpoints import Checkpoint
from services.audit.ledger.keys import Kind, SignerKey, VerifierKey
from services.audit.ledger.notes import Note
from services.audit.ledger.signing import sign
from shared.key_files import Followed, KeyFileError, read_jwks, unb64

FILE = "ledger.private.json"


class Signing:
    """Signs checkpoints as ``origin`` with the newest key of the file."""

    def __init__(self, path: Path, origin: str) -> None:
        """Raises `KeyFileError`."""
        self.origin = origin
        self._file = Followed("ledger", [path], lambda: _read(path, origin), lambda _key: {})

    @classmethod
    def from_directory(cls, keys: Path, origin: str) -> Self:
        """Follows ``ledger.private.json`` in a folder; raises `KeyFileError`."""
        return cls(keys / FILE, origin)

    @property
    def verifier(self) -> VerifierKey:
        """The public half, for whoever checks."""
        return self._file.now().verifier

    def checkpoint(self, size: int, root: bytes) -> str:
        """The note of a tree, signed."""
        text = str(Checkpoint(self.origin, size, root))
        return bytes(Note(text, (sign(text, self._file.now()),))).decode()


def _read(path: Path, origin: str) -> SignerKey:
    try:
        key = SignerKey(origin, Kind.NOTE, unb64(read_jwks(path, needs=("d",))[0]["d"]))
        key.signature(b"")
    except (ValueError, TypeError, AttributeError):
        raise KeyFileError(f"{path} holds what is no Ed25519 key") from None
    return key
