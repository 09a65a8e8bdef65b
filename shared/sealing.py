"""Sealing: who may read an event reads all of it, everybody else on the bus reads nothing.

One content key an event, wrapped for each reader: JWE (RFC 7516) general JSON, ``A256GCM``,
recipients ``A256KW``. The wrapping key of a pair (producer, reader) comes from a static X25519
agreement through HKDF, so only those two hold it, a reader knows who sealed, and no event pays for
a key agreement (docs/decisions/0004).
"""

import base64
import binascii
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import (
    InvalidUnwrap,
    aes_key_unwrap,
    aes_key_wrap,
)

from shared.errors import Unprocessable
from shared.keys import read_jwks

CONTENT_TYPE = "application/jose+json"
_PROTECTED = {"enc": "A256GCM", "typ": "tirek"}


class CannotOpen(Unprocessable):
    """Sealed for somebody else, with a key that is gone, or altered on the way."""


def b64(raw: bytes) -> str:
    """base64url without padding, as JOSE wants it."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """The way back; `ValueError` for anything else."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as problem:
        raise ValueError("not base64url") from problem


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One public sealing key. ``kid`` is ``<service>.<n>``; the highest ``n`` is the one in use."""

    kid: str
    key: bytes

    @property
    def service(self) -> str:
        """Whose key it is."""
        return self.kid.rpartition(".")[0]

    @property
    def generation(self) -> int:
        """Which of the service's keys, counted from 1."""
        return int(self.kid.rpartition(".")[2])


class Sealer:
    """Seals for readers and opens what was sealed for ``service``.

    Old private keys stay until no retained record needs them; new seals use the newest.
    """

    def __init__(
        self, service: str, private: dict[str, X25519PrivateKey], public: Iterable[PublicKey]
    ) -> None:
        self.service = service
        self._private = private
        self._public = {key.kid: key for key in public}
        self._own = max(private, key=lambda kid: int(kid.rpartition(".")[2]))
        self._pair = lru_cache(maxsize=256)(self._agree)

    @classmethod
    def from_directory(cls, service: str, keys: Path) -> Self:
        """Reads ``seal.private.json`` and ``seal.public.json``; raises `KeyFileError`."""
        private = {
            jwk["kid"]: X25519PrivateKey.from_private_bytes(unb64(jwk["d"]))
            for jwk in read_jwks(keys / "seal.private.json", needs=("kid", "d"))
        }
        public = [
            PublicKey(jwk["kid"], unb64(jwk["x"]))
            for jwk in read_jwks(keys / "seal.public.json", needs=("kid", "x"))
        ]
        return cls(service, private, public)

    def seal(self, plain: bytes, readers: Iterable[str], aad: bytes = b"") -> bytes:
        """A JWE of ``plain`` that each of ``readers`` (services) can open; ``aad`` is bound."""
        content_key, iv = os.urandom(32), os.urandom(12)
        # compact, as other JOSE libraries spell it: some re-encode the header to authenticate it
        header = json.dumps(_PROTECTED | {"skid": self._own}, separators=(",", ":"))
        protected = b64(header.encode())
        bound = protected.encode() + (b"." + b64(aad).encode() if aad else b"")
        sealed = AESGCM(content_key).encrypt(iv, plain, bound)
        recipients = [
            {
                "header": {"alg": "A256KW", "kid": kid},
                "encrypted_key": b64(
                    aes_key_wrap(self._pair(self._own, kid, self._own), content_key)
                ),
            }
            for kid in map(self._newest, readers)
        ]
        jwe = {
            "protected": protected,
            "recipients": recipients,
            "iv": b64(iv),
            "ciphertext": b64(sealed[:-16]),
            "tag": b64(sealed[-16:]),
        }
        if aad:
            jwe["aad"] = b64(aad)
        return json.dumps(jwe, separators=(",", ":")).encode()

    def open(self, sealed: bytes, aad: bytes = b"") -> bytes:
        """The plain bytes; raises `CannotOpen`. ``aad`` must be what was bound."""
        try:
            jwe = json.loads(sealed)
            protected = json.loads(unb64(jwe["protected"]))
            producer: str = protected["skid"]
            recipient = self._mine(jwe["recipients"])
            kid: str = recipient["header"]["kid"]
            bound = jwe["protected"].encode() + (b"." + b64(aad).encode() if aad else b"")
            pair = self._pair(kid, producer, producer)
            content_key = aes_key_unwrap(pair, unb64(recipient["encrypted_key"]))
            body = unb64(jwe["ciphertext"]) + unb64(jwe["tag"])
            return AESGCM(content_key).decrypt(unb64(jwe["iv"]), body, bound)
        except CannotOpen:
            raise
        except (InvalidTag, InvalidUnwrap) as problem:
            raise CannotOpen("sealed content was altered, or its key is not ours") from problem
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            raise CannotOpen("not a sealed document") from problem

    def is_for_us(self, sealed: bytes) -> bool:
        """Whether this service is among the readers; malformed bytes are ours, to be parked."""
        try:
            recipients = json.loads(sealed)["recipients"]
            kids = [recipient["header"]["kid"] for recipient in recipients]
        except (ValueError, KeyError, TypeError):
            return True
        return any(str(kid).rpartition(".")[0] == self.service for kid in kids)

    def _mine(self, recipients: list[dict[str, Any]]) -> dict[str, Any]:
        for recipient in recipients:
            if recipient["header"]["kid"] in self._private:
                return recipient
        raise CannotOpen("sealed for other readers, or for a key that was retired")

    def _newest(self, service: str) -> str:
        keys = [key for key in self._public.values() if key.service == service]
        if not keys:
            raise CannotOpen(f"no public sealing key of {service}")
        return max(keys, key=lambda key: key.generation).kid

    def _agree(self, own: str, other: str, producer: str) -> bytes:
        """The wrapping key between our key ``own`` and the other side's ``other``."""
        if other not in self._public:
            raise CannotOpen(f"unknown sealing key {other}")
        shared = self._private[own].exchange(
            X25519PublicKey.from_public_bytes(self._public[other].key)
        )
        reader = other if producer == own else own
        info = f"tirek seal v1|{producer}|{reader}".encode()
        return HKDF(SHA256(), 32, salt=None, info=info).derive(shared)
