"""``tirek case`` and ``tirek offer``: what coordinators and case holders do, as they type it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest_asyncio
from typer.testing import CliRunner, Result

from deploy.cli.__main__ import app
from deploy.local.stack import Stack
from services.referral.model.service_request import ServiceRequest
from shared.events.words import CancelReason, CloseReason, OfferStatus, Role, ServiceRequestStatus
from shared.security.tokens import Caller
from shared.security.visibility import Viewer
from tests.support.referral_doors import HOLDER, Doors, caller_of, doors
from tests.support.referral_house import worker
from tests.support.tokens import token

COLLEAGUE = "st-colleague"


@pytest_asyncio.fixture(scope="module")
async def here(stack: Stack) -> AsyncIterator[Doors]:
    """The stack's own referral, with the sample directory."""
    await stack.ensure("referral.serve")
    async with doors(stack) as one:
        yield one


async def tirek(here: Doors, caller: Caller, *words: str) -> Result:
    """Runs ``tirek …`` as somebody; what it says stands on one line."""
    env = {
        "TIREK_REFERRAL_URL": here.stack.url("referral"),
        "TIREK_TOKEN": token(here.stack, caller),
        "TIREK_LANG": "en",
    }
    return await asyncio.to_thread(CliRunner().invoke, app, words, env=env)


async def does(here: Doors, caller: Caller, *words: str) -> str:
    """The same, done; what it said."""
    result = await tirek(here, caller, *words)
    assert result.exit_code == 0, result.output
    return _line(result)


async def refused(here: Doors, caller: Caller, *words: str) -> str:
    """The same, refused; what it said."""
    result = await tirek(here, caller, *words)
    assert result.exit_code == 1, result.output
    return _line(result)


def _line(result: Result) -> str:
    return " ".join(result.output.replace("│", " ").split())


async def coordinates(here: Doors) -> Caller:
    """Who coordinates the territory of every case here."""
    caller = replace(caller_of(Role.COORDINATOR, "ministry"), staff_id="st-coordinator")
    await here.house.knows(_viewer(caller))
    return caller


async def holds(here: Doors) -> tuple[Caller, ServiceRequest]:
    """A case that somebody has just accepted, and who."""
    request = await here.case(OfferStatus.REQUESTED)
    offer = request.offers[0]
    holder = Caller(HOLDER, offer.organisation, frozenset({Role.WORKER}))
    await does(here, holder, "offer", "accept", offer.id)
    return holder, request


def _viewer(caller: Caller) -> Viewer:
    return Viewer(caller.staff_id, caller.organisation, caller.roles, caller.territories)


async def test_a_coordinator_has_one_more_service_asked(here: Doors) -> None:
    """Found by its public id; without a service the command says who there is."""
    coordinator, request = await coordinates(here), await here.case(OfferStatus.REQUESTED)
    shown = await does(here, coordinator, "case", "ask", request.public_id)
    assert f"{request.offers[0].service} ({request.offers[0].organisation}): is being" in shown
    assert "sezim-bishkek-counselling (sezim-bishkek)" in shown
    other = "sezim-bishkek-counselling"
    done = await does(here, coordinator, "case", "ask", request.public_id.lower(), other)
    assert f"the service {other} is asked" in done
    assert (await here.house.again(request)).asks(other)
    unknown = await refused(here, coordinator, "case", "ask", request.public_id, "magic")
    assert "service: cannot be asked: unknown" in unknown
    assert "shows who may be asked" in unknown
    assert "the 6 signs" in await refused(here, coordinator, "case", "ask", request.id)


async def test_a_coordinator_takes_an_offer_back_and_voids_it(here: Doors) -> None:
    """Reasons are of the closed list; what is held is not taken back, and it says what to do."""
    coordinator, request = await coordinates(here), await here.case(OfferStatus.REQUESTED)
    offer_id = request.offers[0].id
    command = ("offer", "cancel", offer_id, "--reason")
    assert "taken back" in await does(here, coordinator, *command, CancelReason.DUPLICATE)
    again = (await here.house.again(request)).offer(offer_id)
    assert again is not None
    assert (again.status, again.reason) == (OfferStatus.CANCELLED, CancelReason.DUPLICATE)
    held = await here.case(OfferStatus.ACCEPTED)
    offer_id = held.offers[0].id
    no = await refused(here, coordinator, "offer", "cancel", offer_id)
    assert "an offer that is accepted cannot become cancelled" in no
    assert "is ended by `tirek offer fail`" in no
    done = await does(here, coordinator, "offer", "void", offer_id, "--reason", "entered-twice")
    assert "marked as entered in error" in done
    assert (await tirek(here, coordinator, "offer", "cancel", offer_id, "--reason", "x")).exit_code


