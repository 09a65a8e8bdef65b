"""Taking a report: what it opens, what is said of it, and what is kept where."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from deploy.samples.load import load_incidents, load_people
from shared.errors import Unprocessable
from shared.events.intake import IncidentReported
from shared.security.excluded_staff import Digests
from shared.security.sealing import Sealer
from shared.security.tags import ExcludedPeople, Tagger
from shared.security.tokens import Caller
from tests.support.intake import Intake, consent, ground, need_id, report, running, staff

SAMPLES = load_incidents()
PEOPLE = {each.staff_id: each for each in load_people()}


@pytest_asyncio.fixture(scope="module")
async def intake(stack: Stack) -> AsyncIterator[Intake]:
    """One intake for the module."""
    async with running(stack) as one:
        yield one


async def said_of(intake: Intake, taken: dict[str, Any]) -> dict[str, Any]:
    """The one event that reports an incident."""
    (event,) = await intake.said(IncidentReported, taken["incident_id"])
    return event


def needs_said(event: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The needs of an event by service type."""
    return {need["service_type"]: need for need in event["needs"]}


async def test_a_report_is_taken_and_said_with_the_act_behind_it(intake: Intake) -> None:
    """Who reported, when the database heard it, and what they claim stand in the event."""
    caller, claimed = staff(), datetime.now(UTC) - timedelta(hours=3)
    taken = await intake.take(
        caller,
        reporter={"kind": "neighbour", "name": "Пётр Вымышленный", "phone": "+996000500801"},
        claimed_at=claimed.isoformat(),
    )
    event = await said_of(intake, taken)
    assert event["act"] == {
        "received_at": taken["received_at"],
        "claimed_at": claimed.isoformat().replace("+00:00", "Z"),
        "actor": caller.staff_id,
        "on_behalf_of": "neighbour",
        "channel": "api",
    }
    assert event["reported_by"] == caller.staff_id
    assert event["version"] == 1
    assert event["age_band"] == "30-44"
    assert taken["territory"] == "41704245000000", "the raion, never finer"


async def test_a_need_goes_with_what_permits_it(intake: Intake) -> None:
    """A need without a consent is said with no permission: it will wait as a draft."""
    taken = await intake.take(staff(), needs=["crisis-counselling", "legal-aid"])
    needs = needs_said(await said_of(intake, taken))
    (permission,) = needs["crisis-counselling"]["permissions"]
    (given,) = taken["consents"]
    assert permission == {
        "consent_id": given["consent_id"],
        "recipient_kind": "crisis-centre",
        "until": given["until"],
    }
    assert needs["legal-aid"]["permissions"] == []
    progress = {need["service_type"]: need["progress"] for need in taken["needs"]}
    assert progress == {"crisis-counselling": "received", "legal-aid": "awaiting-consent"}


async def test_a_child_who_saw_it_opens_its_own_need_by_law(intake: Intake) -> None:
    """A minor who witnesses is a survivor too: child protection is told on the law's ground."""
    caller = staff()
    taken = await intake.take(caller, children=[{"age": 8, "witness": True}])
    event = await said_of(intake, taken)
    (permission,) = needs_said(event)["child-protection"]["permissions"]
    assert permission["recipient_kind"] == "child-protection-body"
    assert "until" not in permission
    (by_law,) = [each for each in taken["consents"] if each["by_law"]]
    assert by_law["ground"] == "child-protection"
    assert event["children"] == [{"band": "7-11", "count": 1}]
    assert await intake.count("consents", "named_person = $1", caller.staff_id) == 1


async def test_police_are_called_in_danger_only_where_somebody_allowed_it(intake: Intake) -> None:
    """Danger alone opens no need of police; a recorded ground that names them does."""
    without = await intake.take(staff(), immediate_danger=True)
    assert [need["service_type"] for need in without["needs"]] == ["crisis-counselling"]
    assert without["urgency"] == "immediate"
    allowed = [consent(), ground("police-protection", "police", scope=["location", "risk"])]
    given = await intake.take(staff(), immediate_danger=True, consents=allowed)
    need = needs_said(await said_of(intake, given))["police-protection"]
    assert need["urgency"] == "immediate"
    assert [each["recipient_kind"] for each in need["permissions"]] == ["police"]


