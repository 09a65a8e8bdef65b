"""Files sealed for an offline key, in age's format (https://age-encryption.org/v1, C2SP ``age``).

One file key, wrapped for each recipient by an X25519 agreement with a key made for this file; the
header under an HMAC; the content in chunks of 64 KiB, each under ChaCha20-Poly1305 with its number
and whether it is the last in the nonce. So what was altered, reordered, cut off or lengthened does
not open, and neither side holds more than a chunk. ``age -d`` opens what we write.
"""

import base64
import binascii
import hmac
import os
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from deploy.backup import bech32
from deploy.backup.errors import BackupError

CHUNK = 64 * 1024
_TAG, _FILE_KEY, _NONCE = 16, 16, 16
_INTRO = b"age-encryption.org/v1"
_STANZA = b"-> X25519 "
_LONGEST_LINE, _MOST_LINES = 200, 100
"""More than any header that we write; a file that is none of ours is not read to its end."""
PUBLIC, PRIVATE = "age", "age-secret-key-"


class Damaged(BackupError):
    """It was altered or cut off since it was written."""


class NotForThisKey(BackupError):
    """It was sealed for another key."""


def new_private() -> str:
    """A new private key, as age writes it: ``AGE-SECRET-KEY-1...``."""
    return bech32.encode(PRIVATE, X25519PrivateKey.generate().private_bytes_raw()).upper()


def public_of(private: str) -> str:
    """The public half, as age writes it: ``age1...``; `ValueError` if that is no private key."""
    return bech32.encode(PUBLIC, _private(private).public_key().public_bytes_raw())


def _private(text: str) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(bech32.decode(PRIVATE, text))


class Sealed:
    """Seals what it is given into ``file``; without `close` the file does not open."""

    def __init__(self, file: BinaryIO, recipients: Sequence[str]) -> None:
        """``recipients`` are public keys; `ValueError` if one is none."""
        self._file = file
        file_key, nonce = os.urandom(_FILE_KEY), os.urandom(_NONCE)
        stanzas = b"".join(_wrapped(file_key, each) for each in recipients)
        header = _INTRO + b"\n" + stanzas + b"---"
        file.write(header + b" " + _b64(_mac(file_key, header)) + b"\n" + nonce)
        self._cipher = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
        self._number = 0
        self._held = bytearray()

    def write(self, plain: bytes) -> None:
        """Seals more; the last chunk is held back, for it is sealed as the last."""
        self._held += plain
        while len(self._held) > CHUNK:
            self._chunk(bytes(self._held[:CHUNK]), last=False)
            del self._held[:CHUNK]

    def close(self) -> None:
        """Seals the last chunk. The file itself stays open."""
        self._chunk(bytes(self._held), last=True)

    def _chunk(self, plain: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last=last), plain, None))
        self._number += 1


def opened(file: BinaryIO, private: str) -> Iterator[bytes]:
    """The content, chunk by chunk, each proven before it is given out.

    Raises `Damaged` and `NotForThisKey`; `ValueError` if ``private`` is no key. What was given out
    is the whole only when the iterator ends.
    """
    cipher = ChaCha20Poly1305(_payload_key(file, private))
    number, sealed = 0, file.read(CHUNK + _TAG)
    while True:
        after = file.read(CHUNK + _TAG)
        try:
            plain = cipher.decrypt(_nonce(number, last=not after), sealed, None)
        except (InvalidTag, ValueError):
            raise Damaged("it was altered or cut off") from None
        if not plain and number:
            raise Damaged("it was altered")
        yield plain
        if not after:
            return
        number, sealed = number + 1, after


def _payload_key(file: BinaryIO, private: str) -> bytes:
    own = _private(private)
    header, stanzas, mac = _header(file)
    for share, body in stanzas:
        if (file_key := _unwrapped(own, share, body)) is None:
            continue
        if not hmac.compare_digest(_mac(file_key, header), mac):
            raise Damaged("its header was altered")
        nonce = file.read(_NONCE)
        return _derived(file_key, nonce, b"payload")
    raise NotForThisKey("it was sealed for another key")


def _header(file: BinaryIO) -> tuple[bytes, list[tuple[bytes, bytes]], bytes]:
    """What the HMAC covers, the X25519 stanzas (share, wrapped file key), and the HMAC."""
    if file.readline(_LONGEST_LINE) != _INTRO + b"\n":
        raise Damaged("it is no backup, or its beginning is gone")
    header = _INTRO + b"\n"
    stanzas: list[tuple[bytes, bytes]] = []
    for _ in range(_MOST_LINES):
        line = file.readline(_LONGEST_LINE)
        if line.startswith(b"--- "):
            return header + b"---", stanzas, _unb64(line[4:])
        header += line
        if line.startswith(_STANZA):
            body = file.readline(_LONGEST_LINE)
            header += body
            stanzas.append((_unb64(line[len(_STANZA) :]), _unb64(body)))
    raise Damaged("its header was altered or cut off")


def _wrapped(file_key: bytes, recipient: str) -> bytes:
    theirs = X25519PublicKey.from_public_bytes(bech32.decode(PUBLIC, recipient))
    mine = X25519PrivateKey.generate()
    share = mine.public_key().public_bytes_raw()
    key = _agreed(mine, theirs, share + theirs.public_bytes_raw())
    body = ChaCha20Poly1305(key).encrypt(bytes(12), file_key, None)
    return _STANZA + _b64(share) + b"\n" + _b64(body) + b"\n"


def _unwrapped(own: X25519PrivateKey, share: bytes, body: bytes) -> bytes | None:
    """The file key, or none if it was wrapped for somebody else."""
    try:
        theirs = X25519PublicKey.from_public_bytes(share)
        key = _agreed(own, theirs, share + own.public_key().public_bytes_raw())
        file_key = ChaCha20Poly1305(key).decrypt(bytes(12), body, None)
    except (InvalidTag, ValueError):
        return None
    return file_key if len(file_key) == _FILE_KEY else None


def _agreed(own: X25519PrivateKey, theirs: X25519PublicKey, salt: bytes) -> bytes:
    return _derived(own.exchange(theirs), salt, _INTRO + b"/X25519")


def _derived(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(secret)


def _mac(file_key: bytes, header: bytes) -> bytes:
    return hmac.digest(_derived(file_key, b"", b"header"), header, sha256)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _b64(raw: bytes) -> bytes:
    return base64.b64encode(raw).rstrip(b"=")


def _unb64(line: bytes) -> bytes:
    """A whole line; one way of writing the same bytes is the only one."""
    text = line[:-1]
    try:
        raw = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        raw = b""
    if _b64(raw) + b"\n" != line:
        raise Damaged("its header was altered or cut off")
    return raw
