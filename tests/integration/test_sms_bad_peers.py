"""Peers that break the protocol, the connection or their word, played octet by octet."""

import asyncio
import struct
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import smpp34
import uvloop
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from services.notify.channels.sms import (
    Provider,
    Reply,
    SmppSession,
    SmsOutcomeUnknown,
    SmsRefused,
    SmsUnavailable,
    Timing,
)
from services.notify.channels.sms.link import Link, LinkLost, NotWritten
from services.notify.channels.sms.wire import Pdu
from tests.support.eventually import eventually
from tests.support.sms import IMPATIENT, PHONE, QUICK, Inbox, running, scripted, session

Play = Callable[[StreamReader, StreamWriter], Awaitable[None]]


def pdu(command_id: int, status: int, sequence: int, body: bytes = b"") -> bytes:
    return struct.pack(">4L", 16 + len(body), command_id, status, sequence) + body


async def next_frame(reader: StreamReader) -> tuple[int, int, int, bytes]:
    length, command_id, status, sequence = struct.unpack(">4L", await reader.readexactly(16))
    return command_id, status, sequence, await reader.readexactly(length - 16)


def after_bind(play: Play) -> Play:
    """Admits the client, then does as ``play`` does."""

    async def peer(reader: StreamReader, writer: StreamWriter) -> None:
        try:
            _, _, sequence, _ = await next_frame(reader)
            writer.write(pdu(0x80000009, 0, sequence, b"peer\0"))
            await play(reader, writer)
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()

    return peer


@asynccontextmanager
async def facing(
    play: Play, inbox: Inbox | None = None, *, timing: Timing = QUICK, bound: bool = True
) -> AsyncIterator[SmppSession]:
    """A session whose peer admits it and then does as ``play`` does."""
    async with (
        scripted(after_bind(play)) as port,
        running(session(port, inbox or Inbox(), timing=timing), bound=bound) as sms,
    ):
        yield sms


async def stay(reader: StreamReader, _writer: StreamWriter) -> None:
    """Takes whatever comes and says nothing."""
    while await reader.read(4096):
        pass


async def test_both_sides_may_ask_whether_the_other_is_there() -> None:
    """enquire_link is answered, and asked."""
    seen: list[int] = []

    async def play(reader: StreamReader, writer: StreamWriter) -> None:
        writer.write(pdu(0x15, 0, 77))
        while True:
            command_id, _, sequence, _ = await next_frame(reader)
            seen.append(command_id)
            if command_id == 0x15:
                writer.write(pdu(0x80000015, 0, sequence))
            elif command_id == 0x80000015:
                assert sequence == 77

    timing = Timing(enquire_every=0.05)
    async with facing(play, timing=timing) as sms:
        await eventually(lambda: {0x15, 0x80000015} <= set(seen))
        await eventually(lambda: seen.count(0x15) > 2)
        assert sms.bound
        assert sms.silent_for is not None
        assert sms.silent_for < 5


async def test_a_peer_that_falls_silent_is_left() -> None:
    """A dead link shows as not bound and is bound anew, instead of swallowing texts."""
    binds = 0

    async def play(reader: StreamReader, writer: StreamWriter) -> None:
        nonlocal binds
        binds += 1
        await stay(reader, writer)

    timing = Timing(enquire_every=0.05, answer=0.5, first_pause=0.02, longest_pause=0.1)
    with capture_logs() as logs:
        async with facing(play, timing=timing):
            await eventually(lambda: binds >= 3)
    assert {"smpp.lost"} == {e["event"] for e in logs if e["log_level"] == "warning"}
    assert "no answer to enquire_link" in {e.get("reason") for e in logs}


async def test_a_peer_that_never_answers_the_bind_is_left() -> None:
    """A TCP connection is not yet a bind."""
    async with (
        scripted(stay) as port,
        running(session(port, Inbox(), timing=IMPATIENT), bound=False) as sms,
    ):
        await eventually(lambda: sms.trouble == "no answer to the bind")


