"""Our SMPP session and an SMSC written apart from it, over real sockets."""

import asyncio

import pytest

from deploy.simulators.faults import Mode
from deploy.simulators.phones import State
from services.notify.channels import Content, Receipt, SendFailed
from services.notify.channels.sms import (
    DeliveryReceipt,
    DeliveryState,
    Reply,
    SmsChannel,
    SmsOutcomeUnknown,
    SmsRefused,
    SmsTooLong,
    SmsUnavailable,
    Timing,
)
from tests.support.eventually import eventually
from tests.support.sms import IMPATIENT, PHONE, QUICK, Inbox, linked, running, session, smsc

TEXT = "Тирек: сизге кайрылуу бар. ООБА K7M2Q9X же ЖОК K7M2Q9X"


async def test_a_text_reaches_the_phone_and_its_receipt_comes_back() -> None:
    """What the phone shows is what was written; the receipt names the id that submit returned."""
    inbox = Inbox()
    async with linked(inbox) as (centre, sms):
        taken = await SmsChannel(sms).send(PHONE, Content(TEXT, subject="left out"), "m-1")
        (message,) = centre.phones.of(PHONE)
        assert (message.text, message.service) == (TEXT, "1000")
        assert taken == Receipt(message.message_id)
        await eventually(lambda: inbox.receipts)
        assert inbox.receipts == [DeliveryReceipt(taken.provider_id, DeliveryState.DELIVERED)]


async def test_a_reply_reaches_the_application() -> None:
    """Whoever answers by SMS is heard, with the number in international form."""
    inbox = Inbox()
    async with linked(inbox) as (centre, _):
        centre.reply(PHONE, "ооба K7M2Q9X")
        await eventually(lambda: centre.phones.of(PHONE)[0].state is State.TAKEN)
        assert inbox.replies == [Reply(PHONE, "ооба K7M2Q9X")]


async def test_a_reply_typed_while_nobody_is_bound_waits() -> None:
    """Nothing that a person answered is lost because we were away."""
    inbox = Inbox()
    async with smsc() as (centre, port):
        centre.reply(PHONE, "Yes K7M2Q9X")
        assert centre.phones.of(PHONE)[0].state is State.WAITING
        async with running(session(port, inbox)):
            await eventually(lambda: inbox.replies)
        assert inbox.replies == [Reply(PHONE, "Yes K7M2Q9X")]


async def test_a_reply_is_acknowledged_only_when_it_is_kept() -> None:
    """When the application cannot keep it the provider hears 0x64, and delivers it again."""
    inbox = Inbox(failures=2)
    async with linked(inbox) as (centre, _):
        number = centre.reply(PHONE, "Yes K7M2Q9X").number
        statuses: list[int | None] = []
        settle = centre.phones.settle

        def watched(number: int, state: State, status: int | None) -> None:
            statuses.append(status)
            settle(number, state, status)

        centre.phones.settle = watched  # type: ignore[method-assign]  # looking on, not in between
        await eventually(lambda: inbox.replies)
        await eventually(lambda: centre.phones.since(number - 1)[0].state is State.TAKEN)
        assert statuses == [0x64, 0x64, 0]
        assert inbox.replies == [Reply(PHONE, "Yes K7M2Q9X")]


async def test_an_application_that_hangs_is_as_one_that_fails() -> None:
    """The provider is told within the time it is willing to wait."""
    async with linked(Inbox(gate=asyncio.Event()), timing=IMPATIENT) as (centre, _):
        centre.reply(PHONE, "Yes K7M2Q9X")
        await eventually(lambda: centre.phones.of(PHONE)[0].status == 0x64)


async def test_a_long_reply_arrives_in_its_parts() -> None:
    """Each part is read without its header; together they are the text."""
    inbox = Inbox()
    text = "Мен азыр дежурстамын, жарым сааттан кийин барам. " * 3
    async with linked(inbox) as (centre, _):
        centre.reply(PHONE, text)
        await eventually(lambda: centre.phones.of(PHONE)[0].state is State.TAKEN)
        assert "".join(reply.text for reply in inbox.replies) == text
        assert len(inbox.replies) == 3


