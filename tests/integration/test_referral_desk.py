"""The desk of a line: an operator sees how far a case is, and enters what was said on a call."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from typer.testing import CliRunner

from deploy.cli.__main__ import app
from services.referral.handlers.desk import PER_HOUR
from services.referral.model.service_request import ServiceRequest
from shared.events.words import OfferStatus, Role
from shared.security.tokens import Caller, Verifier
from shared.security.visibility import Viewer
from tests.stack import scratch
from tests.support.referral_doors import (
    HOLDER,
    KNOWN_BY,
    NOT_GIVEN,
    Doors,
    doors,
    everything,
    tags_of,
)
from tests.support.referral_house import worker
from tests.support.tokens import token

LINE = "sezim-bishkek"
"""Answers for the centres of Naryn in the sample directory."""
OPERATOR = Caller("st-accused", LINE, frozenset({Role.OPERATOR}), ("41704245",))
WORDS = {"received": {}, "accept": {}, "on-the-way": {}, "start": {}, "reject": {"reason": "other"}}
SAYS = {**WORDS, "ticket": {}}


@pytest_asyncio.fixture(scope="module")
async def at() -> AsyncIterator[Doors]:
    """Referral's own process, on a database of its own."""
    async with scratch("referral.serve") as stack, doors(stack) as at:
        yield at


async def sits(at: Doors, caller: Caller = OPERATOR, *, active: bool = True) -> Caller:
    """Notify said that somebody sits at the desk; what they asked before is forgotten."""
    viewer = Viewer(caller.staff_id, caller.organisation, caller.roles, caller.territories)
    await at.house.knows(viewer, *tags_of(caller), active=active)
    async with at.house.db.transaction() as tx:
        await tx.execute("DELETE FROM desk_lookup")
    return caller


async def enter(at: Doors, caller: Caller, request: ServiceRequest, verb: str) -> tuple[int, Any]:
    """What the case holder said on a call, or whoever answers first."""
    body = SAYS[verb] | {"on_behalf_of": HOLDER}
    path = f"/offers/{request.offers[0].id}/{verb}"
    answer: tuple[int, Any] = await at.ask(caller, "POST", path, body)
    return answer


async def test_an_operator_sees_how_far_it_is_and_nothing_of_anybody(at: Doors) -> None:
    """By the exact id alone; no list, no band, no place; and nothing where they do not answer."""
    operator = await sits(at)
    request = await at.case(OfferStatus.ACCEPTED)
    status, found = await at.ask(operator, "GET", f"/cases/{request.public_id}")
    assert (status, found["service_request"], found["offers"]) == (200, None, [])
    (progress,) = found["progress"]
    assert (progress["status"], progress["person"]) == ("accepted", HOLDER)
    assert progress["organisation_name"] not in ("", progress["organisation"])
    telling = {"age_band", "children", "raion", "place", "language", "urgency", "service_type"}
    assert telling.isdisjoint(progress)
    assert request.incident_id not in str(found)
    for path in ("/queue", "/board", "/service-requests", f"/offers/{request.offers[0].id}"):
        assert (await at.ask(operator, "GET", path))[0] == 403, path
    elsewhere = await sits(at, replace(operator, staff_id="st-osh", organisation="ak-jurok-osh"))
    there = await at.ask(elsewhere, "GET", f"/cases/{request.public_id}")
    assert there == await at.ask(elsewhere, "GET", f"/cases/{NOT_GIVEN}")
    async with at.house.db.transaction() as tx:
        asked = await tx.fetch("SELECT staff_id, public_id FROM desk_lookup ORDER BY id")
    assert [tuple(each) for each in asked] == [
        ("st-osh", request.public_id),
        ("st-osh", NOT_GIVEN),
    ], "what is not found was asked about, too"


async def test_what_a_holder_says_on_a_call_is_entered_in_two_names(at: Doors) -> None:
    """Yes, on the way, there: each stands as the holder's, and says who entered it."""
    operator = await sits(at)
    request = await at.case(OfferStatus.REQUESTED)
    for verb, after in (
        ("accept", "accepted"),
        ("on-the-way", "accepted"),
        ("start", "in-progress"),
    ):
        status, shown = await enter(at, operator, request, verb)
        assert (status, shown["status"], shown["person"]) == (200, after, HOLDER), shown
        assert "age_band" not in shown
    offer = (await at.house.again(request)).offers[0]
    assert (offer.status, offer.person) == (OfferStatus.IN_PROGRESS, HOLDER)
    async with at.house.db.transaction() as tx:
        rows = await tx.fetch(
            "SELECT document FROM outbox WHERE subject = $1 ORDER BY id DESC LIMIT 3", request.id
        )
    for row in rows:
        assert {operator.staff_id.encode(), HOLDER.encode()} <= set(row["document"].split(b'"'))
    other = await at.case(OfferStatus.REQUESTED)
    status, shown = await enter(at, operator, other, "reject")
    assert (status, shown["status"]) == (200, "rejected")