def test_what_is_asked_of_a_connection_just_lost_was_surely_not_written() -> None:
    """The loop that workers run on takes a write to it as a mistake, before we know of the loss."""

    async def lose() -> None:
        async with scripted(after_bind(stay)) as port:
            provider = Provider.from_url(f"smpp://tirek:secret@127.0.0.1:{port}", sender="1000")
            link = await Link.open(provider, QUICK)
            link._writer.transport.abort()
            await link._writer.wait_closed()
            with pytest.raises(NotWritten):
                await link.request(Pdu(0x15, 0, 0).numbered)
            with pytest.raises(LinkLost):
                await link._write(pdu(0x80000015, 0, 77))

    uvloop.run(lose())


async def test_an_unbind_is_answered_and_bound_again() -> None:
    """Maintenance at the provider looks like this."""
    answered = 0

    async def play(reader: StreamReader, writer: StreamWriter) -> None:
        nonlocal answered
        writer.write(pdu(0x06, 0, 5))
        if (await next_frame(reader))[:3] == (0x80000006, 0, 5):
            answered += 1

    async with facing(play, timing=IMPATIENT, bound=False):
        await eventually(lambda: answered >= 2)


async def test_leaving_says_goodbye() -> None:
    """unbind is asked and answered, so the SMSC keeps for us what it cannot deliver."""
    seen: list[int] = []

    async def play(reader: StreamReader, writer: StreamWriter) -> None:
        command_id, _, sequence, _ = await next_frame(reader)
        writer.write(pdu(command_id | 0x80000000, 0, sequence))
        seen.extend([command_id, *await reader.read()])

    async with facing(play):
        pass
    await eventually(lambda: seen == [0x06])


async def test_requests_nobody_knows_are_refused_and_the_bind_stays() -> None:
    """A vendor's own command gets generic_nack, ESME_RINVCMDID."""
    nack: list[tuple[int, int, int, bytes]] = []

    async def play(reader: StreamReader, writer: StreamWriter) -> None:
        writer.write(pdu(0x00010200, 0, 8, b"whatever"))
        nack.append(await next_frame(reader))
        await stay(reader, writer)

    async with facing(play) as sms:
        await eventually(lambda: nack)
        assert nack == [(0x80000000, 0x03, 8, b"")]
        assert sms.bound


async def test_a_delivery_nobody_can_read_is_refused_for_good_and_the_next_is_read() -> None:
    """One damaged reply does not come back for ever, nor keep the good ones from us."""
    inbox = Inbox()
    answers: list[tuple[int, int, int, bytes]] = []

    async def play(reader: StreamReader, writer: StreamWriter) -> None:
        writer.write(pdu(0x05, 0, 1, b"\0\0\0noend"))
        good = smpp34.DeliverSm("996000000101", "1000", b"Yes", source_addr_ton=1)
        writer.write(pdu(0x05, 0, 2, good.encode()[16:]))
        answers.extend([await next_frame(reader), await next_frame(reader)])
        await stay(reader, writer)

    async with facing(play, inbox) as sms:
        await eventually(lambda: len(answers) == 2)
        assert [answer[:3] for answer in answers] == [
            (0x80000005, 0x65, 1),
            (0x80000005, 0, 2),
        ]
        assert inbox.replies == [Reply(PHONE, "Yes")]
        assert sms.bound


