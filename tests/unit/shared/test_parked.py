"""A parked record comes back out of the database as it came from Kafka."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.bus import parked, wire
from shared.errors import Unprocessable

NAMES = st.text(max_size=20)
VALUES = st.none() | st.binary(max_size=40)


@dataclass(frozen=True, slots=True)
class FromKafka:
    """A record as the client library gives it."""

    topic: str = "tirek.notify"
    partition: int = 3
    offset: int = 7
    timestamp: int = -1
    key: bytes | None = None
    value: bytes | None = None
    headers: tuple[tuple[str, bytes | None], ...] = ()


@given(headers=st.lists(st.tuples(NAMES, VALUES)))
def test_headers_come_back_as_they_were(headers: list[tuple[str, bytes | None]]) -> None:
    """NUL, bytes that are no text, equals signs, per cent signs, null, the same name twice."""
    texts = parked.packed(headers)
    assert parked.unpacked(texts) == tuple(headers)
    assert all(text.isascii() and text.isprintable() for text in texts)


def test_a_header_that_reads_well_stays_readable() -> None:
    """For a person who looks into the table."""
    assert parked.packed([("ce_type", b"tirek.offer.changed.v1"), ("x", None)]) == [
        "ce_type=tirek.offer.changed.v1",
        "x",
    ]


def test_no_key_and_no_value_are_empty_ones() -> None:
    """And a time that nobody gave is none."""
    record = parked.Record.read(FromKafka())
    assert (record.key, record.value, record.appended_at) == (b"", b"", None)
    later = parked.Record.read(FromKafka(timestamp=1_795_476_435_276))
    assert later.appended_at is not None
    assert later.appended_at.isoformat() == "2026-11-23T23:27:15.276000+00:00"


def test_a_reason_fits_into_its_column_and_a_terminal() -> None:
    """It may quote a header: neither a NUL nor a control sequence goes further."""
    assert (
        parked.fitting("a\0b\x1b[2Jc") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}[2Jc"
    )
    assert len(parked.fitting("x" * 1000)) == 500


def test_a_null_header_is_an_absent_one() -> None:
    """Not a failure of another kind, which nobody would expect."""
    with pytest.raises(Unprocessable, match="not an event: KeyError"):
        wire.decode_envelope("tirek.intake", b"key", [("ce_id", None)])
