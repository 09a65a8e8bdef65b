"""Consents that come after the report: what waited for one is referred."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from services.referral.handlers import incidents
from services.referral.model.service_request import ServiceRequest
from shared.errors import Unprocessable
from shared.events.intake import ConsentGiven, ConsentWithdrawn, Need, Permission
from shared.events.words import Fulfilment, OfferStatus, ServiceRequestStatus, Urgency
from tests.support.referral_house import House, event_of, opened

CENTRE = Permission(consent_id="c", recipient_kind="crisis-centre")


@pytest_asyncio.fixture(scope="module")
async def house(stack: Stack) -> AsyncIterator[House]:
    """Referral with the sample directory."""
    await stack.ensure("referral.migrate")
    async with opened(stack) as found:
        yield found


async def given(house: House, request: ServiceRequest, version: int = 2, **need: Any) -> None:
    """Intake says a need of the incident as it stood in that version."""
    named: dict[str, Any] = {
        "need_id": request.need_id,
        "service_type": request.service_type,
        "urgency": request.urgency,
        "permissions": (CENTRE,),
    }
    body = ConsentGiven(incident_id=request.incident_id, need=Need(**(named | need)))
    async with house.db.transaction() as tx:
        event = event_of(body, tx.now, version=version)
        await incidents.on_consents_given(house.deps, tx, [event])


async def withdrawn(house: House, request: ServiceRequest, version: int = 2) -> None:
    """Intake says that the one consent ended."""
    body = ConsentWithdrawn(
        incident_id=request.incident_id, need_id=request.need_id, consent_id="c"
    )
    async with house.db.transaction() as tx:
        event = event_of(body, tx.now, version=version)
        await incidents.on_consents_withdrawn(house.deps, tx, [event])


async def test_a_draft_is_offered_at_once(house: House) -> None:
    """Somebody is asked in the transaction that hears of the consent."""
    need = Need(need_id=str(uuid4()), service_type="crisis-counselling", urgency=Urgency.HIGH)
    request = await house.reported(needs=(need,))
    assert request.status is ServiceRequestStatus.DRAFT
    await given(house, request)
    now = await house.again(request)
    assert (now.status, now.fulfilment) == (ServiceRequestStatus.ACTIVE, Fulfilment.OFFERING)
    assert [each.status for each in now.offers] == [OfferStatus.REQUESTED]


async def test_what_lost_its_last_consent_starts_anew_with_another(house: House) -> None:
    """Whoever was asked before may be asked again: it was not they who said no."""
    request = await house.reported()
    asked = request.offers[0].service
    await withdrawn(house, request)
    assert (await house.again(request)).status is ServiceRequestStatus.REVOKED
    await given(house, request, version=3)
    now = await house.again(request)
    assert now.status is ServiceRequestStatus.ACTIVE
    assert [each.service for each in now.open_offers] == [asked]


async def test_what_the_bus_brings_late_does_not_undo_what_was_said_after_it(house: House) -> None:
    """A consent that was withdrawn is not given again by its own record, nor is one ended so."""
    request = await house.reported()
    await withdrawn(house, request, version=3)
    await given(house, request, version=2)
    assert (await house.again(request)).status is ServiceRequestStatus.REVOKED
    await given(house, request, version=5)
    await withdrawn(house, request, version=4)
    assert (await house.again(request)).status is ServiceRequestStatus.ACTIVE


async def test_a_need_that_came_later_is_opened_beside_the_others(house: House) -> None:
    """Of the same person and place, hidden from the same people; and heard again it is one."""
    request = await house.reported(excluded_digests=("d1",), excluded_organisations=("org-x",))
    need_id = str(uuid4())
    legal = Permission(consent_id="l", recipient_kind="legal-aid-centre")
    for _ in range(2):
        await given(
            house,
            request,
            need_id=need_id,
            service_type="legal-aid",
            urgency=Urgency.HIGH,
            permissions=(legal,),
        )
    beside = await house.request(request.incident_id, need_id)
    for name in ("territory", "age_band", "children", "language", "excluded_digests",
                 "excluded_organisations", "excluded_people", "reported_by"):  # fmt: skip
        assert getattr(beside, name) == getattr(request, name)
    assert (beside.service_type, beside.urgency) == ("legal-aid", Urgency.HIGH)
    assert beside.public_id != request.public_id
    assert len(beside.open_offers) == 1


async def test_of_an_incident_that_nobody_reported_it_is_put_aside(house: House) -> None:
    """It is parked for a person to look at, as a withdrawal is."""
    need = Need(need_id="n", service_type="legal-aid", urgency=Urgency.HIGH)
    body = ConsentGiven(incident_id=str(uuid4()), need=need)
    async with house.db.transaction() as tx:
        event = event_of(body, tx.now)
        with pytest.raises(Unprocessable):
            await incidents.on_consents_given(house.deps, tx, [event])
