"""Taking a consent back."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest_asyncio

from deploy.local.stack import Stack
from shared.events.intake import ConsentWithdrawn
from shared.events.words import OfferStatus
from tests.support.intake import Intake, consent, running, staff
from tests.support.referral_says import CENTRE


@pytest_asyncio.fixture(scope="module")
async def intake(stack: Stack) -> AsyncIterator[Intake]:
    """One intake for the module."""
    async with running(stack) as one:
        yield one


async def test_a_withdrawal_is_said_once_with_what_is_left(intake: Intake) -> None:
    """Referral hears which permissions still stand; asking again changes nothing."""
    caller = staff()
    both = [consent(), consent(recipient_kind="ngo")]
    taken = await intake.take(caller, consents=both)
    first, second = (each["consent_id"] for each in taken["consents"])
    claimed = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    ended = await intake.withdraw(caller, taken["incident_id"], first, claimed_at=claimed)
    assert ended.status_code == 200
    assert ended.json()["permissions_left"] == [second]
    again = await intake.withdraw(caller, taken["incident_id"], first)
    assert again.json() == ended.json()
    (event,) = await intake.said(ConsentWithdrawn, taken["incident_id"])
    assert event["consent_id"] == first
    assert event["version"] == 2
    assert [each["consent_id"] for each in event["permissions_left"]] == [second]
    assert event["act"]["actor"] == caller.staff_id
    assert event["act"]["received_at"] == ended.json()["withdrawn_at"]
    last = await intake.withdraw(caller, taken["incident_id"], second)
    assert last.json()["permissions_left"] == []
    shown = (await intake.show(caller, taken["incident_id"])).json()
    assert all(each["withdrawn_at"] for each in shown["consents"])


async def test_what_the_law_permits_nobody_withdraws(intake: Intake) -> None:
    """Child protection rests on a duty, not on a consent: 409."""
    caller = staff()
    taken = await intake.take(caller, children=[{"age": 8, "witness": True}])
    (by_law,) = [each["consent_id"] for each in taken["consents"] if each["by_law"]]
    refused = await intake.withdraw(caller, taken["incident_id"], by_law)
    assert refused.status_code == 409
    assert await intake.said(ConsentWithdrawn, taken["incident_id"]) == []


async def test_whoever_she_tells_can_take_it_back(intake: Intake) -> None:
    """Who reported, the coordinator of the territory, who holds the case: nobody else."""
    holder = staff("worker", organisation=CENTRE)
    coordinator = staff("coordinator", organisation="oblast", territories=("41704",))
    for caller, status in (
        (holder, 200),
        (coordinator, 200),
        (staff("coordinator", organisation="oblast", territories=("41702",)), 404),
        (staff("worker", organisation=CENTRE), 404),
        (staff("reporter", organisation="public"), 404),
    ):
        taken = await intake.take(staff())
        await intake.hear_offer(taken, OfferStatus.ACCEPTED, person=holder.staff_id)
        given = taken["consents"][0]["consent_id"]
        answer = await intake.withdraw(caller, taken["incident_id"], given)
        assert answer.status_code == status
        assert len(await intake.said(ConsentWithdrawn, taken["incident_id"])) == (status == 200)


async def test_what_is_not_there_cannot_be_withdrawn(intake: Intake) -> None:
    """An unknown incident, an unknown consent, and another incident's consent: 404."""
    caller = staff()
    taken, other = await intake.take(caller), await intake.take(caller)
    for incident, given in (
        ("nothing", taken["consents"][0]["consent_id"]),
        (taken["incident_id"], "nothing"),
        (taken["incident_id"], other["consents"][0]["consent_id"]),
    ):
        assert (await intake.withdraw(caller, incident, given)).status_code == 404


async def test_a_withdrawal_from_the_future_is_refused(intake: Intake) -> None:
    """What somebody claims is checked like every other time."""
    caller = staff()
    taken = await intake.take(caller)
    given = taken["consents"][0]["consent_id"]
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    refused = await intake.withdraw(caller, taken["incident_id"], given, claimed_at=tomorrow)
    assert refused.status_code == 422
    assert [each["field"] for each in refused.json()["errors"]] == ["claimed_at"]
