"""Whoever must not know of a case finds nothing of it, and nothing can be given to them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import cycle, product

import pytest
import pytest_asyncio

from services.referral.model.service_request import ServiceRequest
from shared.events.words import Answer, OfferStatus, Role
from shared.security.tokens import Caller
from tests.stack import scratch
from tests.support.referral_doors import (
    HOLDER,
    KNOWN_BY,
    PHONE,
    TAGS,
    Doors,
    caller_of,
    doors,
    everything,
    lists,
    tags_of,
)
from tests.support.referral_house import coordinator, worker

ROLES = (Role.WORKER, Role.COORDINATOR)
AS_A_PERSON = [how for how in KNOWN_BY if how != "place"]
"""A place is held against the areas of a token, and whoever is only named has none."""
ISSYK_KUL = "41702205000000"
STATES = (OfferStatus.REQUESTED, OfferStatus.ACCEPTED)
EACH_WAY = (
    *((each, Role.WORKER, how) for each, how in zip(cycle(STATES), KNOWN_BY)),
    *((each, Role.COORDINATOR, how) for each, how in zip(cycle(STATES[::-1]), KNOWN_BY)),
)
"""Both roles in every way, and in turn of what is asked for and what is held."""
ROLELESS: dict[str, set[str]] = {
    "reporter": {Role.REPORTER},
    "administrator": {Role.ADMINISTRATOR},
    "no role": set(),
}
"""Whoever serves there, and gets 403 wherever they would act on a case."""


@pytest_asyncio.fixture(scope="module")
async def at() -> AsyncIterator[Doors]:
    """Referral's own process, on a database of its own."""
    async with scratch("referral.serve") as stack, doors(stack) as at:
        yield at


async def hears(at: Doors, caller: Caller, *, active: bool = True) -> None:
    """Notify says who they are, with every tag under which they could have been excluded."""
    said = replace(worker(caller.organisation, caller.staff_id), roles=caller.roles)
    await at.house.knows(said, *tags_of(caller), active=active)


async def hidden(
    at: Doors, state: OfferStatus, how: str, role: Role
) -> tuple[ServiceRequest, Caller]:
    """A case, and somebody whom it excludes in one way."""
    request = await at.case(state)
    caller = caller_of(role, request.offers[0].organisation)
    changes = KNOWN_BY[how](at.house, request.incident_id, caller)
    return await at.saved(replace(request, **changes)), caller


async def finds_nothing(at: Doors, request: ServiceRequest, caller: Caller, role: Role) -> None:
    """Every verb answers as it does about what is not there, no list shows it, nothing is done."""
    offer = request.offers[0]
    there = everything(offer.id, request.id, request.public_id)
    for here, nothing in zip(there, await at.nothing(caller, role), strict=True):
        answer = await at.ask(caller, *here)
        assert answer == nothing, here
        assert answer[0] == 404, here
    for path in lists(role, request.public_id):
        status, shown = await at.ask(caller, "GET", path)
        assert status == 200
        assert offer.id not in str(shown), path
        assert request.id not in str(shown), path
        assert request.public_id not in str(shown), path
    assert (await at.house.again(request)).version == request.version


@pytest.mark.parametrize(("state", "role", "how"), EACH_WAY)
async def test_who_is_excluded_finds_nothing(
    at: Doors, state: OfferStatus, role: Role, how: str
) -> None:
    """Twenty verbs and every list, from the first moment an offer can be seen; whichever way the
    accused is known, at the provider or as the coordinator of the territory.
    """
    request, caller = await hidden(at, state, how, role)
    await hears(at, caller)
    await finds_nothing(at, request, caller, role)