async def test_a_coordinator_voids_a_case(here: Doors) -> None:
    """With a code, and no words; the case says so from then on."""
    coordinator, request = await coordinates(here), await here.case(OfferStatus.REQUESTED)
    command = ("case", "void", request.public_id, "--reason")
    assert (await tirek(here, coordinator, *command, "My mistake")).exit_code
    assert "the case is marked as entered in error" in await does(
        here, coordinator, *command, "entered-twice"
    )
    assert (await here.house.again(request)).status is ServiceRequestStatus.ENTERED_IN_ERROR
    holder, request = await holds(here)
    no = await refused(here, holder, "case", "void", request.public_id, "--reason", "entered-twice")
    assert "only a coordinator of the territory" in no


async def test_a_coordinator_closes_a_case_and_opens_it_again(here: Doors) -> None:
    """With a code, which is counted; what somebody holds is ended there first."""
    coordinator, request = await coordinates(here), await here.case(OfferStatus.REQUESTED)
    command = ("case", "close", request.public_id, "--reason", "nobody-can-help")
    assert "the case is closed: nobody can help" in await does(here, coordinator, *command)
    closed = await here.house.again(request)
    assert (closed.closed, closed.open_offers) == (CloseReason.NOBODY_CAN_HELP, ())
    again = await does(here, coordinator, "case", "open-again", request.public_id)
    assert "the case is open again" in again
    assert (await here.house.again(request)).status is ServiceRequestStatus.ACTIVE
    _, held = await holds(here)
    no = await refused(here, coordinator, "case", "close", held.public_id, *command[3:])
    assert "is ended by `tirek offer fail`" in no


async def test_a_holder_pauses_goes_on_and_is_done(here: Doors) -> None:
    """The time of the review as lists show times; done is what was begun."""
    holder, request = await holds(here)
    offer_id = request.offers[0].id
    early = await refused(here, holder, "offer", "complete", offer_id, "--outcome", "helped")
    assert "`tirek offer start`" in early
    now = request.offers[0].requested_at
    pause = ("offer", "hold", offer_id, "--reason", "waiting-for-papers", "--review-at")
    late = f"{now + timedelta(days=400):%d.%m.%Y} 10:00"
    assert "must be in the future" in await refused(here, holder, *pause, late)
    review = f"{now + timedelta(days=7):%d.%m.%Y} 10:00"
    assert f"paused until {review} Asia/Bishkek" in await does(here, holder, *pause, review)
    assert "goes on" in await does(here, holder, "offer", "resume", offer_id)
    await does(here, holder, "offer", "start", offer_id)
    done = await does(here, holder, "offer", "complete", offer_id, "--outcome", "helped")
    assert "it is done: helped" in done
    assert (await here.house.again(request)).status is ServiceRequestStatus.COMPLETED


async def test_a_holder_takes_a_yes_back_or_hands_it_over(here: Doors) -> None:
    """Back is for its giver; over to a colleague, who must be one."""
    holder, request = await holds(here)
    offer_id = request.offers[0].id
    hand_over = ("offer", "handover", offer_id, "--reason", "end-of-shift", "--to")
    assert "`tirek duty` shows" in await refused(here, holder, *hand_over, "st-nobody")
    await here.house.knows(worker(holder.organisation, COLLEAGUE))
    assert f"handed over to {COLLEAGUE}" in await does(here, holder, *hand_over, COLLEAGUE)
    holder, request = await holds(here)
    released = await does(here, holder, "offer", "release", request.offers[0].id)
    assert "your yes is taken back" in released
    again = (await here.house.again(request)).offer(request.offers[0].id)
    assert again is not None
    assert again.status is OfferStatus.FAILED
