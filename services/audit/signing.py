"""Signing: the ledger's own key, in a file that its database never holds."""

from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.audit.ledger.checkpoints import Checkpoint
from services.audit.ledger.keys import KEY_BYTES, Kind, SignerKey, VerifierKey
from services.audit.ledger.notes import Note
from services.audit.ledger.signing import sign
from shared.key_files import Followed, KeyFileError, read_jwks, unb64

FILE = "ledger.private.json"
LATER = b"tirek ledger origin 1\n"


class Signing:
    """Signs checkpoints with the newest key of the file. ``origin``: what they bear at first."""

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
        """The public half, for whoever checks what bears the first origin."""
        return self._file.now().verifier

    def key(self, origin: str) -> SignerKey:
        """The key of an origin: the file's of the first, and of each later one a key that follows
        from it and from the name, since a policy (C2SP `tlog-policy`) names no key twice."""
        first = self._file.now()
        if origin == self.origin:
            return first
        kdf = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=LATER + origin.encode())
        return SignerKey(origin, Kind.NOTE, kdf.derive(first.seed))

    def checkpoint(self, origin: str, size: int, root: bytes) -> str:
        """The note of a tree, signed."""
        text = str(Checkpoint(origin, size, root))
        return bytes(Note(text, (sign(text, self.key(origin)),))).decode()


def _read(path: Path, origin: str) -> SignerKey:
    try:
        key = SignerKey(origin, Kind.NOTE, unb64(read_jwks(path, needs=("d",))[0]["d"]))
        key.signature(b"")
    except (ValueError, TypeError, AttributeError):
        raise KeyFileError(f"{path} holds what is no Ed25519 key") from None
    return key