@pytest.mark.parametrize(("state", "role"), list(product(STATES, ROLES)))
async def test_the_same_person_finds_a_case_that_does_not_exclude_them(
    at: Doors, state: OfferStatus, role: Role
) -> None:
    """So that what is above says something: they see it, and it is in their lists."""
    request = await at.case(state)
    caller = caller_of(role, request.offers[0].organisation)
    await hears(at, caller)
    assert (await at.ask(caller, "GET", f"/offers/{request.offers[0].id}"))[0] == 200
    for path in [*lists(role, request.public_id)[-1:], f"/cases/{request.public_id}"]:
        assert request.id in str(shown := await at.ask(caller, "GET", path)) or (
            request.offers[0].id in str(shown)
        )
    if role is Role.COORDINATOR:
        assert (await at.ask(caller, "GET", f"/service-requests/{request.id}"))[0] == 200


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("who", ["unheard of", "left", "elsewhere"])
async def test_whoever_serves_nowhere_finds_nothing(at: Doors, role: Role, who: str) -> None:
    """A good token is not enough: who is not in the local copy, or there otherwise, is nobody."""
    request = await at.case(OfferStatus.REQUESTED)
    caller = replace(
        caller_of(role, request.offers[0].organisation), staff_id=f"st-{role}-{who[0]}"
    )
    if who == "left":
        await hears(at, caller, active=False)
    elif who == "elsewhere":
        await hears(at, replace(caller, organisation="adilet-bishkek"))
    await finds_nothing(at, request, caller, role)


@pytest.mark.parametrize("who", ROLELESS)
async def test_a_yes_by_sms_of_somebody_who_could_not_open_the_case_is_not_allowed(
    at: Doors, who: str
) -> None:
    """Else it would be placed with nobody until the time to contact is over."""
    request = await at.case(OfferStatus.REQUESTED)
    offer = request.offers[0]
    somebody = replace(worker(offer.organisation, "st-able"), roles=frozenset(ROLELESS[who]))
    await at.house.knows(somebody)
    await at.house.answered(offer, request, Answer.ACCEPT, "st-able")
    assert (await at.house.again(request)).holder is None


@pytest.mark.parametrize("how", AS_A_PERSON)
async def test_an_answer_by_sms_of_somebody_excluded_is_not_allowed(at: Doors, how: str) -> None:
    """However they came by a code."""
    request, caller = await hidden(at, OfferStatus.REQUESTED, how, Role.WORKER)
    await hears(at, caller)
    await at.house.answered(request.offers[0], request, Answer.ACCEPT, caller.staff_id)
    assert (await at.house.again(request)).holder is None
    assert (await at.house.said(request))[-1] == "answer.judged"


NOBODY = ["st-typo", "left", "elsewhere", *ROLELESS, *AS_A_PERSON]


@pytest.mark.parametrize("who", NOBODY)
@pytest.mark.parametrize("verb", ["handover", "accept", "received", "reject"])
async def test_a_case_is_given_to_nobody(at: Doors, verb: str, who: str) -> None:
    """422 that names the field, in the same words whatever the reason; and nothing has happened."""
    state = OfferStatus.ACCEPTED if verb == "handover" else OfferStatus.REQUESTED
    if who in KNOWN_BY:
        request, caller = await hidden(at, state, who, Role.WORKER)
    else:
        request = await at.case(state)
        caller = caller_of(Role.WORKER, request.offers[0].organisation)
    if who == "elsewhere":
        await hears(at, replace(caller, organisation="adilet-bishkek"))
    elif who in ROLELESS:
        request, caller = await at.case(state), replace(caller, roles=frozenset(ROLELESS[who]))
        await at.house.knows(
            replace(worker(caller.organisation, caller.staff_id), roles=caller.roles)
        )
    elif who != "st-typo":
        await hears(at, caller, active=who != "left")
    named = "st-typo" if who == "st-typo" else caller.staff_id
    field = "to" if verb == "handover" else "on_behalf_of"
    body = {field: named} | ({"reason": "other"} if verb in ("handover", "reject") else {})
    boss = caller_of(Role.COORDINATOR, "")
    boss = replace(boss, staff_id="st-boss")
    await at.house.knows(replace(coordinator(staff_id="st-boss"), areas=boss.territories))
    path = f"/offers/{request.offers[0].id}/{verb}"
    status, said = await at.ask(boss, "POST", path, body)
    assert (status, said.get("errors")) == (
        422,
        [
            {
                "field": field,
                "message": "must be a member of the organisation who can take this case",
            }
        ],
    )
    assert (await at.house.again(request)).version == request.version