@pytest.mark.parametrize("verb", ["on-the-way", "start"])
async def test_a_coordinator_enters_what_a_holder_said_and_a_colleague_does_not(
    at: Doors, verb: str
) -> None:
    """For the case holder alone."""
    request = await at.case(OfferStatus.ACCEPTED)
    boss = Caller("st-boss", "ministry", frozenset({Role.COORDINATOR}), ("41704",))
    await sits(at, boss)
    assert (await enter(at, boss, request, verb))[0] == 200
    organisation = request.offers[0].organisation
    colleague = Caller("st-colleague", organisation, frozenset({Role.WORKER}))
    await at.house.knows(worker(organisation, "st-colleague"))
    assert (await enter(at, colleague, request, verb))[0] == 404
    path = f"/offers/{request.offers[0].id}/{verb}"
    assert (await at.ask(boss, "POST", path, {"on_behalf_of": "st-colleague"}))[0] == 403
    assert (await at.ask(boss, "POST", path, {"on_behalf_of": "st-nobody"}))[0] == 422


@pytest.mark.parametrize("how", [*KNOWN_BY, "left"])
async def test_an_operator_whom_a_case_excludes_finds_nothing(at: Doors, how: str) -> None:
    """Nor whoever has left: everything answers as about what is not there, and nothing is done."""
    operator = await sits(at, active=how != "left")
    request = await at.case(OfferStatus.ACCEPTED)
    if how in KNOWN_BY:
        changes = KNOWN_BY[how](at.house, request.incident_id, operator)
        request = await at.saved(replace(request, **changes))
    for verb in SAYS:
        assert (await enter(at, operator, request, verb))[0] == 404, verb
    there = everything(request.offers[0].id, request.id, request.public_id)
    for method, path, body in there:
        assert (await at.ask(operator, method, path, body))[0] in (403, 404), path
    assert (await at.house.again(request)).version == request.version


async def test_whom_a_case_excludes_nobody_speaks_for(at: Doors) -> None:
    """The person is tested as the operator is: in the same words whatever the reason."""
    operator = await sits(at)
    request = await at.case(OfferStatus.ACCEPTED)
    holder = replace(operator, staff_id=HOLDER, organisation=request.offers[0].organisation)
    request = await at.saved(
        replace(request, **KNOWN_BY["id"](at.house, request.incident_id, holder))
    )
    known = Viewer(HOLDER, holder.organisation, frozenset({Role.WORKER}))
    await at.house.knows(known, *tags_of(holder))
    for verb in ("on-the-way", "start", "ticket"):
        status, said = await enter(at, operator, request, verb)
        assert (status, said["errors"][0]["field"]) == (422, "on_behalf_of")


async def test_an_operator_gets_a_ticket_to_read_out_to_the_case_holder(at: Doors) -> None:
    """It names both; nobody who does not hold the case is read to, and no coordinator reads out."""
    operator = await sits(at)
    request = await at.case(OfferStatus.ACCEPTED)
    status, said = await enter(at, operator, request, "ticket")
    assert status == 200, said
    verifier = Verifier.from_file(at.stack.keys("intake") / "tickets.public.json")
    async with at.house.db.transaction() as tx:
        ticket = verifier.ticket(said["ticket"], tx.now)
    assert (ticket.staff_id, ticket.reader) == (HOLDER, operator.staff_id)
    boss = Caller("st-boss", "ministry", frozenset({Role.COORDINATOR}), ("41704",))
    await sits(at, boss)
    assert (await enter(at, boss, request, "ticket"))[0] == 403
    path = f"/offers/{request.offers[0].id}/ticket"
    assert (await at.ask(operator, "POST", path))[0] == 403
    await at.house.knows(worker(request.offers[0].organisation, "st-colleague"))
    assert (await at.ask(operator, "POST", path, {"on_behalf_of": "st-colleague"}))[0] == 403
    open_one = await at.case(OfferStatus.REQUESTED)
    assert (await enter(at, operator, open_one, "ticket"))[0] == 403


async def test_an_operator_asks_sixty_times_an_hour(at: Doors) -> None:
    """Whoever tries ids meets an end, also of those that are nobody's."""
    operator = await sits(at)
    async with at.house.db.transaction() as tx:
        await tx.execute(
            "INSERT INTO desk_lookup (staff_id, public_id, at) SELECT $1, $2, now()"
            " FROM generate_series(1, $3)",
            operator.staff_id,
            NOT_GIVEN,
            PER_HOUR,
        )
    assert (await at.ask(operator, "GET", f"/cases/{NOT_GIVEN}"))[0] == 429


async def test_a_command_does_it_without_a_page(at: Doors) -> None:
    """Found by what the caller says, entered in their name."""
    operator = await sits(at)
    request = await at.case(OfferStatus.REQUESTED)
    env = {
        "TIREK_REFERRAL_URL": at.stack.url("referral"),
        "TIREK_TOKEN": token(at.stack, operator),
        "TIREK_LANG": "en",
    }
    offer_id = request.offers[0].id
    entered = ("offer", "accept", offer_id, "--on-behalf-of", HOLDER)
    for words, expected in ((("find", request.public_id), offer_id), (entered, "accepted")):
        shown = await asyncio.to_thread(CliRunner().invoke, app, words, env=env)
        assert (shown.exit_code, expected in shown.output) == (0, True), shown.output
