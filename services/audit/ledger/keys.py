"""Keys of signed notes, C2SP `signed-note`: Ed25519, of a log (0x01) or of a witness (0x04)."""

import base64
import hashlib
import re
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from services.audit.ledger.errors import Unreadable

KEY_BYTES = 32
PRIVATE = "PRIVATE+KEY+"
UNFIT = re.compile("[\\s+\0-\x1f\ud800-\udfff]")
"""What no key's name has: spaces of any script, what is no character, and what parts a key."""


class Kind(IntEnum):
    """What a key signs: the text of a note, or with the time before it, as a witness does."""

    NOTE = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key by the name it goes by: ``name+id+base64``."""

    name: str
    kind: Kind
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that name the key in a signature line, together with its name."""
        octets = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(octets).digest()[:4]

    def __str__(self) -> str:
        return _spelled(self.name, self.id, self.kind, self.public)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The way back; raises `Unreadable`."""
        name, key_id, kind, public = _parts(text)
        key = cls(name, kind, public)
        if key.id.hex() != key_id:
            raise Unreadable(f"the id of the key {name!r} is not that of its name and bytes")
        return key

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Whether the 64 bytes are this key's Ed25519 signature of these bytes."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class SignerKey:
    """A private key, 32 bytes of seed; as text ``PRIVATE+KEY+name+id+base64``. Keep it secret."""

    name: str
    kind: Kind
    seed: bytes = field(repr=False)

    @classmethod
    def new(cls, name: str, kind: Kind = Kind.NOTE) -> Self:
        """A fresh key; raises `Unreadable` for a name that a signature line cannot bear."""
        return cls(named(name), kind, Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        private = Ed25519PrivateKey.from_private_bytes(self.seed)
        return VerifierKey(self.name, self.kind, private.public_key().public_bytes_raw())

    def text(self) -> str:
        """As it is stored; not ``str()``, so that no log says it by accident."""
        return PRIVATE + _spelled(self.name, self.verifier.id, self.kind, self.seed)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The way back; raises `Unreadable`, which never repeats what it read."""
        if not text.startswith(PRIVATE):
            raise Unreadable("no private key of a note: it does not begin with PRIVATE+KEY+")
        name, key_id, kind, seed = _parts(text.removeprefix(PRIVATE))
        key = cls(name, kind, seed)
        if key.verifier.id.hex() != key_id:
            raise Unreadable(f"the id of the private key {name!r} is not that of its bytes")
        return key

    def signature(self, message: bytes) -> bytes:
        """64 bytes of Ed25519."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)


def named(name: str) -> str:
    """A key's name as given, if it is one; raises `Unreadable`."""
    if not name or UNFIT.search(name):
        raise Unreadable("a key's name is empty, or has a space, a plus or a control character")
    return name


def unbase64(text: str) -> bytes:
    """Bytes of standard base64 that is spelled the one right way; raises `Unreadable`."""
    try:
        octets = base64.b64decode(text, validate=True)
    except ValueError:
        raise Unreadable("no base64") from None
    if base64.b64encode(octets).decode() != text:
        raise Unreadable("base64 with stray bits")
    return octets


def _spelled(name: str, key_id: bytes, kind: Kind, key: bytes) -> str:
    return f"{name}+{key_id.hex()}+{base64.b64encode(bytes([kind]) + key).decode()}"


def _parts(text: str) -> tuple[str, str, Kind, bytes]:
    match text.split("+", 2):
        case [name, key_id, material]:
            octets = unbase64(material)
        case _:
            raise Unreadable("no key of a note: it is written name+id+base64")
    if octets[:1] not in {bytes([kind]) for kind in Kind}:
        raise Unreadable(f"the key {named(name)!r} is of a kind that is not known here")
    if len(octets) != 1 + KEY_BYTES:
        raise Unreadable(f"the key {named(name)!r} is not {KEY_BYTES} bytes long")
    return named(name), key_id, Kind(octets[0]), octets[1:]