@pytest.mark.parametrize(
    ("state", "role", "how"),
    [each for each in EACH_WAY if each[2] in ("phone", "organisation", "place")],
)
async def test_who_is_excluded_later_finds_nothing_from_then_on(
    at: Doors, state: OfferStatus, role: Role, how: str
) -> None:
    """What they saw a moment before; and notify hears from whom it is to be kept."""
    request = await at.case(state)
    caller = caller_of(role, request.offers[0].organisation)
    await hears(at, caller)
    assert (await at.ask(caller, "GET", f"/offers/{request.offers[0].id}"))[0] == 200
    if how == "phone":
        await at.house.excludes(request, *TAGS.phone(PHONE))
    else:
        await at.house.excludes(request, **KNOWN_BY[how](at.house, request.incident_id, caller))
    await finds_nothing(at, await at.house.again(request), caller, role)
    assert (await at.house.said(request)).count("exclusions.forwarded") == 1


async def test_an_organisation_that_is_excluded_later_loses_what_it_was_asked(at: Doors) -> None:
    """And what it has: the ladder goes on, and it is never asked again."""
    for state in STATES:
        # where a second centre is open by night, too
        request = await at.case(state, territory=ISSYK_KUL)
        first = request.offers[0]
        await at.house.excludes(request, excluded_organisations=(first.organisation,))
        offers = (await at.house.again(request)).offers
        assert offers[0].status is OfferStatus.CANCELLED
        assert offers[1].status is OfferStatus.REQUESTED
        assert offers[1].organisation != first.organisation


@pytest.mark.parametrize("heard", ["the incident excludes them", "they turn out to be excluded"])
async def test_a_police_unit_loses_a_case_when_one_of_it_is_excluded_late(
    at: Doors, heard: str
) -> None:
    """Whichever comes last, the exclusion or what the register says of the officer; a colleague of
    another unit changes nothing."""
    request = await at.house.reported("police-protection", "police")
    unit = request.offers[0].organisation
    tag, other = f"a tag, when {heard}", "a tag of another's"
    await at.house.knows(worker("police-elsewhere", "st-else"), tag)
    if heard == "the incident excludes them":
        await at.house.knows(worker(unit, "st-officer"), tag)
        await at.house.excludes(request, tag)
    else:
        await at.house.excludes(request, tag)
        await at.house.knows(worker(unit, "st-officer"), other)
        assert (await at.house.again(request)).offers[0].status is OfferStatus.REQUESTED
        await at.house.knows(worker(unit, "st-officer"), tag)
    now = await at.house.again(request)
    assert now.offers[0].status is OfferStatus.CANCELLED
    assert unit in now.excluded_organisations


async def test_of_a_holder_who_is_excluded_late_a_coordinator_hears_once(at: Doors) -> None:
    """The case is nobody's then; what is excluded once more changes nothing."""
    request = await at.case(OfferStatus.ACCEPTED)
    await at.house.knows(worker(request.offers[0].organisation, HOLDER), *TAGS.phone(PHONE))
    for _ in range(2):
        await at.house.excludes(request, *TAGS.phone(PHONE))
    assert (await at.house.said(request)).count("notice.requested") == 1


async def test_what_is_excluded_later_lets_nobody_in_again(at: Doors) -> None:
    """Whoever was excluded before stays so, whatever a later list has."""
    request, caller = await hidden(at, OfferStatus.REQUESTED, "phone", Role.WORKER)
    await hears(at, caller)
    await at.house.excludes(request, "somebody else")
    await finds_nothing(at, await at.house.again(request), caller, Role.WORKER)


async def test_what_an_incident_excludes_said_again_changes_nothing(at: Doors) -> None:
    """Intake says it beside the report too, for whoever does not read that: nobody loses a case by
    it, and nothing is asked anew."""
    request = await at.case(OfferStatus.REQUESTED)
    await at.house.excludes(request, "tag-of-kin", excluded_organisations=("made-up",))
    hidden_from_kin = await at.house.again(request)
    assert [each.status for each in hidden_from_kin.offers] == [OfferStatus.REQUESTED]
    await at.house.excludes(request, "tag-of-kin", excluded_organisations=("made-up",))
    assert await at.house.again(request) == hidden_from_kin
