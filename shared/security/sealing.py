"""Sealing: who may read an event reads all of it, everybody else on the bus reads nothing.

One content key an event, wrapped for each reader: JWE (RFC 7516) general JSON, ``A256GCM``,
recipients ``A256KW``. The wrapping key of a pair (producer, reader) comes from a static X25519
agreement through HKDF, so only those two hold it, and no event pays for a key agreement
(docs/decisions/0004).

All readers of an event share its content key, so that key proves nothing to one of them against
another. What does is ``mac`` in each recipient's header: an HMAC of the whole document under a key
of that pair. Thus a reader knows who sealed.
"""

import hmac
import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import (
    InvalidUnwrap,
    aes_key_unwrap,
    aes_key_wrap,
)

from shared.errors import Forged, RetryLater, Unavailable, Unprocessable
from shared.key_files import b64, generation, unb64
from shared.security.keyring import KeyFiles, Keyring

CONTENT_TYPE = "application/jose+json"
_PROTECTED = {"enc": "A256GCM", "typ": "tirek"}


class CannotOpen(Unprocessable):
    """Sealed for somebody else, with a key that is gone, or altered on the way."""


class NotTheirs(CannotOpen, Forged):
    """Altered on the way, or sealed by another service than it is said to be."""


class Sealer:
    """Seals for readers and opens what was sealed for its service.

    Old keys stay until no retained record needs them; new seals use the newest that all can have.
    """

    def __init__(self, keys: Keyring | KeyFiles) -> None:
        self._keys = keys

    @classmethod
    def from_directory(cls, service: str, keys: Path) -> Self:
        """Follows ``seal.private.json`` and ``seal.public.json``; raises `KeyFileError`."""
        return cls(KeyFiles(service, keys))

    def seal(self, plain: bytes, readers: Iterable[str], aad: bytes = b"") -> bytes:
        """A JWE of ``plain`` that each of ``readers`` (services) can open; ``aad`` is bound.

        Raises `Unavailable` when there is no key of a reader yet.
        """
        ring = self._ring()
        content_key, iv = os.urandom(32), os.urandom(12)
        protected = _header(ring.own)
        bound = protected.encode() + (b"." + b64(aad).encode() if aad else b"")
        sealed = AESGCM(content_key).encrypt(iv, plain, bound)
        content = {"iv": b64(iv), "ciphertext": b64(sealed[:-16]), "tag": b64(sealed[-16:])}
        proven = _proven(bound, content)
        recipients = []
        for kid in map(ring.in_use, readers):
            pair = ring.pair(ring.own, kid, ring.own)
            mac = b64(hmac.digest(pair.proving, proven, "sha256"))
            recipients.append(
                {
                    "header": {"alg": "A256KW", "kid": kid, "mac": mac},
                    "encrypted_key": b64(aes_key_wrap(pair.wrapping, content_key)),
                }
            )
        jwe = {"protected": protected, "recipients": recipients, **content}
        if aad:
            jwe["aad"] = b64(aad)
        return orjson.dumps(jwe)

    def open(self, sealed: bytes, aad: bytes = b"", *, by: str) -> bytes:
        """The plain bytes; ``aad`` must be what was bound, and ``by`` the service that sealed it.

        Whoever opens says whose word it must be: a key of ours that seals something else than its
        service may say is no reason to believe it. Raises `CannotOpen`, `NotTheirs` for what
        another service sealed, or `RetryLater` when it is sealed with a key that is still on its
        way to this machine.
        """
        try:
            jwe = orjson.loads(sealed)
            protected = orjson.loads(unb64(jwe["protected"]))
            producer: str = protected["skid"]
            if generation(producer)[0] != by:
                raise NotTheirs(f"not sealed by {by}")
            ring, recipient = self._with_keys(producer, jwe["recipients"])
            kid: str = recipient["header"]["kid"]
            bound = jwe["protected"].encode() + (b"." + b64(aad).encode() if aad else b"")
            pair = ring.pair(kid, producer, producer)
            mac = recipient["header"].get("mac")
            if mac is None and producer in ring.binds:
                raise NotTheirs("sealed without a proof of who did it")
            if mac is not None and not hmac.compare_digest(
                unb64(mac), hmac.digest(pair.proving, _proven(bound, jwe), "sha256")
            ):
                raise NotTheirs("sealed content was altered, or its key is not ours")
            content_key = aes_key_unwrap(pair.wrapping, unb64(recipient["encrypted_key"]))
            body = unb64(jwe["ciphertext"]) + unb64(jwe["tag"])
            return AESGCM(content_key).decrypt(unb64(jwe["iv"]), body, bound)
        except (CannotOpen, RetryLater):
            raise
        except (InvalidTag, InvalidUnwrap) as problem:
            raise NotTheirs("sealed content was altered, or its key is not ours") from problem
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            raise CannotOpen("not a sealed document") from problem

    def vouch(self, text: bytes, reader: str) -> str | None:
        """A proof for one reader, and nobody else, that this service says ``text``: the ids of both
        keys and an HMAC. None as long as no key of that reader is known.
        """
        ring = self._ring()
        try:
            theirs = ring.in_use(reader)
        except Unavailable:
            return None
        code = hmac.digest(ring.vouching(ring.own, theirs, ring.own), text, "sha256")
        return f"{ring.own}:{theirs}:{b64(code)}"

    def must_be_vouched(self, proof: str, text: bytes, *, by: str) -> None:
        """Raises `NotTheirs` unless the service ``by`` has vouched to us for ``text``, `CannotOpen`
        for keys that are retired, and `RetryLater` for one that is on its way."""
        try:
            producer, own, code = proof.split(":")
            if generation(producer)[0] != by or generation(own)[0] != self._ring().service:
                raise NotTheirs(f"not vouched for by {by}")
            ring, _ = self._with_keys(producer, [{"header": {"kid": own}}])
            made = hmac.digest(ring.vouching(own, producer, producer), text, "sha256")
            if not hmac.compare_digest(made, unb64(code)):
                raise NotTheirs("not what was vouched for")
        except ValueError as problem:
            raise CannotOpen("not a proof") from problem

    def is_for_us(self, sealed: bytes) -> bool:
        """Whether this service is among the readers; malformed bytes are ours, to be parked."""
        service = self._ring().service
        try:
            recipients = orjson.loads(sealed)["recipients"]
            kids = [recipient["header"]["kid"] for recipient in recipients]
        except (ValueError, KeyError, TypeError):
            return True
        return any(str(kid).rpartition(".")[0] == service for kid in kids)

    def _with_keys(
        self, producer: str, recipients: list[dict[str, Any]]
    ) -> tuple[Keyring, dict[str, Any]]:
        """The keys and the recipient to open with; `ValueError` for what names no keys."""
        for at_once in (False, True):
            ring = self._ring(at_once=at_once)
            mine = [each for each in recipients if each["header"]["kid"] in ring.private]
            if mine and producer in ring.public:
                return ring, mine[0]
        named = [each["header"]["kid"] for each in recipients]
        ours = [kid for kid in named if generation(kid)[0] == ring.service]
        if not mine and not any(ring.is_newer(kid) for kid in ours):
            raise CannotOpen("sealed for other readers, or for a key that was retired")
        if producer not in ring.public and not ring.is_newer(producer):
            raise CannotOpen(f"sealed with {producer}, which is unknown or retired")
        raise RetryLater("sealing key")

    def _ring(self, *, at_once: bool = False) -> Keyring:
        if isinstance(self._keys, Keyring):
            return self._keys
        return self._keys.fresh() if at_once else self._keys.now()


def _proven(bound: bytes, jwe: dict[str, Any]) -> bytes:
    """What a ``mac`` covers: all that a reader believes, in its own spelling."""
    content = (jwe[name] for name in ("iv", "ciphertext", "tag"))
    return b".".join([bound, *(text.encode() for text in content)])


def sealed_by(sealed: bytes) -> str | None:
    """The service that a document says has sealed it, which only its readers can prove."""
    try:
        protected: dict[str, str] = orjson.loads(unb64(orjson.loads(sealed)["protected"]))
        return generation(protected["skid"])[0]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


@lru_cache(maxsize=64)
def _header(own: str) -> str:
    """The protected header of what is sealed with a key of ours, as it stands in the JWE.

    Compact, as other JOSE libraries spell it: some re-encode the header to authenticate it.
    """
    return b64(orjson.dumps(_PROTECTED | {"skid": own}))
