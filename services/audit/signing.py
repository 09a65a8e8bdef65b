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
    """Signs checkpoints with each key of the file, of which the first is the newest: whoever knows
    one of them can check. ``origin``: what they bear at first."""

    def __init__(self, path: Path, origin: str) -> None:
        """Raises `KeyFileError`."""
        self.origin = origin
        self._file = Followed(
            "ledger", [path], lambda: _read(path, origin), lambda keys: {"count": len(keys)}
        )

    @classmethod
    def from_directory(cls, keys: Path, origin: str) -> Self:
        """Follows ``ledger.private.json`` in a folder; raises `KeyFileError`."""
        return cls(keys / FILE, origin)

    @property
    def verifier(self) -> VerifierKey:
        """The newest public half, for whoever checks what bears the first origin."""
        return self.verifiers(self.origin)[0]

    def verifiers(self, origin: str) -> list[VerifierKey]:
        """The public halves of an origin's keys, newest first."""
        return [each.verifier for each in self._keys(origin)]

    def checkpoint(self, origin: str, size: int, root: bytes) -> str:
        """The note of a tree, signed."""
        text = str(Checkpoint(origin, size, root))
        return bytes(Note(text, tuple(sign(text, each) for each in self._keys(origin)))).decode()

    def _keys(self, origin: str) -> tuple[SignerKey, ...]:
        """The file's of the first, and of each later one those that follow from them and from the
        name, since a policy (C2SP `tlog-policy`) names no key twice."""
        first = self._file.now()
        return first if origin == self.origin else tuple(_later(origin, each) for each in first)


def _later(origin: str, first: SignerKey) -> SignerKey:
    kdf = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=LATER + origin.encode())
    return SignerKey(origin, Kind.NOTE, kdf.derive(first.seed))


def _read(path: Path, origin: str) -> tuple[SignerKey, ...]:
    try:
        seeds = [unb64(each["d"]) for each in read_jwks(path, needs=("d",))]
        keys = tuple(SignerKey(origin, Kind.NOTE, each) for each in seeds)
        for each in keys:
            each.signature(b"")
    except (ValueError, TypeError, AttributeError):
        raise KeyFileError(f"{path} holds what is no Ed25519 key") from None
    return keys
