"""Sealing what is known of a person: a data key each, wrapped by a master key no database holds.

AES-256-GCM throughout. A sealed group is bound to its person and its name, a wrapped key to its
person: neither opens anywhere else. Erasing somebody is forgetting their key.
"""

import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import TirekError
from shared.key_files import read_jwks, unb64

KEY_BYTES, NONCE_BYTES = 32, 12


class CannotUnseal(TirekError):
    """Personal data does not open: it was altered or moved, or its key is another's."""


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A person's data key as the key store holds it; ``kid`` names the master key round it."""

    person_id: str
    kid: str
    wrapped: bytes


class Vault:
    """Holds the master keys, newest first: new keys are wrapped by the newest."""

    def __init__(self, masters: Mapping[str, bytes]) -> None:
        self._masters = dict(masters)
        self._newest = next(iter(self._masters))

    @classmethod
    def from_directory(cls, keys: Path) -> Self:
        """Reads ``master.json``; raises `KeyFileError`."""
        jwks = read_jwks(keys / "master.json", needs=("kid", "k"))
        return cls({jwk["kid"]: unb64(jwk["k"]) for jwk in jwks})

    def new_key(self, person_id: str) -> tuple[bytes, WrappedKey]:
        """A fresh data key for somebody, plain and wrapped."""
        key = os.urandom(KEY_BYTES)
        wrapped = _seal(self._masters[self._newest], key, _key_name(person_id))
        return key, WrappedKey(person_id, self._newest, wrapped)

    def unwrap(self, key: WrappedKey) -> bytes:
        """The data key; raises `CannotUnseal`."""
        master = self._masters.get(key.kid)
        if master is None:
            raise CannotUnseal(f"the master key {key.kid} is not among ours")
        return _open(master, key.wrapped, _key_name(key.person_id))

    def fingerprints(self, content: bytes) -> list[bytes]:
        """Keyed digests of ``content``, one a master key, newest first.

        Keyed, so that a stolen table of digests cannot be searched for somebody's words.
        """
        return [
            hmac.digest(hmac.digest(master, b"tirek fingerprint v1", "sha256"), content, "sha256")
            for master in self._masters.values()
        ]


def seal(key: bytes, person_id: str, group: str, fields: Mapping[str, Any]) -> bytes:
    """One group of fields, sealed for this person and this group."""
    plain = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    return _seal(key, plain, _group_name(person_id, group))


def unseal(key: bytes, person_id: str, group: str, sealed: bytes) -> dict[str, Any]:
    """What `seal` was given; raises `CannotUnseal`."""
    fields: dict[str, Any] = json.loads(_open(key, sealed, _group_name(person_id, group)))
    return fields


def _key_name(person_id: str) -> bytes:
    return f"tirek data key v1|{person_id}".encode()


def _group_name(person_id: str, group: str) -> bytes:
    return f"tirek person v1|{person_id}|{group}".encode()


def _seal(key: bytes, plain: bytes, name: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, name)


def _open(key: bytes, sealed: bytes, name: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], name)
    except (InvalidTag, ValueError) as problem:
        raise CannotUnseal("personal data does not open with this key") from problem