@pytest.mark.parametrize("window", [1, 4])
async def test_the_window_is_never_exceeded(window: int) -> None:
    """A kill repeats at most what was in flight, so no more than that may ever be."""
    async with linked(window=window) as (centre, sms):
        centre.set_fault(Mode.SLOW, count=None, seconds=0.02)
        ids = await asyncio.gather(
            *(sms.submit(PHONE, f"text {n}", reference=f"m-{n}") for n in range(20))
        )
        assert centre.most_unanswered == window
        assert len(set(ids)) == 20
        assert {m.text for m in centre.phones.of(PHONE)} == {f"text {n}" for n in range(20)}


async def test_throttling_slows_down_and_loses_nothing() -> None:
    """ "Too fast" from the provider is surely not sent: the same text goes a little later, once."""
    async with linked() as (centre, sms):
        centre.set_fault(Mode.THROTTLE, count=5, seconds=None)
        await asyncio.gather(
            *(sms.submit(PHONE, f"text {n}", reference=f"m-{n}") for n in range(5))
        )
        assert sorted(m.text for m in centre.phones.of(PHONE)) == [f"text {n}" for n in range(5)]


async def test_throttling_without_end_is_unavailable() -> None:
    """After our patience the text is given back as surely not sent."""
    async with linked(timing=IMPATIENT) as (centre, sms):
        centre.set_fault(Mode.THROTTLE, count=None, seconds=None)
        with pytest.raises(SmsUnavailable, match="throttled"):
            await sms.submit(PHONE, "Hi", reference="m-1")
        assert centre.phones.of(PHONE) == []


async def test_a_refusal_is_final_and_named() -> None:
    """The record can say what the provider disliked."""
    async with linked() as (centre, sms):
        centre.set_fault(Mode.REFUSE, count=1, seconds=None)
        with pytest.raises(SmsRefused, match="ESME_RINVDSTADR") as refusal:
            await sms.submit(PHONE, "Hi", reference="m-1")
        assert refusal.value.code == 0x0B
        assert centre.phones.of(PHONE) == []


async def test_silence_after_a_submit_is_an_unknown_outcome() -> None:
    """The phone did get it: only a repeat marked as such is honest."""
    async with linked(timing=IMPATIENT) as (centre, sms):
        centre.set_fault(Mode.SILENT, count=1, seconds=None)
        with pytest.raises(SmsOutcomeUnknown):
            await sms.submit(PHONE, "Hi", reference="m-1")
        assert [m.state for m in centre.phones.of(PHONE)] == [State.UNANSWERED]
        assert await sms.submit(PHONE, "again", reference="m-2"), "its place is free again"


async def test_a_bind_that_breaks_in_mid_flight_is_an_unknown_outcome() -> None:
    """All in flight are unknown at once, and the session binds again by itself."""
    async with linked() as (centre, sms):
        centre.set_fault(Mode.SLOW, count=2, seconds=60)
        flying = [
            asyncio.create_task(sms.submit(PHONE, f"text {n}", reference=f"m-{n}"))
            for n in range(2)
        ]
        await eventually(lambda: len(centre.phones.of(PHONE)) == 2)
        centre.set_fault(Mode.DROP_BIND, count=1, seconds=None)
        with pytest.raises(SmsOutcomeUnknown, match="connection lost"):
            await sms.submit(PHONE, "the last straw", reference="m-3")
        for flight in flying:
            with pytest.raises(SmsOutcomeUnknown):
                await flight
        assert await sms.submit(PHONE, "after", reference="m-4")


