"""Gateways as they are: habits that the standard allows, or that many have all the same."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable

import pytest
import smpp34
from structlog.testing import capture_logs

from deploy.simulators.faults import Habits
from deploy.simulators.phones import State
from services.notify.channels.sms import (
    DeliveryReceipt,
    DeliveryState,
    Provider,
    Reply,
    SmppSession,
    SmsOutcomeUnknown,
    SmsRefused,
)
from tests.integration.test_sms_bad_peers import facing, next_frame, pdu, stay
from tests.support.eventually import eventually
from tests.support.sms import IMPATIENT, PHONE, Inbox, linked, running, scripted, session, smsc

BOUND = 0x80000009
HABITS = [
    Habits(by_data_sm=True),
    Habits(marks_receipts=False),
    Habits(wide_receipts=True),
    Habits(by_data_sm=True, marks_receipts=False, wide_receipts=True),
]


async def test_a_gateway_that_speaks_first_binds_us() -> None:
    """It asks whether we are there before it says yes: it is answered, and we are bound."""
    async with smsc() as (centre, port):
        centre.habits = Habits(speaks_first=True)
        async with running(session(port, Inbox(), timing=IMPATIENT)) as sms:
            assert await sms.submit(PHONE, "Hi", reference="m-1")
            assert len(centre.phones.of(PHONE)) == 1


@pytest.mark.parametrize("habits", HABITS, ids=str)
async def test_replies_and_receipts_are_told_apart_whatever_carries_them(habits: Habits) -> None:
    """No receipt is ever taken for somebody's word, no yes for a receipt, and each is taken."""
    inbox = Inbox()
    async with linked(inbox) as (centre, sms):
        centre.habits = habits
        taken = await sms.submit(PHONE, "Hi", reference="m-1")
        centre.reply(PHONE, "ооба K7M2Q9X")
        await eventually(lambda: centre.phones.of(PHONE)[-1].state is State.TAKEN)
        await eventually(lambda: inbox.receipts)
        assert inbox.receipts == [DeliveryReceipt(taken, DeliveryState.DELIVERED)]
        assert inbox.replies == [Reply(PHONE, "ооба K7M2Q9X")]


@pytest.mark.parametrize("coding", [(6, "iso8859-5"), (8, "utf-16-le"), (0, "utf-8")], ids=str)
async def test_a_yes_in_another_coding_is_understood(coding: tuple[int, str]) -> None:
    """As the phone showed it while it was typed."""
    inbox = Inbox()
    async with linked(inbox) as (centre, _):
        centre.habits = Habits(coding=coding)
        centre.reply(PHONE, "ДА K7M2Q9X")
        await eventually(lambda: inbox.replies)
        assert inbox.replies == [Reply(PHONE, "ДА K7M2Q9X")]


def delivery(text: bytes, sequence: int) -> bytes:
    """A deliver_sm from the phone."""
    body = smpp34.DeliverSm(PHONE[1:], "1000", text, source_addr_ton=1).encode()[16:]
    return pdu(0x05, 0, sequence, body)


async def test_what_comes_before_the_binds_answer_is_kept_in_its_order() -> None:
    """A reply that waited for us, a question, a vendor's command, an answer to nothing."""
    inbox = Inbox()
    answered: list[tuple[int, int, int]] = []

    async def peer(reader: StreamReader, writer: StreamWriter) -> None:
        _, _, sequence, _ = await next_frame(reader)
        writer.write(delivery(b"first", 7) + pdu(0x15, 0, 7) + pdu(0x80000015, 0, 99))
        writer.write(pdu(0x00010200, 0, 8) + delivery(b"second", 9))
        writer.write(pdu(BOUND, 0, sequence, b"peer\0") + delivery(b"third", 7))
        while len(answered) < 5:
            answered.append((await next_frame(reader))[:3])
        await stay(reader, writer)

    async with scripted(peer) as port, running(session(port, inbox)) as sms:
        await eventually(lambda: len(answered) == 5)
        assert [reply.text for reply in inbox.replies] == ["first", "second", "third"]
        assert sorted(answered) == [
            (0x80000000, 0x03, 8),
            (0x80000005, 0, 7),
            (0x80000005, 0, 7),
            (0x80000005, 0, 9),
            (0x80000015, 0, 7),
        ]
        assert sms.bound


