"""No header name stops a partition, and no batch costs what lies before it."""

import struct

import pytest
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBatchBuilder, _DefaultRecordBatchBuilderPy
from aiokafka.record.util import calc_crc32c

from shared.bus import wire
from shared.bus.parked import packed, unpacked
from shared.bus.raw_batches import Records
from shared.errors import Unprocessable
from tests.support.octets import Octets

NO_TEXT = b"\xff\xfe\x00ce_id"


def batch(*names: str, codec: int = 0, base: int = 0) -> bytes:
    """A batch as a broker keeps it, with a record for each header name."""
    size = 100_000
    builder = _DefaultRecordBatchBuilderPy(2, codec, 0, -1, -1, 0, size)
    for number, name in enumerate(names):
        builder.append(number, 1_000, b"key", b"value", [(name, b"x"), ("n", None)])
    raw = bytearray(builder.build())
    raw[:8] = base.to_bytes(8, "big")
    return bytes(raw)


def test_a_name_that_is_no_text_costs_no_other_record() -> None:
    """Neither of its own batch nor of the next; the bytes of the name can be had back."""
    records = Records(batch("a", Octets(NO_TEXT), "c") + batch("d", base=3))
    seen = []
    while records.has_next():
        one = records.next_batch()
        assert one is not None
        assert one.validate_crc()
        seen += [(each.offset, each.key, each.value, each.headers) for each in one]
    assert [each[0] for each in seen] == [0, 1, 2, 3]
    names = [each[3][0][0] for each in seen]
    assert names[1].encode("utf-8", "surrogateescape") == NO_TEXT
    assert [names[0], *names[2:]] == ["a", "c", "d"]
    assert {each[1:3] for each in seen} == {(b"key", b"value")}
    assert all(each[3][1] == ("n", None) for each in seen)
    assert unpacked(packed(seen[1][3])) == tuple(seen[1][3])
    assert records.next_batch() is None


def test_what_is_well_is_unpacked_by_the_librarys_quick_code() -> None:
    """A batch that nobody tampered with costs what it always cost."""
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, 0, 1000)
    builder.append(0, 1_000, b"key", b"value", [("ce_id", b"x")])
    one = Records(bytes(builder.build())).next_batch()
    assert one is not None
    [record] = one
    assert type(record).__module__.startswith("aiokafka.record._crecords")


def of_codec(number: int) -> bytes:
    """A batch of three that says itself how it is compressed."""
    raw = bytearray(batch("a", "b", "c", codec=1, base=2))
    struct.pack_into(">h", raw, 21, number)
    struct.pack_into(">I", raw, 17, calc_crc32c(memoryview(raw)[21:]))
    return bytes(raw)


@pytest.mark.parametrize("codec", [1, 2, 3, 4], ids=["gzip", "snappy", "lz4", "zstd"])
def test_what_is_compressed_is_not_unpacked(codec: int) -> None:
    """Whatever it would become, and whoever has a library for it: it is one record, no event."""
    records = Records(batch("a", "b") + of_codec(codec) + batch("d", base=5))
    offsets = []
    while records.has_next():
        one = records.next_batch()
        assert one is not None
        seen = list(one)
        offsets.append([each.offset for each in seen])
        if offsets[-1] == [4]:
            with pytest.raises(Unprocessable, match="not an event"):
                wire.decode_envelope("tirek.notify", seen[0].key, seen[0].headers)
    assert offsets == [[0, 1], [4], [5]]


def damaged(raw: bytes) -> bytes:
    """The same batch after a disk has had its way with it."""
    return raw[:-1] + b"?"


def test_what_lies_before_a_batch_that_cannot_be_read_is_handed_out() -> None:
    """The fetch ends there; the one that begins there fails, and takes nothing with it."""
    good, bad = batch("a", "b"), damaged(batch("c", base=2))
    records = Records(good + bad + batch("d", base=3))
    assert records.has_next()
    assert [each.offset for each in records.next_batch() or ()] == [0, 1]
    assert not records.has_next()
    assert records.next_batch() is None
    records = Records(bad + batch("d", base=3))
    assert records.has_next()
    with pytest.raises(CorruptRecordException):
        records.next_batch()
