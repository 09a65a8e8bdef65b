"""A stream of octets sealed for one public key; no piece can be moved, cut off or altered.

The file: one line of JSON (what it is, for whom, with which key of the moment), then pieces of
64 KiB, each ChaCha20-Poly1305 with the line as associated data. The nonce counts the pieces, and
its last octet says which one is the last: the construction that the STREAM paper calls for.
"""

import base64
import json
import os
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FORMAT = "tirek-backup-1"
PIECE = 64 * 1024
TAG = 16
_LONGEST_LINE = 4096
_RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)


class BadBackup(Exception):
    """The file cannot be taken; one line that says why."""


def text_of(key: bytes) -> str:
    """32 octets of a key as base64url."""
    return base64.urlsafe_b64encode(key).rstrip(b"=").decode()


def octets_of(text: str) -> bytes:
    """The way back; raises `BadBackup`."""
    try:
        key = base64.urlsafe_b64decode(text.strip() + "=")
    except ValueError:
        key = b""
    if len(key) != 32:
        raise BadBackup("this is no key of `tirek backup keygen`")
    return key


class Sealer:
    """Takes plain octets by `write`; the file is whole only after `close`."""

    def __init__(self, out: BinaryIO, recipient: str, **said: str) -> None:
        public = X25519PublicKey.from_public_bytes(octets_of(recipient))
        moment = X25519PrivateKey.generate()
        known = {"format": FORMAT, "for": recipient.strip(), **said}
        known["key"] = text_of(moment.public_key().public_bytes(*_RAW))
        self._line = json.dumps(known, sort_keys=True).encode() + b"\n"
        self._cipher = _cipher(moment.exchange(public), self._line)
        self._out = out
        self._rest = bytearray()
        self._zip = zlib.compressobj(6)
        self._number = 0
        out.write(self._line)

    def write(self, octets: bytes) -> None:
        """More of the plain stream."""
        self._rest += self._zip.compress(octets)
        while len(self._rest) > PIECE:  # the last piece is never empty, and known to be the last
            self._put(bytes(self._rest[:PIECE]), last=False)
            del self._rest[:PIECE]

    def close(self) -> None:
        """Writes what is left and makes the disk keep it."""
        self._rest += self._zip.flush()
        while len(self._rest) > PIECE:
            self._put(bytes(self._rest[:PIECE]), last=False)
            del self._rest[:PIECE]
        self._put(bytes(self._rest), last=True)
        self._out.flush()
        os.fsync(self._out.fileno())

    def _put(self, piece: bytes, *, last: bool) -> None:
        nonce = _nonce(self._number, last=last)
        self._out.write(self._cipher.encrypt(nonce, piece, self._line))
        self._number += 1


def heading(file: BinaryIO) -> dict[str, Any]:
    """The first line, which anybody can read: what it is and for whom. Raises `BadBackup`."""
    file.seek(0)
    try:
        said: dict[str, Any] = json.loads(file.readline(_LONGEST_LINE))
    except ValueError:
        said = {}
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise BadBackup("this is no backup of Tirek")
    return said


def opened(file: BinaryIO, private: str) -> Iterator[bytes]:
    """The plain stream; raises `BadBackup` where a piece is missing, moved or altered.

    What comes before that piece has been given out by then: read it all before you act on it.
    """
    said = heading(file)
    file.seek(0)
    line = file.readline(_LONGEST_LINE)
    key = X25519PrivateKey.from_private_bytes(octets_of(private))
    if said.get("for") != text_of(key.public_key().public_bytes(*_RAW)):
        raise BadBackup(f"it is sealed for another key: {said.get('for')}")
    moment = X25519PublicKey.from_public_bytes(octets_of(str(said.get("key"))))
    cipher, unzip, number = _cipher(key.exchange(moment), line), zlib.decompressobj(), 0
    piece = file.read(PIECE + TAG)
    while piece:
        following = file.read(PIECE + TAG)
        try:
            plain = cipher.decrypt(_nonce(number, last=not following), piece, line)
        except InvalidTag:
            raise BadBackup(f"piece {number + 1} was cut off, moved or altered") from None
        yield unzip.decompress(plain)
        number, piece = number + 1, following
    yield unzip.flush()
    if not unzip.eof:
        raise BadBackup("it ends too early")


def _cipher(shared: bytes, line: bytes) -> ChaCha20Poly1305:
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=line).derive(shared)
    return ChaCha20Poly1305(derived)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def new_keys() -> tuple[str, str]:
    """A private key, to be taken away, and the public one that stays."""
    key = X25519PrivateKey.generate()
    raw = key.private_bytes(
        serialization.Encoding.Raw,
        serialization.PrivateFormat.Raw,
        serialization.NoEncryption(),
    )
    return text_of(raw), text_of(key.public_key().public_bytes(*_RAW))