@pytest.mark.parametrize(
    ("says", "trouble"),
    [
        (lambda n: pdu(BOUND, 0x0E, n), "ESME_RINVPASWD"),
        (lambda n: pdu(BOUND, 0x0501, n), "vendor-specific"),
        (lambda n: pdu(0x80000000, 0x03, n), "ESME_RINVCMDID"),
        (lambda n: pdu(0x80000000, 0, n), "answered by another command"),
        (lambda n: pdu(0x80000001, 0, n, b"peer\0"), "answered by another command"),
        (
            lambda _n: pdu(0x80000000, 0, 0),
            "the peer could not read us: no reason given, before an answer to the bind",
        ),
        (lambda _n: pdu(0x06, 0, 5), "unbound by the peer, before an answer to the bind"),
        (lambda _n: b"", "closed by the peer, before an answer to the bind"),
        (
            lambda _n: b"HTTP/1.1 400 Bad\r\n",
            "malformed: impossible PDU length, before an answer to the bind",
        ),
    ],
)
async def test_a_bind_that_fails_says_why(says: Callable[[int], bytes], trouble: str) -> None:
    """The true cause in health and in the log, and never that all is well."""

    async def peer(reader: StreamReader, writer: StreamWriter) -> None:
        _, _, sequence, _ = await next_frame(reader)
        writer.write(says(sequence))
        await writer.drain()
        writer.close()

    shown: list[str | None] = []
    with capture_logs() as logs:
        async with scripted(peer) as port:
            sms = session(port, Inbox(), timing=IMPATIENT)
            sms._on_trouble = shown.append
            async with running(sms, bound=False):
                await eventually(lambda: trouble in shown)
    assert trouble in {entry.get("reason") for entry in logs}
    assert "ESME_ROK" not in repr(logs)


async def test_a_host_that_nobody_has_is_not_a_gateway_that_is_away() -> None:
    """A typing error in the address is no reason to call the provider."""
    provider = Provider.from_url("smpp://tirek:secret@nowhere.invalid", sender="1000")
    sms = SmppSession(provider, Inbox().on_reply, Inbox().on_receipt, timing=IMPATIENT)
    async with running(sms, bound=False):
        await eventually(lambda: sms.trouble == "host not found")


async def test_answers_may_come_in_any_order_and_only_the_right_kind_counts() -> None:
    """Each text has its own answer; another kind's under its number says nothing of it."""

    async def play(reader: StreamReader, writer: StreamWriter) -> None:
        numbers = [(await next_frame(reader))[2] for _ in range(3)]
        writer.write(pdu(0x80000015, 0, numbers[0]) + pdu(0x80000103, 0, numbers[1], b"x\0"))
        for number in reversed(numbers):
            writer.write(pdu(0x80000004, 0, number, f"id-{number}\0".encode()))
            writer.write(pdu(0x80000004, 0, number, b"again\0"))
        _, _, number, _ = await next_frame(reader)
        writer.write(pdu(0x80000015, 0, number))
        await stay(reader, writer)

    async with facing(play, timing=IMPATIENT) as sms:
        ids = await asyncio.gather(
            *(sms.submit(PHONE, f"text {n}", reference=f"m-{n}") for n in range(3))
        )
        assert sorted(ids) == ["id-2", "id-3", "id-4"]
        with pytest.raises(SmsOutcomeUnknown):
            await sms.submit(PHONE, "Hi", reference="m-4")


async def test_a_refusal_without_a_reason_says_that() -> None:
    """generic_nack with ESME_ROK is still a refusal."""

    async def play(reader: StreamReader, writer: StreamWriter) -> None:
        _, _, number, _ = await next_frame(reader)
        writer.write(pdu(0x80000000, 0, number))
        await stay(reader, writer)

    async with facing(play, timing=IMPATIENT) as sms:
        with pytest.raises(SmsRefused, match="no reason given"):
            await sms.submit(PHONE, "Hi", reference="m-1")


async def test_what_is_never_answered_is_not() -> None:
    """alert_notification and outbind have no answer; the question after them has."""
    answers: list[tuple[int, int, int]] = []

    async def play(reader: StreamReader, writer: StreamWriter) -> None:
        writer.write(pdu(0x102, 0, 4, b"\x01\x01996000000101\0\x03\x001000\0"))
        writer.write(pdu(0x0B, 0, 5, b"peer\0secret\0") + pdu(0x15, 0, 6))
        answers.append((await next_frame(reader))[:3])
        await stay(reader, writer)

    async with facing(play) as sms:
        await eventually(lambda: answers)
        assert answers == [(0x80000015, 0, 6)]
        assert sms.bound