async def test_without_a_bind_a_text_waits_then_is_unavailable() -> None:
    """Surely not sent, and said in time for the ladder to go on."""
    async with linked(timing=IMPATIENT) as (centre, sms):
        centre.set_fault(Mode.DROP_BIND, count=None, seconds=60)
        await eventually(lambda: not sms.bound)
        with pytest.raises(SmsUnavailable, match="not bound"):
            await sms.submit(PHONE, "Hi", reference="m-1")
        assert sms.trouble
        centre.set_fault(Mode.NONE, count=None, seconds=None)
        await eventually(lambda: sms.bound)
        assert sms.trouble is None
        assert await sms.submit(PHONE, "Hi", reference="m-1")


async def test_a_full_window_is_unavailable() -> None:
    """A text that never got its turn was surely not sent."""
    timing = Timing(patience=1.0)
    async with linked(window=1, timing=timing) as (centre, sms):
        centre.set_fault(Mode.SLOW, count=None, seconds=60)
        first = asyncio.create_task(sms.submit(PHONE, "first", reference="m-1"))
        await eventually(lambda: sms.in_flight == 1)
        with pytest.raises(SmsUnavailable, match="window full"):
            await sms.submit(PHONE, "second", reference="m-2")
        first.cancel()
        assert [m.text for m in centre.phones.of(PHONE)] == ["first"]


async def test_the_smsc_may_come_after_us_and_come_back() -> None:
    """No order of starting is needed, and a restart of the SMSC heals by itself."""
    async with smsc() as (_, port):
        pass
    async with running(session(port, Inbox()), bound=False) as sms:
        await eventually(lambda: sms.trouble == "no connection")
        for _ in range(2):
            async with smsc(port=port) as (centre, _port):
                await eventually(lambda: sms.bound)
                assert await sms.submit(PHONE, "Hi", reference="m-1")
                assert len(centre.phones.of(PHONE)) == 1
            await eventually(lambda: not sms.bound)


async def test_a_refused_bind_is_said_and_tried_again() -> None:
    """A wrong password shows in health by its name; it does not end the process."""
    async with (
        smsc(password="other") as (_, port),
        running(session(port, Inbox()), bound=False) as sms,
    ):
        await eventually(lambda: sms.trouble == "ESME_RINVPASWD")
        assert not sms.bound
        assert sms.silent_for is None


async def test_leaving_unbinds() -> None:
    """A graceful stop says goodbye, so the SMSC keeps what it has for us."""
    async with smsc() as (centre, port):
        async with running(session(port, Inbox())):
            assert centre.binds == ["tirek"]
        await eventually(lambda: centre.binds == [])


async def test_two_binds_side_by_side() -> None:
    """Emergencies have a window of their own: a crowd of ordinary texts does not hold them up."""
    async with smsc() as (centre, port):
        ordinary = session(port, Inbox(), window=1, timing=QUICK)
        urgent = session(port, Inbox(), window=1, timing=QUICK)
        async with running(ordinary), running(urgent):
            centre.set_fault(Mode.SLOW, count=1, seconds=60)
            stuck = asyncio.create_task(ordinary.submit(PHONE, "slow", reference="m-1"))
            await eventually(lambda: ordinary.in_flight == 1)
            assert await urgent.submit(PHONE, "urgent", reference="m-2")
            stuck.cancel()


@pytest.mark.parametrize("destination", ["", "+", "101-0", "996 000", "+" + "9" * 16, "１２３"])
async def test_what_is_no_number_is_refused(destination: str) -> None:
    """Nothing but digits goes to the provider, whatever the register holds."""
    async with linked() as (_, sms):
        with pytest.raises(SmsRefused, match="not a telephone number"):
            await sms.submit(destination, "Hi", reference="m-1")


async def test_a_text_over_one_segment_is_never_sent() -> None:
    """Some operators do not join parts, so half a message would be all that arrives."""
    async with linked() as (centre, sms):
        with pytest.raises(SmsTooLong) as refusal:
            await sms.submit(PHONE, "ү" * 71, reference="m-1")
        assert isinstance(refusal.value, SendFailed)
        assert centre.phones.of(PHONE) == []
