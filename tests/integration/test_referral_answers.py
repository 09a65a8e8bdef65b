"""Two people answer at once: exactly one answer stands, and the other is told who was first."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta, timezone

import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from services.referral.handlers import answers, casework
from services.referral.handlers.answers import Answering
from services.referral.jobs import clock_job
from services.referral.model import casework as acts
from services.referral.model.service_request import Offer, ServiceRequest
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.events.intake import Need
from shared.events.words import (
    HELD,
    Answer,
    FailReason,
    Fulfilment,
    OfferStatus,
    ServiceRequestStatus,
    UnreachableReason,
    Urgency,
)
from shared.runtime.quarantine import Quarantine
from shared.security.tokens import Verifier
from shared.security.visibility import Viewer
from tests.stack import scratch, turn_clock
from tests.support.referral_house import House, both, coordinator, opened, worker

PAIRS = 40
ROUND_THE_CLOCK = "41702205000000"
"""Two centres there counsel at any hour: who is asked next hangs on no time of day."""


@pytest_asyncio.fixture(scope="module")
async def own() -> AsyncIterator[Stack]:
    """A database whose clock nobody else turns."""
    async with scratch("referral.migrate") as stack:
        yield stack


@pytest_asyncio.fixture
async def house(own: Stack) -> AsyncIterator[House]:
    """Referral with the sample directory."""
    async with opened(own) as house:
        yield house


async def answer(house: House, caller: Viewer, offer: Offer, said: Answer) -> ServiceRequest:
    """One answer over HTTP, below the HTTP."""
    async with house.as_seen_by(caller) as tx:
        found = await answers.answer(tx, house.deps, Answering(caller, said), offer.id)
    return found.request


@pytest.mark.parametrize("second", [Answer.ACCEPT, Answer.REJECT])
async def test_of_two_answers_at_once_one_stands_and_the_other_hears_who_was_first(
    house: House, second: Answer
) -> None:
    """Forty pairs: colleagues of one centre, at the same moment."""
    for _ in range(PAIRS):
        request = await house.reported()
        offer = request.offers[0]
        one, two = worker(offer.organisation, "st-one"), worker(offer.organisation, "st-two")
        results = await both(
            answer(house, one, offer, Answer.ACCEPT), answer(house, two, offer, second)
        )
        refused = [each for each in results if isinstance(each, Conflict)]
        stood = [each for each in results if isinstance(each, ServiceRequest)]
        assert (len(stood), len(refused)) == (1, 1), results
        winner = (await house.again(request)).offer(offer.id)
        assert winner is not None
        assert winner.status in {OfferStatus.ACCEPTED, OfferStatus.REJECTED}
        assert refused[0].detail["first_by"] == winner.answered_by
        assert "first_at" in refused[0].detail


async def test_an_answer_by_sms_and_one_over_http_are_judged_alike(house: House) -> None:
    """The SMS that came second is answered for, never left unsaid."""
    request = await house.reported()
    offer = request.offers[0]
    await answer(house, worker(offer.organisation), offer, Answer.ACCEPT)
    await house.answered(offer, request, Answer.ACCEPT, "st-two")
    assert (await house.said(request))[-1] == "answer.judged"
    holder = (await house.again(request)).holder
    assert holder is not None
    assert holder.person == "st-one"


async def test_a_word_of_a_holder_by_sms_is_the_act_that_http_has(house: House) -> None:
    """On the way, there: an older reader takes either for "seen"; who cannot come is followed."""
    request = await house.reported()
    offer = request.offers[0]
    one = worker(offer.organisation)
    await answer(house, one, offer, Answer.ACCEPT)
    await house.answered(offer, request, Answer.RECEIVED, one.staff_id, said=Answer.ON_THE_WAY)
    held = (await house.again(request)).offer(offer.id)
    assert held is not None
    assert held.on_the_way_at is not None
    async with house.as_seen_by(one) as tx:
        found = await casework.holder_act(tx, house.deps, one, offer.id, acts.on_the_way)
    assert found.offer.on_the_way_at == held.on_the_way_at
    await house.answered(offer, request, Answer.RECEIVED, one.staff_id, said=Answer.ARRIVED)
    there = await house.again(request)
    assert there.fulfilment is Fulfilment.IN_SERVICE
    await house.answered(offer, request, Answer.REJECT, one.staff_id, said=Answer.UNABLE)
    gone = (await house.again(request)).offer(offer.id)
    assert gone is not None
    assert (gone.status, gone.reason) == (OfferStatus.FAILED, FailReason.UNABLE)


async def test_who_rejects_what_they_accepted_hears_that_it_was_themselves(house: House) -> None:
    """And how it is given back."""
    request = await house.reported()
    offer = request.offers[0]
    one, two = worker(offer.organisation), worker(offer.organisation, "st-two")
    await answer(house, one, offer, Answer.ACCEPT)
    with pytest.raises(Conflict, match="this person has accepted it") as own:
        await answer(house, one, offer, Answer.REJECT)
    assert own.value.detail["first_by"] == one.staff_id
    with pytest.raises(Conflict, match="somebody was first"):
        await answer(house, two, offer, Answer.REJECT)


async def test_a_yes_gives_a_ticket_to_its_giver_alone(house: House) -> None:
    """Signed by referral, good for the case holder, renewable while the offer lives."""
    request = await house.reported()
    offer = request.offers[0]
    one = worker(offer.organisation)
    await answer(house, one, offer, Answer.ACCEPT)
    async with house.as_seen_by(one) as tx:
        ticket = await answers.renew_ticket(tx, house.deps, one, offer.id)
        now = tx.now
    public = house.settings.keys_dir.parent / "intake" / "tickets.public.json"
    granted = Verifier.from_file(public).ticket(ticket, now)
    assert (granted.staff_id, granted.offer_id) == ("st-one", offer.id)
    two = worker(offer.organisation, "st-two")
    with pytest.raises(Forbidden):
        async with house.as_seen_by(two) as tx:
            await answers.renew_ticket(tx, house.deps, two, offer.id)


async def test_a_unit_found_excluded_after_its_yes_loses_the_case_and_sees_it_no_more(
    house: House,
) -> None:
    """A colleague found the offer in the queue before notify could say that the accused serves
    there: the next one is asked, and no further ticket is signed.
    """
    request = await house.reported(territory=ROUND_THE_CLOCK)
    offer = request.offers[0]
    one = worker(offer.organisation)
    await answer(house, one, offer, Answer.ACCEPT)
    for _ in range(2):  # as the bus may bring it
        await house.unreachable(offer, request, UnreachableReason.UNIT_EXCLUDED)
    after = await house.again(request)
    assert [each.status for each in after.offers] == [OfferStatus.CANCELLED, OfferStatus.REQUESTED]
    assert after.offers[1].organisation != offer.organisation
    assert (await house.said(request)).count("offer.requested") == 2
    with pytest.raises(NotFound, match=r"^no such offer$"):
        async with house.as_seen_by(one) as tx:
            await answers.renew_ticket(tx, house.deps, one, offer.id)


async def test_a_late_yes_of_a_unit_found_excluded_is_not_allowed(house: House, own: Stack) -> None:
    """By SMS or mail: over HTTP the offer is not there any more."""
    request = await house.reported()
    offer = request.offers[0]
    await turn_clock(own, timedelta(hours=2))
    while (late := (await house.again(request)).offer(offer.id)) and late.deadline is not None:
        async with house.db.transaction() as tx:
            await clock_job(house.deps, Quarantine())(tx)
    await house.unreachable(offer, request, UnreachableReason.UNIT_EXCLUDED)
    await house.answered(offer, request, Answer.ACCEPT, "st-one")
    found = (await house.again(request)).offer(offer.id)
    assert found is not None
    assert found.status is OfferStatus.EXPIRED
    assert (await house.said(request))[-1] == "answer.judged"


async def test_a_case_is_handed_over_once_however_often_that_is_said(house: House) -> None:
    """Whoever heard no answer says it again, and hears the same, though they hold it no more."""
    request = await house.reported()
    offer = request.offers[0]
    one, three = worker(offer.organisation), worker(offer.organisation, "st-three")
    await answer(house, one, offer, Answer.ACCEPT)
    await house.knows(worker(offer.organisation, "st-two"))
    for _ in range(2):
        async with house.as_seen_by(one) as tx:
            found = await casework.hand_over(tx, house.deps, one, offer.id, "st-two", "on leave")
        assert found.offer.person == "st-two"
    with pytest.raises(Forbidden):
        async with house.as_seen_by(three) as tx:
            await casework.hand_over(tx, house.deps, three, offer.id, "st-three", "mine")


@pytest.mark.parametrize("years", [-2, 1, -2025])
async def test_a_claimed_time_that_cannot_be_is_refused(house: House, years: int) -> None:
    """What a person says of the time is shown as a claim: not of tomorrow, nor of long ago."""
    request = await house.reported()
    offer = request.offers[0]
    caller = worker(offer.organisation)
    # an offset that has no instant of its own in UTC
    claimed = datetime(2026 + years, 1, 1, tzinfo=timezone(timedelta(hours=14)))
    by = Answering(caller, Answer.ACCEPT, claimed_at=claimed)
    with pytest.raises(Invalid, match="claimed_at"):
        async with house.as_seen_by(caller) as tx:
            await answers.answer(tx, house.deps, by, offer.id)
    kept = (await house.again(request)).offer(offer.id)
    assert kept is not None
    assert kept.status is OfferStatus.REQUESTED


async def test_silence_moves_the_ladder_by_itself(house: House, own: Stack) -> None:
    """The clock is turned; what is due is done, once, and never before."""
    request = await house.reported("shelter", children=())
    first = request.offers[0]
    await house.told(first, request)
    step = clock_job(house.deps, Quarantine())
    async with house.db.transaction() as tx:
        await step(tx)
    assert (await house.again(request)).offers[0].status is OfferStatus.REQUESTED
    await turn_clock(own, first.answer_by - first.requested_at + timedelta(seconds=1))
    more = True
    while more:  # others' cases may be due as well
        async with house.db.transaction() as tx:
            due = await step(tx)
            more = due is not None and due <= tx.now
    request = await house.again(request)
    assert request.offers[0].status is OfferStatus.EXPIRED
    assert request.offers[1].status is OfferStatus.REQUESTED


async def test_a_held_place_is_never_given_twice(house: House) -> None:
    """More requests at once than there are places: holds stay within capacity."""
    directory = house.deps.directory
    counted = {each.id: each.places for each in directory.services.values() if each.places}
    requests = [await house.reported("shelter", "crisis-centre", children=()) for _ in range(30)]
    held: dict[str, int] = {}
    for request in requests:
        for offer in request.offers:
            if offer.status in HELD | {OfferStatus.REQUESTED}:
                held[offer.service] = held.get(offer.service, 0) + 1
    assert held
    assert all(count <= counted[service] for service, count in held.items())
    full = [each for each in requests if each.fulfilment is Fulfilment.EXHAUSTED]
    assert full, "thirty at once are more than the sample country has room for"


@pytest.mark.parametrize("urgency", [Urgency.IMMEDIATE, Urgency.HIGH])
async def test_a_report_in_which_nothing_is_permitted_is_told_to_a_coordinator(
    house: House, urgency: Urgency
) -> None:
    """Once, however many its needs: nobody may be asked, and no clock would wake anybody."""
    needs = tuple(
        Need(need_id=each, service_type=each, urgency=urgency) for each in ("shelter", "legal-aid")
    )
    request = await house.reported(needs=needs, urgency=urgency)
    assert (request.status, request.offers) == (ServiceRequestStatus.DRAFT, ())
    assert (await house.said(request)).count("notice.requested") == 1


async def test_nobody_on_duty_anywhere_ends_with_the_coordinator_at_once(house: House) -> None:
    """Tier by tier, candidate by candidate, without a second's waiting."""
    request = await house.reported()
    for _ in range(40):
        if request.fulfilment is Fulfilment.EXHAUSTED:
            break
        await house.unreachable(request.offers[-1], request, UnreachableReason.NO_DUTY)
        request = await house.again(request)
    assert request.fulfilment is Fulfilment.EXHAUSTED
    assert (await house.said(request))[-1] in {"notice.requested", "servicerequest.changed"}
    assert "notice.requested" in await house.said(request)


async def test_a_coordinator_may_have_one_more_asked_and_others_may_not(house: House) -> None:
    """In her territory; elsewhere there is no such request."""
    request = await house.reported()
    asked = {offer.service for offer in request.offers}
    more = next(
        each.id
        for each in house.deps.directory.services.values()
        if each.service_type == "crisis-counselling"
        and each.id not in asked
        and house.deps.directory.organisations[each.organisation].kind == "crisis-centre"
    )
    hers, other = coordinator("41704"), coordinator("41706")
    async with house.as_seen_by(hers) as tx:
        after = await casework.add_candidate(tx, house.deps, hers, request.id, more)
    assert more in {offer.service for offer in after.open_offers}
    with pytest.raises(NotFound):
        async with house.as_seen_by(other) as tx:
            await casework.add_candidate(tx, house.deps, other, request.id, more)
