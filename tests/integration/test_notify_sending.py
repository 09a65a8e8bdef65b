"""Messages on their way: to a real SMSC, from a real database, through crashes and refusals."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from deploy.local.stack import Stack
from deploy.simulators.faults import Mode
from deploy.simulators.receipts import Receipts
from deploy.simulators.smsc import Smsc
from services.notify.delivery import model, send
from services.notify.delivery.send_results import Ended
from services.notify.delivery.store import messages, receipts
from shared.events.notify import AlertSent, AlertUnreachable
from shared.events.words import OfferStatus, Urgency
from tests.stack import turn_clock
from tests.support.eventually import eventually
from tests.support.notify import House, one_on_duty, phone
from tests.support.sms import IMPATIENT, QUICK, smsc
from tests.support.told import message_where, settled, texts

AT_ONE, AT_TWO = phone(1), phone(2)


@pytest_asyncio.fixture
async def here(stack: Stack) -> AsyncIterator[House]:
    """A crisis centre with one person on duty."""
    async with one_on_duty(stack) as one:
        yield one


@pytest_asyncio.fixture
async def centre() -> AsyncIterator[tuple[Smsc, int]]:
    """The SMS simulator and its port."""
    async with smsc() as up:
        yield up


async def test_an_alert_reaches_the_phone_and_is_said_once(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """In their language, one segment, urgency and deadline only; then referral hears of it."""
    body = await here.request()
    async with here.sending(centre[1], timing=QUICK):
        [message] = await settled(here)
    assert message["status"] == "sent"
    [text] = texts(centre[0], AT_ONE)
    local = body.deadline.astimezone(here.deps.jurisdiction.zone).strftime("%H:%M")
    assert text.startswith("Kezek: Срочно. Ответ до ")
    assert local in text
    [said] = await here.said(AlertSent)
    assert (said["channel"], said["people"], said["alert_id"]) == ("sms", 1, "alert-1")


async def test_two_people_are_two_messages_and_one_alert(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """Each in their own language, with a code of their own; said once."""
    await here.person("st-two", 2, languages=("ky",))
    await here.on_duty("st-one", "st-two")
    await here.request()
    async with here.sending(centre[1], timing=QUICK):
        await settled(here, 2)
    assert "Срочно" in texts(centre[0], AT_ONE)[0]
    assert "ШАШЫЛЫШ" in texts(centre[0], AT_TWO)[0]
    assert [each["people"] for each in await here.said(AlertSent)] == [2]


async def test_who_was_excluded_after_queueing_is_not_told(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """The register changed: the person on duty now has the excluded number."""
    tags = here.deps.exclusions.tagger.phone(phone(9))
    await here.request(excluded_people=here.excluding(tags=tags))
    await here.person("st-one", 9)
    async with here.sending(centre[1], timing=QUICK):
        [message] = await settled(here)
    assert (message["status"], message["reason"]) == ("dropped", "excluded")
    assert list(centre[0].phones.latest()) == []
    assert [each["reason"] for each in await here.said(AlertUnreachable)] == ["excluded"]


async def test_a_unit_excluded_after_queueing_is_not_told(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """The accused was entered as a member of the police unit a moment later."""
    await here.organisation("police-naryn", "police")
    await here.person("st-duty", 5, organisation="police-naryn")
    await here.on_duty("st-duty", organisation="police-naryn")
    tags = here.deps.exclusions.tagger.phone(phone(9))
    await here.request(organisation="police-naryn", excluded_people=here.excluding(tags=tags))
    await here.person("st-new", 9, organisation="police-naryn")
    async with here.sending(centre[1], timing=QUICK):
        await settled(here)
    assert list(centre[0].phones.latest()) == []
    assert [each["reason"] for each in await here.said(AlertUnreachable)] == ["unit-excluded"]


@pytest.mark.parametrize("change", ["cancelled", "deadline", "left"])
async def test_nothing_leaves_for_what_changed_meanwhile(
    here: House, centre: tuple[Smsc, int], change: str
) -> None:
    """The offer was cancelled, its deadline passed, or the person left the service."""
    await here.request()
    if change == "cancelled":
        await here.change(OfferStatus.CANCELLED)
    elif change == "deadline":
        await turn_clock(here.stack, timedelta(minutes=6))
    else:
        await here.person("st-one", 1, active=False)
    async with here.sending(centre[1], timing=QUICK):
        await settled(here)
    assert list(centre[0].phones.latest()) == []
    assert await here.said(AlertSent) == []


async def test_what_was_claimed_when_a_sender_died_is_sent_again_and_says_so(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """Claimed and never recorded: it may have been sent. The same code, marked as a repeat."""
    await here.request()
    async with here.db.transaction() as tx:
        [outgoing] = await send.turn(here.deps, tx, model.Lane.SMS, [], 10)
    async with here.sending(centre[1], timing=QUICK):
        [message] = await settled(here)
    assert (message["status"], message["maybe_sent"], message["attempts"]) == ("sent", 1, 2)
    [text] = texts(centre[0], AT_ONE)
    assert text.startswith("Kezek: Повтор.")
    assert text.split()[-1] == outgoing.content.text.split()[-1]


async def test_a_failure_said_late_does_not_undo_what_the_next_sender_did(here: House) -> None:
    """It had lost its lane meanwhile: what it held was sent by another, and is not sent again."""
    await here.request()
    async with here.db.transaction() as tx:
        [late] = await send.turn(here.deps, tx, model.Lane.SMS, [], 10)
    async with here.db.transaction() as tx:
        await messages.recover(tx, model.Lane.SMS)
    async with here.db.transaction() as tx:
        [again] = await send.turn(here.deps, tx, model.Lane.SMS, [], 10)
    failed = Ended(late, model.Failure.UNAVAILABLE, "not bound")
    for ended in (failed, Ended(again, provider_id="id-1"), failed):
        async with here.db.transaction() as tx:
            await send.turn(here.deps, tx, model.Lane.SMS, [ended], 0)
    [message] = await here.messages()
    assert (message["status"], message["provider_id"]) == ("sent", "id-1")


async def test_a_text_without_an_answer_is_repeated_marked_and_said_once(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """The gateway took it and never answered: nobody says «sent» before the repeat is taken."""
    smsc_, port = centre
    smsc_.set_fault(Mode.SILENT, 1, None)
    await here.request()
    async with here.sending(port, timing=IMPATIENT):
        await eventually(lambda: texts(smsc_, AT_ONE))
        assert await here.said(AlertSent) == []
        await message_where(here, maybe_sent=1)
        await turn_clock(here.stack, timedelta(seconds=30))
        await settled(here)
    first, second = texts(smsc_, AT_ONE)
    assert "Срочно" in first
    assert "Повтор" in second
    assert len(await here.said(AlertSent)) == 1


async def test_a_gateway_that_never_takes_is_tried_until_the_deadline(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """Asked for patience again and again; then the record says why, and referral hears."""
    smsc_, port = centre
    smsc_.set_fault(Mode.THROTTLE, None, None)
    await here.request()
    async with here.sending(port, timing=IMPATIENT):
        await message_where(here, status="queued", reason="throttled")
        await turn_clock(here.stack, timedelta(minutes=6))
        [message] = await settled(here)
    assert (message["status"], message["reason"]) == ("dropped", "deadline")
    assert [each["reason"] for each in await here.said(AlertUnreachable)] == ["failed"]
    assert texts(smsc_, AT_ONE) == []


async def test_a_refused_number_is_final_and_the_next_person_is_told(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """One refusal does not make the alert fail while somebody else can be told."""
    smsc_, port = centre
    await here.person("st-two", 2)
    await here.on_duty("st-one", "st-two")
    smsc_.set_fault(Mode.REFUSE, 1, None)
    await here.request()
    async with here.sending(port, timing=QUICK):
        ended = await settled(here, 2)
    assert sorted(str(each["status"]) for each in ended) == ["refused", "sent"]
    assert len(await here.said(AlertSent)) == 1
    assert await here.said(AlertUnreachable) == []


async def test_if_every_message_is_refused_referral_hears_at_once(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """Long before the deadline."""
    smsc_, port = centre
    smsc_.set_fault(Mode.REFUSE, None, None)
    await here.request()
    async with here.sending(port, timing=QUICK):
        await settled(here)
    assert [each["reason"] for each in await here.said(AlertUnreachable)] == ["failed"]


async def test_emergencies_go_one_by_one_over_a_bind_of_their_own(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """And the ordinary bind never has more than its window in flight."""
    smsc_, port = centre
    for number in range(2, 30):
        await here.person(f"st-{number}", number)
    await here.on_duty(*(f"st-{number}" for number in range(2, 30)))
    await here.request(offer_id="offer-2", alert_id="alert-2")
    await here.on_duty("st-one")
    await here.request(urgency=Urgency.IMMEDIATE)
    async with here.sending(port, timing=QUICK):
        await settled(here, 29)
    binds = {each.bind for each in smsc_.phones.of(AT_ONE)}
    assert binds == {"urgent"}
    assert smsc_.most_unanswered <= here.settings.sms_window
    assert "ЭКСТРЕННО" in texts(smsc_, AT_ONE)[0]


async def test_a_receipt_is_recorded_and_is_no_answer(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """Delivered is what the network says; nobody has said that they have seen it."""
    await here.request()
    async with here.sending(centre[1], timing=QUICK):
        await message_where(here, receipt="delivered")
    async with here.db.transaction() as tx:
        assert await tx.fetchval("SELECT count(*) FROM answers") == 0


async def test_an_alert_says_how_long_it_is_worth_delivering(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """Until the answer's deadline: a phone switched on next day is not asked; that is recorded."""
    smsc_, port = centre
    smsc_.set_receipts(Receipts.CONTRADICTORY, None)
    await here.request()
    async with here.sending(port, timing=QUICK):
        await message_where(here, receipt="expired")
    [valid_for] = smsc_.valid_for.values()
    assert "000000000400000R" < valid_for <= "000000000500000R"


