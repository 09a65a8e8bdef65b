"""The SMSC of a running stack can be steered over HTTP, and behaves again afterwards."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from deploy.local.variant import Variant
from deploy.simulators.faults import Mode
from deploy.simulators.receipts import Receipts
from services.notify.channels import SendFailed
from services.notify.channels.sms import DeliveryReceipt, DeliveryState, Provider, SmppSession
from tests.stack import state_folder
from tests.support.eventually import eventually
from tests.support.faults.centre import receipts, smsc
from tests.support.faults.rig import Rig, rig
from tests.support.sms import IMPATIENT, PHONE, Inbox, running

LINK = "notify.work:smpp"
DELIVERED, FAILED = DeliveryState.DELIVERED, DeliveryState.FAILED
EXPIRED = DeliveryState.EXPIRED


@pytest_asyncio.fixture(scope="module")
async def own() -> AsyncIterator[Rig]:
    """The simulators, and a link to the SMSC."""
    with state_folder() as state:
        async with rig(state, "simulators", variant=Variant(links=(LINK,))) as it:
            yield it


@asynccontextmanager
async def bound(own: Rig, inbox: Inbox) -> AsyncIterator[SmppSession]:
    """A session as notify's worker would have it."""
    url = own.stack.environment("notify.work")["TIREK_SMPP_URL"]
    assert str(own.links[LINK].routes[0].front) in url
    provider = Provider.from_url(url, sender="1000")
    session = SmppSession(provider, inbox.on_reply, inbox.on_receipt, window=10, timing=IMPATIENT)
    async with running(session):
        yield session


@pytest.mark.parametrize(
    ("mode", "taken"),
    [(Mode.THROTTLE, False), (Mode.REFUSE, False), (Mode.SILENT, False), (Mode.DROP_BIND, False),
     (Mode.SLOW, True)],
    ids=str,
)  # fmt: skip
async def test_every_mode_can_be_set_and_ends_with_its_block(
    own: Rig, mode: Mode, *, taken: bool
) -> None:
    """Then the next text is taken as usual."""
    async with bound(own, Inbox()) as session:
        async with smsc(own.stack, mode, seconds=0.05 if mode is Mode.SLOW else None):
            if taken:
                assert await session.submit(PHONE, "during", reference="m-1")
            else:
                with pytest.raises(SendFailed):
                    await session.submit(PHONE, "during", reference="m-1")
        await eventually(lambda: session.bound)
        assert await session.submit(PHONE, "after", reference="m-2")


@pytest.mark.parametrize(
    ("kind", "states"),
    [
        (Receipts.ONCE, [DELIVERED]),
        (Receipts.TWICE, [DELIVERED, DELIVERED]),
        (Receipts.CONTRADICTORY, [FAILED, DELIVERED, EXPIRED]),
        (Receipts.NONE, []),
    ],
    ids=str,
)
async def test_receipts_come_as_was_asked(
    own: Rig, kind: Receipts, states: list[DeliveryState]
) -> None:
    """In this order; the next text's receipt comes behind them, as usual."""
    inbox = Inbox()
    async with bound(own, inbox) as session:
        async with receipts(own.stack, kind):
            first = await session.submit(PHONE, "during", reference="m-1")
        last = await session.submit(PHONE, "after", reference="m-2")
        expected = [DeliveryReceipt(first, state) for state in states]
        await eventually(lambda: len(inbox.receipts) > len(states))
        assert inbox.receipts == [*expected, DeliveryReceipt(last, DELIVERED)]


async def test_a_late_receipt_comes_all_the_same(own: Rig) -> None:
    """To whoever is bound then."""
    inbox = Inbox()
    async with bound(own, inbox) as session, receipts(own.stack, Receipts.LATE, seconds=0.3):
        late = await session.submit(PHONE, "late", reference="m-1")
    async with bound(own, inbox):
        await eventually(lambda: DeliveryReceipt(late, DELIVERED) in inbox.receipts)


async def test_a_stray_receipt_names_a_text_that_nobody_sent(own: Rig) -> None:
    """Beside the true one."""
    inbox = Inbox()
    async with bound(own, inbox) as session, receipts(own.stack, Receipts.STRAY):
        sent = await session.submit(PHONE, "text", reference="m-1")
        await eventually(lambda: len(inbox.receipts) == 2)
        true, stray = inbox.receipts
        assert true == DeliveryReceipt(sent, DELIVERED)
        assert stray not in {true, DeliveryReceipt(sent, FAILED)}


async def test_a_silent_link_to_the_smsc_is_noticed_and_heals(own: Rig) -> None:
    """The session does not wait for ever, and binds again."""
    async with bound(own, Inbox()) as session:
        async with own.links[LINK].blackholed():
            with pytest.raises(SendFailed):
                await session.submit(PHONE, "silent", reference="m-1")
        async with asyncio.timeout(30):
            await eventually(lambda: session.bound)
            assert await session.submit(PHONE, "after", reference="m-2")
