"""Many incidents in one transaction: the same outcome as one after the other."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest_asyncio

from services.referral.handlers import incidents
from services.referral.model.service_request import ServiceRequest
from services.referral.store import requests
from shared.events import Event
from shared.events.intake import IncidentReported, Need, Permission
from shared.events.words import OPEN, Fulfilment, Urgency
from tests.stack import scratch
from tests.support.referral_house import House, event_of, opened

PLACE = "41711000000000"


@pytest_asyncio.fixture
async def house() -> AsyncIterator[House]:
    """Referral on a database of its own: these tests use up the country's shelters."""
    async with scratch("referral.migrate") as stack, opened(stack) as found:
        yield found


def shelter(urgency: Urgency, now: Any) -> Event[IncidentReported]:
    """Somebody needs a shelter."""
    need = Need(
        need_id=str(uuid4()),
        service_type="shelter",
        urgency=urgency,
        permissions=tuple(
            Permission(consent_id=str(uuid4()), recipient_kind=kind)
            for kind in ("shelter", "crisis-centre")
        ),
    )
    body = IncidentReported(
        incident_id=str(uuid4()),
        territory=PLACE,
        territory_verified=True,
        urgency=urgency,
        needs=(need,),
        age_band="30-44",
        language="ky",
    )
    return event_of(body, now)


async def reported(house: House, urgencies: list[Urgency]) -> list[ServiceRequest]:
    """Handles one batch; the service requests in the order of ``urgencies``."""
    async with house.db.transaction() as tx:
        events = [shelter(urgency, tx.now) for urgency in urgencies]
        await incidents.on_incidents_reported(house.deps, tx, events)
    async with house.db.transaction() as tx:
        needs = [(each.body.incident_id, each.body.needs[0].need_id) for each in events]
        found = await requests.by_needs(tx, needs)
    return [found[need] for need in needs]


async def held(house: House) -> Counter[str]:
    """How many open or accepted offers each counted service has."""
    async with house.db.transaction() as tx:
        rows = await tx.fetch(
            "SELECT service, count(*) AS n FROM offer"
            " WHERE status IN ('requested', 'received', 'accepted', 'in-progress', 'on-hold')"
            " GROUP BY service"
        )
    return Counter({row["service"]: row["n"] for row in rows})


def places(house: House) -> dict[str, int]:
    """Capacity by service."""
    services = house.deps.directory.services.values()
    return {each.id: each.places for each in services if each.places is not None}


async def test_a_batch_never_holds_more_than_there_is_and_asks_for_the_gravest_first(
    house: House,
) -> None:
    """More requests than places: the most urgent have them, wherever they stood in the batch."""
    found = await reported(house, [Urgency.STANDARD] * 30 + [Urgency.IMMEDIATE] * 3)
    assert all(
        count <= places(house)[service]
        for service, count in (await held(house)).items()
        if service in places(house)
    )
    waiting = [each for each in found if each.fulfilment is Fulfilment.EXHAUSTED]
    assert waiting, "the test needs more requests than there are places"
    assert [each.fulfilment for each in found[30:]] == [Fulfilment.OFFERING] * 3, found[30:]


async def test_a_later_batch_takes_the_holds_of_lesser_risk(house: House) -> None:
    """Full of holds that nobody has answered: emergencies displace exactly as many as they are."""
    await reported(house, [Urgency.STANDARD] * 30)
    before = await held(house)
    found = await reported(house, [Urgency.IMMEDIATE] * 2 + [Urgency.STANDARD])
    assert all(each.fulfilment is Fulfilment.OFFERING for each in found[:2])
    assert found[2].fulfilment is Fulfilment.EXHAUSTED
    assert await held(house) == before
    taken = [offer for each in found[:2] for offer in each.offers if offer.status in OPEN]
    assert len(taken) == 2