async def test_a_receipt_may_overtake_the_record_of_sending(here: House) -> None:
    """The network is quicker than our commit: the receipt waits for the message it speaks of. Who
    does not hear that its commit stands records it again, and the receipt is still there."""
    await here.request()
    async with here.db.transaction() as tx:
        [outgoing] = await send.turn(here.deps, tx, model.Lane.SMS, [], 10)
    async with here.db.transaction() as tx:
        await receipts.receipt(tx, "id-1", "delivered")
    [message] = outgoing.messages
    for _ in range(2):
        async with here.db.transaction() as tx:
            await messages.sent(tx, [(message, "id-1", outgoing.claimed_at)])
    assert [each["receipt"] for each in await here.messages()] == ["delivered"]


async def test_one_message_without_words_does_not_stop_the_others(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """A template or a place that is no longer there: the record says so, and the rest goes out."""
    await here.person("st-two", 2)
    await here.on_duty("st-one", "st-two")
    await here.request()
    async with here.db.transaction() as tx:
        await tx.execute("UPDATE messages SET template = 'gone' WHERE staff_id = 'st-one'")
    with capture_logs() as logs:
        async with here.sending(centre[1], timing=QUICK):
            ended = await settled(here, 2)
    assert {each["staff_id"]: each["reason"] for each in ended} == {
        "st-one": "no-text",
        "st-two": None,
    }
    assert [each["template"] for each in logs if each["event"] == "message.no-text"] == ["gone"]


async def test_a_clock_that_goes_back_delays_no_alert(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """What was queued while the database's clock was ahead is due, not due in twenty minutes."""
    ahead = timedelta(minutes=20)
    await turn_clock(here.stack, ahead)
    try:
        await here.request()
    finally:
        await turn_clock(here.stack, -ahead)
    async with here.sending(centre[1], timing=QUICK):
        [message] = await settled(here)
    assert message["status"] == "sent"


async def test_two_senders_of_one_lane_never_work_at_once(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """The second stands by: nothing is sent twice."""
    smsc_, port = centre
    async with here.sending(port, timing=QUICK), here.sending(port, timing=QUICK):
        await here.request()
        await settled(here)
    assert len(texts(smsc_, AT_ONE)) == 1
