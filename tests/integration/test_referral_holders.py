"""Nobody's case stays with nobody: who was given one is waited for, who has one is looked after."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from services.referral.handlers import answers, casework
from services.referral.handlers.answers import Answering
from services.referral.jobs import clock_job
from services.referral.model import casework as acts
from services.referral.model.service_request import Offer, ServiceRequest
from shared.events.words import Answer, OfferStatus, Role
from shared.runtime.quarantine import Quarantine
from tests.stack import scratch, turn_clock
from tests.support.referral_house import House, coordinator, opened, worker

ACK, REVIEW = timedelta(minutes=30), timedelta(days=7)
"""T_ack of counselling, and the review of what is urgent."""


@pytest_asyncio.fixture(scope="module")
async def own() -> AsyncIterator[Stack]:
    """A database whose clock nobody else turns."""
    async with scratch("referral.migrate") as stack:
        yield stack


@pytest_asyncio.fixture
async def house(own: Stack) -> AsyncIterator[House]:
    """Referral with the sample directory, and nothing in it that waits."""
    async with opened(own) as house:
        async with house.db.transaction() as tx:
            await tx.execute("DELETE FROM offer")
            await tx.execute("DELETE FROM decision")
            await tx.execute("DELETE FROM service_request")
        yield house


async def placed(house: House) -> tuple[ServiceRequest, Offer]:
    """A case that st-one has accepted."""
    request = await house.reported()
    offer = request.offers[0]
    one = worker(offer.organisation)
    async with house.as_seen_by(one) as tx:
        await answers.answer(tx, house.deps, Answering(one, Answer.ACCEPT), offer.id)
    await house.knows(worker(offer.organisation, "st-two"))
    return request, offer


async def standing(house: House, request: ServiceRequest) -> Offer:
    """The first offer, as it is now."""
    return (await house.again(request)).offers[0]


async def clock(house: House) -> None:
    """The clock does what is due, until nothing is."""
    step = clock_job(house.deps, Quarantine())
    for _ in range(20):
        async with house.db.transaction() as tx:
            next_at = await step(tx)
            if next_at is None or next_at > tx.now:
                return
    pytest.fail("the clock finds ever the same thing due")


async def told(house: House, request: ServiceRequest) -> int:
    """How many notices there were."""
    return (await house.said(request)).count("notice.requested")


async def test_a_new_holder_is_waited_for_until_they_act(house: House, own: Stack) -> None:
    """A coordinator hands a case over: after T_ack she hears that nobody took it, and after as long
    again once more; the new holder asks for a ticket, and it is theirs.
    """
    request, offer = await placed(house)
    boss, two = coordinator(), worker(offer.organisation, "st-two")
    async with house.as_seen_by(boss) as tx:
        await casework.hand_over(tx, house.deps, boss, offer.id, "st-two", "on leave")
        now = tx.now
    assert (await standing(house, request)).take_over_by == now + ACK
    for heard, waited in ((1, ACK), (2, 2 * ACK)):
        await turn_clock(own, waited + timedelta(seconds=1))
        await clock(house)
        assert await told(house, request) == heard
    async with house.as_seen_by(two) as tx:
        assert await answers.renew_ticket(tx, house.deps, two, offer.id)
    held = await standing(house, request)
    assert (held.person, held.take_over_by, held.status) == ("st-two", None, OfferStatus.ACCEPTED)
    await turn_clock(own, 4 * ACK)
    await clock(house)
    assert await told(house, request) == 2
    assert (await house.said(request)).count(
        "offer.changed"
    ) == 5  # asked, taken, given, reminded, taken over


async def test_a_yes_entered_at_a_desk_waits_for_whoever_it_was_entered_for(house: House) -> None:
    """They may be the wrong person, and would not know for days; their own word ends it."""
    request = await house.reported()
    offer = request.offers[0]
    boss, two = coordinator(), worker(offer.organisation, "st-two")
    await house.knows(two)
    async with house.as_seen_by(boss) as tx:
        by = Answering(boss, Answer.ACCEPT, on_behalf_of="st-two")
        await answers.answer(tx, house.deps, by, offer.id)
    assert (await standing(house, request)).take_over_by is not None
    async with house.as_seen_by(two) as tx:
        await answers.answer(tx, house.deps, Answering(two, Answer.RECEIVED), offer.id)
    assert (await standing(house, request)).take_over_by is None


async def test_a_case_in_progress_comes_before_a_coordinator_again_and_again(
    house: House, own: Stack
) -> None:
    """It stays in progress, and its next review is set."""
    request, offer = await placed(house)
    one = worker(offer.organisation)
    async with house.as_seen_by(one) as tx:
        await casework.holder_act(tx, house.deps, one, offer.id, acts.start)
        began = tx.now
    assert (await standing(house, request)).deadline == began + REVIEW
    for heard in (1, 2):
        await turn_clock(own, REVIEW + timedelta(seconds=1))
        await clock(house)
        assert await told(house, request) == heard
    assert (await standing(house, request)).status is OfferStatus.IN_PROGRESS


@pytest.mark.parametrize("status", ["completed", "failed", "on-hold"])
async def test_a_release_before_leaves_nothing_that_stops_the_clock(
    house: House, own: Stack, status: str
) -> None:
    """It knows neither a review nor a take-over, and writes only the columns that it knows: what
    stays behind in the others is no deadline of the state that it left.
    """
    _, offer = await placed(house)
    one = worker(offer.organisation)
    async with house.as_seen_by(one) as tx:
        await casework.holder_act(tx, house.deps, one, offer.id, acts.start)
        await casework.hand_over(tx, house.deps, one, offer.id, "st-two", "on leave")
    later = "(SELECT max(look_at) + interval '30 days' FROM offer)"
    async with house.db.transaction() as tx:
        due = later if status == "on-hold" else "NULL"
        await tx.execute(f"UPDATE offer SET status = $1, deadline = {due}", status)
        await tx.execute(f"UPDATE service_request SET next_due = {due}")
    await turn_clock(own, REVIEW + timedelta(seconds=1))
    await clock(house)


@pytest.mark.parametrize("why", ["left", "elsewhere", "excluded", "without a role"])
async def test_of_a_case_whose_holder_is_gone_a_coordinator_hears_at_once(
    house: House, own: Stack, why: str
) -> None:
    """They see it no more, so it is nobody's, and she hears again until somebody acts."""
    request, offer = await placed(house)
    one = worker(offer.organisation)
    if why == "excluded":
        digests = house.deps.digests.of(request.incident_id, ["a telephone of theirs"])
        async with house.db.transaction() as tx:
            await tx.execute("UPDATE service_request SET excluded_digests = $1", list(digests))
        await house.knows(one, "a telephone of theirs")
    else:
        there = worker("adilet-bishkek" if why == "elsewhere" else offer.organisation)
        roles = {Role.REPORTER} if why == "without a role" else there.roles
        await house.knows(replace(there, roles=frozenset(roles)), active=why != "left")
    assert await told(house, request) == 1
    await house.knows(worker(offer.organisation, "st-two"))  # somebody else's news change nothing
    await turn_clock(own, ACK + timedelta(seconds=1))
    await clock(house)
    assert await told(house, request) == 2
    boss = coordinator()
    async with house.as_seen_by(boss) as tx:
        found = await casework.hand_over(tx, house.deps, boss, offer.id, "st-two", "has left")
    assert found.offer.person == "st-two"
