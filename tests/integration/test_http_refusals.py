"""Refusals over HTTP: never a failure of ours, and never a word of what was sent."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from services.referral.model.service_request import Offer, ServiceRequest
from shared.events.words import HELD, OPEN, OfferStatus, Role, ServiceRequestStatus
from shared.security.tokens import Caller
from shared.security.visibility import Viewer
from tests.support.intake import running, staff
from tests.support.notify_api import notify_api
from tests.support.planting import Service
from tests.support.referral_doors import HOLDER, NOT_GIVEN, Doors, doors, everything
from tests.support.tokens import bearer

COUNTRY = ("417",)
COORDINATOR = Caller("st-walker", "ministry", frozenset({Role.COORDINATOR}), COUNTRY)


@pytest_asyncio.fixture(scope="module")
async def at(stack: Stack) -> AsyncIterator[Doors]:
    """Referral's own process."""
    await stack.ensure("referral.serve")
    async with doors(stack) as at:
        await at.house.knows(viewer_of(COORDINATOR))
        yield at


def viewer_of(caller: Caller) -> Viewer:
    """As referral sees them."""
    return Viewer(caller.staff_id, caller.organisation, caller.roles, caller.territories)


# --- acts ---------------------------------------------------------------------------------------


async def standing(
    at: Doors, status: OfferStatus, of: ServiceRequestStatus = ServiceRequestStatus.ACTIVE
) -> ServiceRequest:
    """A case whose only offer is in this state."""
    request = await at.case(status)
    offer = request.offers[0]
    if status not in OPEN:
        offer = replace(offer, person=HOLDER, accepted_at=offer.requested_at, next_tier_at=None)
    if status not in OPEN | HELD:
        offer = replace(offer, deadline=None)
    if status is OfferStatus.ON_HOLD:
        offer = replace(offer, before_hold=OfferStatus.IN_PROGRESS)
    return await at.saved(replace(request, status=of, offers=(offer,)))


def ways(request: ServiceRequest, offer: Offer | None = None) -> list[tuple[str, str, Any]]:
    """Everything that can be asked or done about a case, by one of its offers."""
    return everything((offer or request.offers[0]).id, request.id, request.public_id or NOT_GIVEN)


@dataclass(slots=True)
class Walk:
    """Acts at random, over one connection. ``met`` counts the answers by status."""

    at: Doors
    dice: Random
    met: dict[int, int] = field(default_factory=dict)
    ports: set[Any] = field(default_factory=set)

    async def act(self, request: ServiceRequest, way: tuple[str, str, Any]) -> int:
        """One act of the holder's or of a coordinator's; its status, which is none of a failure."""
        method, path, body = way
        holder = Caller(HOLDER, request.offers[0].organisation, frozenset({Role.WORKER}))
        caller = self.dice.choice([holder, COORDINATOR])
        answer = await self.at.http.request(
            method, path, json=body, headers=bearer(self.at.stack, caller)
        )
        where = f"{caller.staff_id} {way} on {request.offers[0].status}, {request.status}"
        assert answer.status_code < 500, f"{where}: {answer.text}"
        if not answer.is_success:
            assert answer.json()["status"] == answer.status_code, where
        line = answer.extensions["network_stream"]
        self.ports.add(line.get_extra_info("client_addr"))
        self.met[answer.status_code] = self.met.get(answer.status_code, 0) + 1
        return answer.status_code


@pytest.mark.parametrize("status", OfferStatus)
async def test_every_act_in_every_state_is_done_or_refused(at: Doors, status: OfferStatus) -> None:
    """Then acts at random from there, whatever the state of the whole; never a failure of ours, and
    the connection stays for the next one."""
    walk = Walk(at, Random(f"edge {status}"))
    request = await standing(at, status)
    for place in range(len(ways(request))):
        way = ways(request)[place]
        if await walk.act(request, way) == 200 and way[0] == "POST":
            request = await standing(at, status)
    request = await standing(at, status, walk.dice.choice(list(ServiceRequestStatus)))
    for _ in range(20):
        request = await at.house.again(request)
        await walk.act(request, walk.dice.choice(ways(request, walk.dice.choice(request.offers))))
    assert walk.met.get(409), walk.met
    assert len(walk.ports) == 1, "a failure ends the connection, and the next request with it"


async def test_what_is_refused_says_where_it_stands(at: Doors) -> None:
    """``status`` is the problem's own; where the offer stands has a name beside it."""
    request = await standing(at, OfferStatus.ACCEPTED)
    holder = Caller(HOLDER, request.offers[0].organisation, frozenset({Role.WORKER}))
    path = f"/offers/{request.offers[0].id}"
    status, said = await at.ask(holder, "POST", f"{path}/complete", {"outcome": "helped"})
    assert (status, said["status"], said["state"]) == (409, 409, "accepted")
    status, said = await at.ask(holder, "POST", f"{path}/resume")
    assert status == 200, said


# --- words --------------------------------------------------------------------------------------


async def test_referral_repeats_nothing_that_was_sent(at: Doors) -> None:
    """In whatever field, path, query or header it was sent, and whatever its shape."""
    request = await standing(at, OfferStatus.ACCEPTED)
    organisation = request.offers[0].organisation
    both = Caller("st-both", organisation, frozenset({Role.WORKER, Role.COORDINATOR}), COUNTRY)
    await at.house.knows(viewer_of(both))
    ids = {
        "offer_id": request.offers[0].id,
        "service_request_id": request.id,
        "public_id": request.public_id or NOT_GIVEN,
    }
    openapi = (await at.http.get("/openapi.json")).json()
    await Service(at.http, bearer(at.stack, both), openapi, ids).repeats_nothing()


async def test_intake_repeats_nothing_that_was_sent(stack: Stack) -> None:
    """In whatever field, path, query or header it was sent, and whatever its shape."""
    async with running(stack) as intake:
        caller = staff("worker", "reporter", "coordinator", territories=COUNTRY)
        taken = await intake.take(caller)
        ids = {
            "incident_id": taken["incident_id"],
            "consent_id": taken["consents"][0]["consent_id"],
        }
        openapi = (await intake.client.get("/openapi.json")).json()
        await Service(intake.client, bearer(stack, caller), openapi, ids).repeats_nothing()


async def test_notify_repeats_nothing_that_was_sent(stack: Stack) -> None:
    """In whatever field, path, query or header it was sent, and whatever its shape."""
    async with notify_api(stack) as api:
        await api.house.organisation("sezim-bishkek")
        roles = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR, Role.WORKER})
        caller = Caller("st-one", "desk", roles, COUNTRY)
        ids = {
            "organisation": "desk",
            "staff_id": "st-new",
            "roster_id": "sezim-1",
            "offer_id": "none",
        }
        openapi = (await api.http.get("/openapi.json")).json()
        await Service(api.http, bearer(stack, caller), openapi, ids).repeats_nothing()
