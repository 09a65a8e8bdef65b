"""What the client library would choke on: header names that are no UTF-8.

A client in another language may write any bytes there. aiokafka raises while it unpacks them,
before anybody is asked: the record's partition would never move again, and what it had unpacked
from other partitions in the same call would be passed over for good. Here such a name becomes text
with lone surrogates (PEP 383), and the record is parked like any other that is no event.
"""

import struct
from collections.abc import Iterator
from typing import Any

from aiokafka.consumer import fetcher
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
        self.size_in_bytes = self._quick.size_in_bytes
        self.has_next = self._quick.has_next

    def next_batch(self) -> Any:
        """The next batch; none behind the last."""
        batch = self._quick.next_batch()
        if batch is None:
            return None
        begin = self._at
        self._at += _BEFORE + struct.unpack_from(">i", self._raw, begin + _LENGTH_AT)[0]
        return _Batch(batch, memoryview(self._raw)[begin : self._at])


class _Batch:
    """A batch that is unpacked by the library's quick code, or else by its slow and open one."""

    def __init__(self, quick: Any, raw: memoryview) -> None:
        self._quick = quick
        self._raw = raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._quick, name)

    def __iter__(self) -> Iterator[Any]:
        try:
            return iter(list(self._quick))
        except UnicodeDecodeError:
            slow = _DefaultRecordBatchPy(self._raw)
            slow._maybe_uncompress()
            slow._buffer = _Octets(slow._buffer)
            return iter(slow)


class _Octets(bytearray):
    """Bytes of which every piece is text."""

    def __getitem__(self, which: Any) -> Any:
        piece = super().__getitem__(which)
        return _Octets(piece) if isinstance(which, slice) else piece

    def decode(self, encoding: str = "utf-8", errors: str = "surrogateescape") -> str:
        """What is no UTF-8 becomes lone surrogates."""
        return super().decode(encoding, errors)
