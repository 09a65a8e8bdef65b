"""People with an e-mail address: told by it too, and by it alone when SMS does not go out."""

from collections.abc import AsyncIterator

import pytest_asyncio

from deploy.local.stack import Stack
from deploy.simulators import mail
from deploy.simulators.faults import Mode
from deploy.simulators.ledger import Ledger
from deploy.simulators.mail import Mailbox
from shared.events.notify import AlertSent, AlertUnreachable
from tests.support.notify import House, house, phone
from tests.support.sms import QUICK, listener, smsc
from tests.support.told import settled, texts

NOBODY_LISTENS = 9
"""A port of this machine at which there is no gateway."""


@pytest_asyncio.fixture
async def here(stack: Stack) -> AsyncIterator[House]:
    """One person on duty, with a phone and an address."""
    async with house(stack) as one:
        await one.organisation()
        await one.person("st-one", 1, email="one@desk.example")
        await one.on_duty("st-one")
        yield one


@pytest_asyncio.fixture
async def post() -> AsyncIterator[tuple[Mailbox, int]]:
    """The mail catcher and its port."""
    mailbox = Mailbox(Ledger())
    with listener() as bound:
        async with mail.serving(mailbox, bound):
            yield mailbox, bound.getsockname()[1]


async def test_both_channels_carry_the_same_code(here: House, post: tuple[Mailbox, int]) -> None:
    """So either can be answered from; the alert is said once, one person told."""
    async with smsc() as (centre, port):
        await here.request()
        async with here.sending(port, timing=QUICK, smtp_port=post[1]):
            await settled(here, 2)
        [text] = texts(centre, phone(1))
    [taken] = post[0].since(0)
    code = text.split()[-1]
    assert code in taken.subject
    assert code in taken.text
    assert [each["people"] for each in await here.said(AlertSent)] == [1]


async def test_when_the_number_is_refused_the_e_mail_still_tells(
    here: House, post: tuple[Mailbox, int]
) -> None:
    """The next channel: nobody is given up while one is left."""
    async with smsc() as (centre, port):
        centre.set_fault(Mode.REFUSE, None, None)
        await here.request()
        async with here.sending(port, timing=QUICK, smtp_port=post[1]):
            await settled(here, 2)
    assert [each["channel"] for each in await here.said(AlertSent)] == ["email"]
    assert await here.said(AlertUnreachable) == []


async def test_with_the_sms_gateway_away_e_mail_goes_out_at_once(
    here: House, post: tuple[Mailbox, int]
) -> None:
    """One channel never waits for the other; what cannot be sent is not claimed either."""
    await here.request()
    async with here.sending(NOBODY_LISTENS, timing=QUICK, smtp_port=post[1]):
        [told] = await settled(here)
    assert (told["channel"], told["status"]) == ("email", "sent")
    [waiting] = await here.messages(channel="sms")
    assert (waiting["status"], waiting["attempts"]) == ("queued", 0)
