"""MACs of the outbox: what a process of this service said bears one, and nothing else can.

The key is in a file that the service's own processes read, and its database never holds it. So
neither the service's role at the database nor its owner can put an event into the outbox, or change
one or its number, that the relay would publish (`shared.bus.sifting`, docs/decisions/0029). A row
that is written once may bear one, too (docs/decisions/0040).
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Self

from shared.events import Envelope
from shared.events.envelope import instant
from shared.key_files import Followed, KeyFileError, read_jwks, unb64

FILE = "outbox.json"
LEAST = 32
"""Bytes of a key: as many as a code has."""
SINCE_FIRST = "since_first"
"""Member of a key that is as old as its service: nothing was ever said without one."""
_EVENT, _NUMBER, _ROW = "tirek outbox event 1", "tirek outbox number 1", "tirek row 1"
Value = str | int | bytes | datetime | None
"""Of a column."""


class Mac(NamedTuple):
    """32 bytes (HMAC-SHA256), and the id of the key that made them."""

    key: str
    code: bytes


@dataclass(frozen=True, slots=True)
class _Keys:
    by_id: dict[str, bytes]
    newest: str
    since_first: bool


class Macs:
    """Makes MACs with the newest key, and knows those of each key that the file holds."""

    def __init__(self, path: Path, required: bool | None = None) -> None:
        """``required``: whether an event without one is refused; none: if the keys are as old as
        the service. Raises `KeyFileError`."""
        self._required = required
        self._file = Followed(
            "outbox", [path], lambda: _read(path), lambda keys: {"count": len(keys.by_id)}
        )

    @classmethod
    def of(cls, keys: Path, asked: str | None = None) -> Self:
        """Follows ``outbox.json`` in a folder; ``asked`` as in `shared.settings`. Raises
        `KeyFileError`."""
        return cls(keys / FILE, asked == "required" if asked else None)

    @property
    def required(self) -> bool:
        """Whether an event that bears none is none of ours."""
        return self._file.now().since_first if self._required is None else self._required

    def event(self, envelope: Envelope, document: bytes) -> Mac:
        """Of an event as it is said: of all that is published of it but its number."""
        keys = self._file.now()
        return Mac(keys.newest, _code(keys.by_id[keys.newest], _spelt(envelope, document)))

    def said(self, envelope: Envelope, document: bytes, mac: Mac) -> bool:
        """Whether a process that had the key said this."""
        return self._made(mac, _spelt(envelope, document))

    def number(self, source: str, digest: str) -> bytes:
        """Of an event's place in the chain. Its ``digest`` covers the number, and the one before
        (`shared.events.envelope.digest`)."""
        keys = self._file.now()
        return _code(keys.by_id[keys.newest], _placed(source, digest))

    def numbered(self, source: str, digest: str, code: bytes) -> bool:
        """Whether our relay gave it this number."""
        placed = _placed(source, digest)
        keys = self._file.now().by_id.values()
        return any(hmac.compare_digest(_code(key, placed), code) for key in keys)

    def row(self, table: str, *values: Value) -> Mac:
        """Of a row that is written once: of its values, in an order that stays."""
        keys = self._file.now()
        return Mac(keys.newest, _code(keys.by_id[keys.newest], _written(table, values)))

    def wrote(self, mac: Mac, table: str, *values: Value) -> bool:
        """Whether a process that had the key wrote this row."""
        return self._made(mac, _written(table, values))

    def _made(self, mac: Mac, text: bytes) -> bool:
        """Whether a key of ours made it of that text; nothing fits a key that nobody has."""
        key = self._file.now().by_id.get(mac.key) or self._file.fresh().by_id.get(mac.key)
        return key is not None and hmac.compare_digest(_code(key, text), mac.code)


def _code(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, "sha256")


def _spelt(envelope: Envelope, document: bytes) -> bytes:
    """One spelling of one event, and of no other."""
    parts = _joined(
        _EVENT,
        envelope.source,
        envelope.id,
        envelope.type,
        envelope.key,
        envelope.subject,
        instant(envelope.time),
        envelope.correlation_id,
        "" if envelope.causation_id is None else f"={envelope.causation_id}",
        str(envelope.aggregate_version),
    )
    return parts + document


def _placed(source: str, digest: str) -> bytes:
    return _joined(_NUMBER, source, digest)


def _written(table: str, values: tuple[Value, ...]) -> bytes:
    return _joined(_ROW, table, *map(_value, values))


def _value(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes):
        return f"={value.hex()}"
    return f"={instant(value) if isinstance(value, datetime) else value}"


def _joined(*parts: str) -> bytes:
    """Each behind its length in characters, so that none borders on another."""
    return "".join([f"{len(part)}:{part}" for part in parts]).encode()


def _read(path: Path) -> _Keys:
    jwks = read_jwks(path, needs=("kid", "k"))
    try:
        by_id = {str(jwk["kid"]): unb64(jwk["k"]) for jwk in jwks}
    except (ValueError, TypeError, AttributeError):
        raise KeyFileError(f"{path} holds what is no symmetric key") from None
    if any(len(key) < LEAST for key in by_id.values()):
        raise KeyFileError(f"{path} holds a key that is too short to keep anybody out")
    return _Keys(by_id, str(jwks[0]["kid"]), any(jwk.get(SINCE_FIRST) is True for jwk in jwks))
