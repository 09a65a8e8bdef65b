"""Consents that come later than the report, and that are taken back."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest_asyncio

from deploy.local.stack import Stack
from shared.events.intake import ConsentGiven, ConsentWithdrawn
from shared.events.words import OfferStatus, ServiceRequestStatus
from tests.support.intake import Intake, consent, ground, running, staff
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


async def test_a_need_that_waits_moves_with_a_consent_that_comes_later(intake: Intake) -> None:
    """It says that it waits for one, and that one may be given; then referral hears all that
    permits it, once, however often it is sent."""
    caller = staff()
    taken = await intake.take(caller, consents=[])
    await intake.hear_progress(taken, ServiceRequestStatus.DRAFT)
    (need,) = (await intake.show(caller, taken["incident_id"])).json()["needs"]
    assert (need["progress"], need["can_do"]) == ("awaiting-consent", ["give-consent"])
    said = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    asked = (consent(), consent(recipient_kind="ngo", organisation="tendesh"))
    first = await intake.give(caller, taken["incident_id"], *asked, claimed_at=said)
    again = await intake.give(caller, taken["incident_id"], *asked)
    assert (first.status_code, first.json()) == (200, again.json())
    (event,) = await intake.said(ConsentGiven, taken["incident_id"])
    assert (event["version"], event["need"]["need_id"]) == (2, need["need_id"])
    assert [each["recipient_kind"] for each in event["need"]["permissions"]] == [
        "crisis-centre",
        "ngo",
    ]
    assert event["act"]["actor"] == caller.staff_id
    shown = (await intake.show(caller, taken["incident_id"])).json()
    assert shown["consents"] == first.json()["consents"]
    assert (shown["needs"][0]["progress"], shown["needs"][0]["can_do"]) == ("received", [])
    ended = shown["consents"][0]["consent_id"]
    await intake.withdraw(caller, taken["incident_id"], ended)
    anew = await intake.give(caller, taken["incident_id"], *asked)
    assert [each["consent_id"] == ended for each in anew.json()["consents"]] == [False, False]
    assert len(await intake.said(ConsentGiven, taken["incident_id"])) == 2


async def test_a_consent_opens_a_need_that_the_incident_lacks(intake: Intake) -> None:
    """With the urgency of the incident, or of the care that works only for so long."""
    caller = staff()
    taken = await intake.take(caller)
    at = datetime.now(UTC) - timedelta(hours=100)
    health = consent("health", recipient_kind="health-facility", scope=["identity", "health"])
    police = ground("police-protection", "police")
    answer = await intake.give(
        caller, taken["incident_id"], health, police, sexual_violence_at=at.isoformat()
    )
    assert answer.status_code == 200, answer.text
    said = [each["need"] for each in await intake.said(ConsentGiven, taken["incident_id"])]
    assert [(each["service_type"], each["urgency"]) for each in said] == [
        ("health", "immediate"),
        ("police-protection", "standard"),
    ]
    assert list(map(datetime.fromisoformat, said[0]["act_within"])) == [at + timedelta(hours=120)]
    shown = (await intake.show(caller, taken["incident_id"])).json()
    assert [each["service_type"] for each in shown["needs"]] == [
        "crisis-counselling",
        "health",
        "police-protection",
    ]


async def test_a_consent_is_taken_from_whom_it_may_be_withdrawn_by(intake: Intake) -> None:
    """Who reported, the coordinator of the territory, who holds the case; no lay reporter."""
    holder = staff("worker", organisation=CENTRE)
    neighbour = staff("reporter", organisation="public")
    for caller, status in (
        (holder, 200),
        (staff("coordinator", organisation="oblast", territories=("41704",)), 200),
        (staff("coordinator", organisation="oblast", territories=("41702",)), 404),
        (staff("worker", organisation=CENTRE), 404),
        (neighbour, 404),
    ):
        lay = {"reporter": {"kind": "neighbour"}} if caller is neighbour else {}
        taken = await intake.take(neighbour if lay else staff(), **lay)
        await intake.hear_offer({**taken, "needs": [{"need_id": "n"}]}, OfferStatus.ACCEPTED,
                                person=holder.staff_id)  # fmt: skip
        given = consent(recipient_kind="ngo")
        assert (await intake.give(caller, taken["incident_id"], given)).status_code == status
        assert len(await intake.said(ConsentGiven, taken["incident_id"])) == (status == 200)


async def test_what_nobody_could_have_given_is_refused_as_in_a_report(intake: Intake) -> None:
    """And of a basis, in somebody's own words, nothing lies open."""
    caller = staff()
    taken = await intake.take(caller)
    for wrong, field in (
        (consent(recipient_kind="police"), "consents[0].recipient_kind"),
        (consent(until=None), "consents[0].until"),
        (consent(given_by={"who": "representative"}), "consents[0].given_by.basis"),
        (consent("corrective-programme", scope=["story"]), "consents[0].scope"),
    ):
        refused = await intake.give(caller, taken["incident_id"], wrong)
        assert [each["field"] for each in refused.json()["errors"]] == [field]
    spoken = {"who": "representative", "basis": "канарейка апасы"}
    answer = await intake.give(caller, taken["incident_id"], consent(given_by=spoken))
    assert answer.status_code == 200, answer.text
    group = f"consent-basis.{answer.json()['consents'][0]['consent_id']}"
    assert await intake.count("person_data", "field_group = $1", group) == 1
    assert await intake.count("consents", "consents::text LIKE '%канарейка%'") == 0