async def test_more_deliveries_than_we_can_hold_are_put_off() -> None:
    """A flood costs bounded memory: the overflow is put off, and what is kept is in order."""
    gate = asyncio.Event()
    inbox = Inbox(gate=gate)
    answers: dict[int, int] = {}

    async def play(reader: StreamReader, writer: StreamWriter) -> None:
        for n in range(1, 151):
            text = str(n).encode()
            body = smpp34.DeliverSm("996000000101", "1000", text, source_addr_ton=1).encode()[16:]
            writer.write(pdu(0x05, 0, n, body))
        while True:
            _, status, sequence, _ = await next_frame(reader)
            answers[sequence] = status
            if len(answers) == 1:
                gate.set()

    async with facing(play, inbox):
        await eventually(lambda: len(answers) == 150)
    kept = sorted(n for n, status in answers.items() if status == 0)
    assert set(answers.values()) == {0, 0x64}
    assert [int(reply.text) for reply in inbox.replies] == kept
    assert len(kept) >= 100


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (lambda n: pdu(0x80000004, 0x08, n), SmsUnavailable),
        (lambda n: pdu(0x80000004, 0x64, n), SmsUnavailable),
        (lambda n: pdu(0x80000004, 0x45, n, b"\0"), SmsRefused),
        (lambda n: pdu(0x80000004, 0x0401, n), SmsRefused),
        (lambda n: pdu(0x80000000, 0x02, n), SmsRefused),
        (lambda _n: pdu(0x80000000, 0x02, 0), SmsOutcomeUnknown),
        (lambda n: pdu(0x80000004, 0, n + 1000, b"1\0"), SmsOutcomeUnknown),
        (lambda _n: b"HTTP/1.1 400 Bad Request\r\n\r\n", SmsOutcomeUnknown),
        (lambda _n: b"\0\0\0", SmsOutcomeUnknown),
    ],
)
async def test_every_answer_to_a_submit_has_one_honest_outcome(
    answer: Callable[[int], bytes], outcome: type[Exception]
) -> None:
    """Errors by kind, a nack with and without our number, a stranger's answer, noise."""

    async def play(reader: StreamReader, writer: StreamWriter) -> None:
        _, _, sequence, _ = await next_frame(reader)
        writer.write(answer(sequence))
        await stay(reader, writer)

    async with facing(play, timing=IMPATIENT) as sms:
        with pytest.raises(outcome):
            await sms.submit(PHONE, "Hi", reference="m-1")


async def test_an_accepted_text_without_an_id_is_accepted() -> None:
    """It was taken over: only its receipts will find no message."""

    async def play(reader: StreamReader, writer: StreamWriter) -> None:
        for body in (b"", b"no-end"):
            _, _, sequence, _ = await next_frame(reader)
            writer.write(pdu(0x80000004, 0, sequence, body))
        await stay(reader, writer)

    async with facing(play) as sms:
        assert await sms.submit(PHONE, "Hi", reference="m-1") == ""
        assert await sms.submit(PHONE, "Hi", reference="m-2") == ""


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(min_size=1, max_size=200))
async def test_no_octets_from_the_peer_end_the_session(noise: bytes) -> None:
    """Whatever comes after the bind, the session reads on or binds again."""
    binds = 0

    async def play(_reader: StreamReader, writer: StreamWriter) -> None:
        nonlocal binds
        binds += 1
        writer.write(noise if binds == 1 else b"")
        await writer.drain()

    timing = Timing(first_pause=0.001, longest_pause=0.002)
    async with facing(play, timing=timing, bound=False):
        await eventually(lambda: binds >= 2)


async def test_no_number_and_no_word_is_logged() -> None:
    """Neither the destination, nor the text, nor a reply appears in a log, also when all fails."""
    inbox = Inbox(failures=1)

    async def play(reader: StreamReader, writer: StreamWriter) -> None:
        body = smpp34.DeliverSm("996000000101", "1000", b"canary", source_addr_ton=1)
        writer.write(pdu(0x05, 0, 2, body.encode()[16:]))
        await next_frame(reader)
        _, _, sequence, _ = await next_frame(reader)
        writer.write(pdu(0x80000004, 0x58, sequence) + b"canary-canary-canary")

    with capture_logs() as logs:
        async with facing(play, inbox, timing=IMPATIENT) as sms:
            with pytest.raises(SmsUnavailable):
                await sms.submit(PHONE, "canary", reference="m-1")
    events = {entry["event"] for entry in logs}
    assert {"smpp.bound", "smpp.lost", "sms.throttled", "smpp.delivery-not-kept"} <= events
    assert "canary" not in repr(logs)
    assert "996000000101" not in repr(logs)