async def test_care_after_sexual_violence_runs_against_clinical_clocks(intake: Intake) -> None:
    """72 and 120 hours from the act; what has run out is not said, and nothing makes it wait."""
    at = datetime.now(UTC) - timedelta(hours=80)
    taken = await intake.take(
        staff(),
        needs=["health", "crisis-counselling"],
        danger_signs=["sexual-violence"],
        sexual_violence_at=at.isoformat(),
    )
    needs = needs_said(await said_of(intake, taken))
    (until,) = needs["health"]["act_within"]
    assert datetime.fromisoformat(until) == at + timedelta(hours=120)
    assert needs["health"]["urgency"] == "immediate"
    assert needs["crisis-counselling"]["urgency"] == "high"


async def test_an_accused_who_serves_somewhere_excludes_that_unit_and_themselves(
    intake: Intake, stack: Stack
) -> None:
    """Referral hears the organisation, and a keyed digest of every tag of whoever is meant; the
    tags themselves open for notify alone."""
    accused = {
        "name": "Азамат Үлгү",
        "phone": "0 000 500 302",
        "organisation": "police-suzak",
        "staff_id": "st-accused",
    }
    exclusions = [{"kind": "staff", "value": "st-kin"}, {"kind": "place", "value": "41703220"}]
    taken = await intake.take(staff(), accused=[accused], exclusions=exclusions)
    event = await said_of(intake, taken)
    assert event["excluded_organisations"] == ["police-suzak"]
    assert event["excluded_places"] == ["41703220"]
    incident = taken["incident_id"]
    tagger = Tagger.from_directory(stack.keys("notify"))
    tags = tagger.name("Азамат Үлгү", "police-suzak") | tagger.phone("+996000500302")
    ids = tagger.staff("st-kin") | tagger.staff("st-accused")
    digests = Digests.from_directory(stack.keys("referral"))
    assert event["excluded_digests"] == list(digests.of(incident, tags | ids))
    assert event.get("excluded_staff", []) == []
    sealed = event["excluded_people"].encode()
    found = ExcludedPeople.decode(
        Sealer.from_directory("notify", stack.keys("notify")).open(sealed, by="intake")
    )
    assert found == ExcludedPeople(
        frozenset({"st-kin", "st-accused"}),
        tags | ids,
        frozenset({"police-suzak"}),
        frozenset({"41703220"}),
    )
    with pytest.raises(Unprocessable):
        Sealer.from_directory("referral", stack.keys("referral")).open(sealed, by="intake")


@pytest.mark.parametrize("name", SAMPLES)
async def test_every_sample_is_taken_and_opens_the_needs_it_must(intake: Intake, name: str) -> None:
    """The samples are reports as people make them."""
    sample = SAMPLES[name]
    now = await intake.now()
    body: Any = sample.body(now, intake.deps.jurisdiction.zone)
    for person in (PEOPLE[each["named_person"]] for each in body["consents"] if "ground" in each):
        await intake.introduce(
            Caller(person.staff_id, person.organisation, frozenset(person.roles))
        )
    answer = await intake.send(staff(), body)
    assert answer.status_code == 201, answer.text
    taken = answer.json()
    expected = {need.need: need.status for need in sample.expect.needs}
    assert {need["service_type"] for need in taken["needs"]} == set(expected)
    waiting = {each["service_type"] for each in taken["needs"] if each["progress"] != "received"}
    assert waiting == {need for need, status in expected.items() if status == "draft"}
    assert need_id(taken, sample.expect.needs[0].need)


async def test_a_lay_reporter_is_not_told_of_what_becomes_of_it(intake: Intake) -> None:
    """No staff hears of it then, and the answer says that it was received, and no more."""
    caller = staff("reporter", organisation="public")
    answer = await intake.send(caller, report(reporter={"kind": "neighbour"}))
    taken = answer.json()
    assert {"urgency": None, "needs": [], "consents": []}.items() <= taken.items()
    assert (await said_of(intake, taken)).get("reported_by") is None
