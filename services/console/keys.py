"""Keys of the console: what it must recognise and not know, and what it must keep and not show.

One file, ``accounts.json``; from each key in it two are derived: one for keyed hashes (of sign-in
names, codes, addresses), one to encrypt seeds of one-time passwords.
"""

import hmac
import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.key_files import KeyFileError, read_jwks, unb64

_NONCE = 12


@dataclass(frozen=True, slots=True)
class AccountKeys:
    """The keys by ``kid``, newest first. An account keeps the key it was made under."""

    keys: dict[str, bytes]

    @classmethod
    def from_directory(cls, keys: Path) -> Self:
        """Reads ``accounts.json``; `KeyFileError` says what is wrong."""
        jwks = read_jwks(keys / "accounts.json", needs=("kid", "k"))
        return cls({jwk["kid"]: unb64(jwk["k"]) for jwk in jwks})

    def blind(self, kind: str, value: str) -> bytes:
        """A keyed hash, 32 bytes, under the newest key: what is recognised and not known."""
        return self._mac(next(iter(self.keys)), kind, value)

    def blinds(self, kind: str, value: str) -> list[bytes]:
        """Under every key: as what it may be stored."""
        return [self._mac(kid, kind, value) for kid in self.keys]

    def encrypt(self, plain: bytes, about: str) -> tuple[str, bytes]:
        """The ``kid`` and what is kept; ``about`` (whose it is) is bound to it."""
        kid, nonce = next(iter(self.keys)), os.urandom(_NONCE)
        return kid, nonce + self._cipher(kid).encrypt(nonce, plain, about.encode())

    def decrypt(self, kid: str, kept: bytes, about: str) -> bytes:
        """The way back; raises `KeyFileError` when the key is gone or is another."""
        try:
            cipher = self._cipher(kid)
            return cipher.decrypt(kept[:_NONCE], kept[_NONCE:], about.encode())
        except (KeyError, InvalidTag):
            raise KeyFileError(f"accounts.json holds no {kid} that opens what it closed") from None

    def _mac(self, kid: str, kind: str, value: str) -> bytes:
        text = f"tirek console v1\x1f{kind}\x1f{value}"
        return hmac.digest(self.keys[kid], text.encode(), sha256)

    def _cipher(self, kid: str) -> AESGCM:
        return AESGCM(self._mac(kid, "key", "seeds"))
