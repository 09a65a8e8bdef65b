"""What people hear when an offer they were alerted to is over."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest_asyncio

from deploy.local.stack import Stack
from deploy.simulators.faults import Mode
from deploy.simulators.smsc import Smsc
from shared.events import Act
from shared.events.words import HELD, Channel, OfferStatus
from tests.support.eventually import eventually
from tests.support.notify import House, one_on_duty, phone
from tests.support.referral import numbered
from tests.support.sms import QUICK, smsc
from tests.support.told import settled, texts

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


async def test_colleagues_hear_that_it_is_taken_and_the_holder_does_not(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """Everybody who was alerted and did not act, once, also when told by two channels."""
    smsc_, port = centre
    await here.person("st-two", 2)
    await here.on_duty("st-one", "st-two")
    await here.request()
    async with here.sending(port, timing=QUICK):
        await settled(here, 2)
        await here.change(OfferStatus.ACCEPTED, person="st-one")
        await settled(here, 3)
    assert "уже приняли другие" in texts(smsc_, AT_TWO)[1]
    assert len(texts(smsc_, AT_ONE)) == 1


async def test_the_alerted_hear_that_a_cancelled_offer_needs_nothing_more(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """Superseded elsewhere; said twice by the bus, told once."""
    smsc_, port = centre
    await here.request()
    async with here.sending(port, timing=QUICK):
        await settled(here)
        await here.change(OfferStatus.CANCELLED)
        await here.change(OfferStatus.CANCELLED)
        await settled(here, 2)
    assert "больше не нужно" in texts(smsc_, AT_ONE)[1]
    assert len(texts(smsc_, AT_ONE)) == 2


async def test_an_offer_that_ends_while_its_alert_is_on_the_way_is_told_after_it(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """The alert could not be called back: its reader hears at once that it is over."""
    smsc_, port = centre
    smsc_.set_fault(Mode.SLOW, 1, 0.5)
    await here.request()
    async with here.sending(port, timing=QUICK):
        await eventually(lambda: texts(smsc_, AT_ONE))
        await here.change(OfferStatus.CANCELLED)
        await settled(here, 2)
    assert "больше не нужно" in texts(smsc_, AT_ONE)[1]


async def test_the_holder_of_a_withdrawn_case_is_told_to_delete_copies(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """Also if they accepted elsewhere and never had a code."""
    await here.change(OfferStatus.ACCEPTED, person="st-one")
    await here.change(OfferStatus.CANCELLED, before=OfferStatus.ACCEPTED, reason="withdrawn")
    async with here.sending(centre[1], timing=QUICK):
        await settled(here)
    assert "Удалите свои записи" in texts(centre[0], AT_ONE)[0]


async def test_who_holds_a_case_that_was_entered_in_error_hears_it(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """Also once it was done; by its public id, for it never had a code that they know."""
    by = await act(here, "st-coordinator")
    for number, held in enumerate((*sorted(HELD), OfferStatus.COMPLETED)):
        offer: dict[str, Any] = {"offer_id": f"offer-{held}", "public_id": numbered(number)}
        await here.change(OfferStatus.ACCEPTED, person="st-one", **offer)
        await here.change(OfferStatus.ENTERED_IN_ERROR, before=held, act=by, **offer)
    async with here.sending(centre[1], timing=QUICK):
        await settled(here, 4)
    told = texts(centre[0], AT_ONE)
    assert all("прекращено. Удалите свои записи" in each for each in told)
    assert [any(numbered(number) in each for each in told) for number in range(4)] == [True] * 4


async def test_who_was_asked_in_error_hears_that_nothing_is_needed(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """The offer was open when it was voided."""
    await here.request()
    async with here.sending(centre[1], timing=QUICK):
        await settled(here)
        await here.change(OfferStatus.ENTERED_IN_ERROR, act=await act(here, "st-coordinator"))
        await settled(here, 2)
    assert "больше не нужно" in texts(centre[0], AT_ONE)[1]


async def act(here: House, actor: str) -> Act:
    """Something that somebody did now."""
    return Act(received_at=await here.now(), actor=actor, channel=Channel.API)


async def given(
    here: House, person: str = "st-two", before: OfferStatus = OfferStatus.ACCEPTED
) -> dict[str, Any]:
    """What referral says when others make somebody the holder: with four hours to take it over."""
    return {"person": person, "before": before, "deadline": await here.now() + timedelta(hours=4)}


async def test_a_new_holder_hears_it_with_the_deadline_and_the_old_one_that_it_is_gone(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """A coordinator hands a case over: neither has done anything, and both must know."""
    await here.person("st-two", 2)
    await here.change(OfferStatus.ACCEPTED, person="st-one", act=await act(here, "st-one"))
    async with here.sending(centre[1], timing=QUICK):
        await here.change(
            OfferStatus.ACCEPTED, act=await act(here, "st-coordinator"), **await given(here)
        )
        await settled(here, 2)
    assert "передано вам. Войдите до" in texts(centre[0], AT_TWO)[0]
    assert "уже приняли другие" in texts(centre[0], AT_ONE)[0]
    assert (len(texts(centre[0], AT_ONE)), len(texts(centre[0], AT_TWO))) == (1, 1)


async def test_who_hands_a_case_over_need_not_be_told(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """The old holder did it; and whoever took it over by an act of theirs knows as well."""
    await here.person("st-two", 2)
    await here.change(OfferStatus.ACCEPTED, person="st-one", act=await act(here, "st-one"))
    to_two = await given(here)
    async with here.sending(centre[1], timing=QUICK):
        await here.change(OfferStatus.ACCEPTED, act=await act(here, "st-one"), **to_two)
        await here.change(OfferStatus.ACCEPTED, act=await act(here, "st-two"), **to_two)
        await settled(here)
    assert [len(texts(centre[0], each)) for each in (AT_ONE, AT_TWO)] == [0, 1]


async def test_whoever_a_desk_said_yes_for_hears_that_it_is_theirs(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """They may never have been asked: a coordinator entered it."""
    await here.request()
    said = await act(here, "st-coordinator")
    await here.change(
        OfferStatus.ACCEPTED, act=said, **await given(here, "st-one", OfferStatus.REQUESTED)
    )
    async with here.sending(centre[1], timing=QUICK):
        await settled(here, 2)
    assert ["передано вам" in each for each in texts(centre[0], AT_ONE)] == [True]
