"""An event survives its way over the wire whole, or is refused with a reason."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.bus import wire
from shared.bus.chain import Row, chain
from shared.bus.parked import Record
from shared.bus.reading import Reading, Unproven
from shared.errors import UnknownEventType, Unprocessable
from shared.events import Act, Document, Envelope, event_type
from shared.events.canonical import canonical
from shared.events.envelope import digest_of
from shared.events.notify import AnswerReceived
from shared.events.words import Answer, Channel
from tests.support.keys import sealers

SEALERS = sealers("notify", "referral")
NOW = datetime(2026, 11, 23, 9, 30, 15, 123456, tzinfo=UTC)


def answered(number: int = 1) -> tuple[Envelope, bytes]:
    """An answer, as the outbox keeps it."""
    body = AnswerReceived(
        incident_id="i-1",
        service_request_id="s-1",
        offer_id="o-1",
        answer_id=f"a-{number}",
        answer=Answer.ACCEPT,
        organisation="sezim-bishkek",
    )
    act = Act(received_at=NOW, actor="st-a2b3c4d5", channel=Channel.SMS)
    envelope = Envelope(
        id=f"e-{number}",
        type=event_type(AnswerReceived),
        source="notify",
        subject="o-1",
        key="i-1",
        time=NOW,
        correlation_id="i-1",
        causation_id="e-0",
        aggregate_version=7,
    )
    return envelope, Document[Any](salt="salt", act=act, data=body).canonical()


def test_what_arrives_is_what_was_said() -> None:
    """Envelope, act and body come out as they went in."""
    envelope, document = answered()
    key, value, headers = wire.encode(envelope, document, SEALERS["notify"])
    arrived = wire.decode_envelope("tirek.notify", key, headers)
    event = wire.decode(arrived, value, headers, SEALERS["referral"])
    assert arrived == envelope
    assert event.body.answer is Answer.ACCEPT
    assert event.act == Act(received_at=NOW, actor="st-a2b3c4d5", channel=Channel.SMS)


def test_nothing_of_the_body_or_the_act_shows_on_the_wire() -> None:
    """On the bus stand opaque ids of incident and aggregate, and nothing more."""
    key, value, headers = wire.encode(*answered(), SEALERS["notify"])
    seen = key + value + b"".join(name.encode() + text for name, text in headers)
    for telling in (b"sezim", b"st-a2b3c4d5", b"accept", b"sms"):
        assert telling not in seen


@pytest.mark.parametrize("header", ["ce_subject", "ce_time", "ce_producerseq", "ce_id"])
def test_a_changed_header_is_refused(header: str) -> None:
    """The attributes are bound to the sealed document."""
    key, value, headers = wire.encode(*answered(), SEALERS["notify"])
    forged = {"ce_time": b"2026-11-23T09:30:16.000000Z", "ce_producerseq": b"9"}
    altered = [(name, forged.get(name, b"x") if name == header else text) for name, text in headers]
    envelope = wire.decode_envelope("tirek.notify", key, altered)
    with pytest.raises(Unprocessable):
        wire.decode(envelope, value, altered, SEALERS["referral"])


@pytest.mark.parametrize(
    "headers", [[], [("ce_id", b"\xff\xfe")], [("ce_id", b"1"), ("ce_time", b"yesterday")]]
)
def test_bytes_that_are_no_event_are_named_so(headers: list[tuple[str, bytes]]) -> None:
    """Poison is told apart from a bug."""
    with pytest.raises(Unprocessable, match="not an event"):
        wire.decode_envelope("tirek.notify", b"k", headers)


def test_a_type_of_a_later_release_is_named() -> None:
    """It can be parked and redriven after the upgrade, if its service has sealed it."""
    envelope, document = answered()
    later = replace(envelope, type="tirek.answer.received.v9")
    bound = canonical(later.attributes())
    value = SEALERS["notify"].seal(document, ["referral"], aad=bound)
    named = later.attributes() | {"digest": digest_of(bound, document)}
    headers = tuple((f"ce_{name}", text.encode()) for name, text in named.items())
    record = Record("tirek.notify", 0, 0, b"i-1", headers, value)
    reading = Reading(SEALERS["referral"], [envelope.type])
    with pytest.raises(UnknownEventType, match="v9"):
        reading.event(record)
    headers = tuple((n, b"tirek.answer.received.v8" if n == "ce_type" else t) for n, t in headers)
    with pytest.raises(Unproven):
        reading.event(replace(record, headers=headers))


def test_the_chain_has_no_gaps_and_shows_an_altered_event() -> None:
    """Each event carries the digest of the one before it."""
    rows = [Row(n, *answered(n)) for n in range(1, 6)]
    numbered = chain(rows, 10, "before")
    assert [row.envelope.producer_seq for row, _ in numbered] == [11, 12, 13, 14, 15]
    links = ["before", *(own for _, own in numbered)]
    assert [row.envelope.prev for row, _ in numbered] == links[:-1]
    other = [*rows[:2], Row(3, answered(9)[0], rows[2].document), *rows[3:]]
    assert [own for _, own in chain(other, 10, "before")][2:] != links[3:]
    assert [own for _, own in chain(other, 10, "before")][:2] == links[1:3]
