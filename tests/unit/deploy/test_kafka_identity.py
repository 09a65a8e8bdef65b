"""Telling Apache Kafka from what merely speaks its protocol."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.kafka_identity import Identity, NotKafka, parse

HEAD = struct.pack(">ih", 7, 0) + b"\x02" + struct.pack(">hhh", 18, 0, 4) + b"\0" + b"\0" * 4
FEATURE = b"\x02\x11metadata.version" + struct.pack(">hh", 33, 1) + b"\0"


def test_apache_kafka_is_known_by_its_metadata_level() -> None:
    """And by it the release."""
    answer = HEAD + b"\x01\x02" + bytes([len(FEATURE)]) + FEATURE
    assert parse(answer) == Identity({18: 4}, {"metadata.version": 33})
    assert parse(answer).release == "4.4"


def test_a_look_alike_is_not_taken_for_it() -> None:
    """It answers the same question without KRaft's levels."""
    with pytest.raises(NotKafka, match="look-alike"):
        parse(HEAD + b"\0")


@given(st.binary(max_size=200))
def test_any_other_answer_is_not_kafka(noise: bytes) -> None:
    """Never another error, whatever comes."""
    with pytest.raises(NotKafka):
        parse(noise)
