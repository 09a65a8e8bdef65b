"""What a consumer would choke on: header names that are no text, compressed or broken batches.

A client in another language may write any bytes into a header's name. aiokafka raises while it
unpacks them, before anybody is asked: the record's partition would never move again. Here such a
name becomes text with lone surrogates (PEP 383), and the record is parked like any other that is no
event.

What we send is sealed, does not shrink, and is never compressed. So a compressed batch is a
stranger's: it may need a library that we lack, or become a thousand times its size. It is not
unpacked. In its place one record is handed out, which is no event.

A batch that is damaged may have been ours. What lies before it is handed out; then its partition
stands at it, and raises (`shared.bus.polling`).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords

_LENGTH_AT, _BEFORE = 8, 12
"""A batch begins with its first offset (8 bytes) and the length of what follows (4 bytes)."""


def tolerate() -> None:
    """From now on consumers of this process unpack every record. May be called again."""
    fetcher.MemoryRecords = Records


class Records:
    """The batches of one fetch, in place of the library's own."""

    def __init__(self, raw: bytes) -> None:
        self._quick = MemoryRecords(raw)
        self._raw = raw
        self._at = 0
        self._first = True
        self._ahead: _Batch | Exception | None = None
        self.size_in_bytes = self._quick.size_in_bytes

    def has_next(self) -> bool:
        """Whether a batch follows. A fetch ends before one that cannot be read, but begins so."""
        if self._ahead is None and self._quick.has_next():
            self._ahead = self._read()
        return self._ahead is not None and (self._first or isinstance(self._ahead, _Batch))

    def next_batch(self) -> "_Batch | None":
        """The next batch; none behind the last. Raises what the first cannot be read for."""
        if not self.has_next():
            return None
        batch, self._ahead, self._first = self._ahead, None, False
        if isinstance(batch, Exception):
            raise batch
        return batch

    def _read(self) -> "_Batch | Exception":
        begin = self._at
        self._at += _BEFORE + struct.unpack_from(">i", self._raw, begin + _LENGTH_AT)[0]
        try:
            return _Batch(self._quick.next_batch(), memoryview(self._raw)[begin : self._at])
        except Exception as problem:  # noqa: BLE001 - it is raised when its turn has come
            return problem


@dataclass(frozen=True, slots=True)
class Packed:
    """What stands for a whole compressed batch, at its last offset."""

    offset: int
    timestamp: int
    timestamp_type: int
    key: None = None
    value: None = None
    headers: tuple[tuple[str, bytes | None], ...] = (("compressed", None),)
    checksum: None = None


class _Batch:
    """A batch that is unpacked by the library's quick code, or else by its slow and open one."""

    def __init__(self, quick: Any, raw: memoryview) -> None:
        if not quick.validate_crc():
            raise CorruptRecordException("a batch does not fit its checksum")
        self._quick = quick
        # one of the old format, which brokers no longer take, does not say it
        self._records = (
            [Packed(quick.next_offset - 1, quick.max_timestamp, quick.timestamp_type)]
            if getattr(quick, "compression_type", 0)
            else unpacked(quick, raw)
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self._quick, name)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._records)

    def validate_crc(self) -> bool:
        """It was, or it would not be here."""
        return True


def unpacked(quick: Any, raw: memoryview) -> list[Any]:
    """The records of a batch."""
    try:
        return list(quick)
    except UnicodeDecodeError:
        slow = _DefaultRecordBatchPy(raw)
        slow._buffer = _Octets(slow._buffer)
        return list(slow)


class _Octets(bytearray):
    """Bytes of which every piece is text."""

    def __getitem__(self, which: Any) -> Any:
        piece = super().__getitem__(which)
        return _Octets(piece) if isinstance(which, slice) else piece

    def decode(self, encoding: str = "utf-8", errors: str = "surrogateescape") -> str:
        """What is no UTF-8 becomes lone surrogates."""
        return super().decode(encoding, errors)
