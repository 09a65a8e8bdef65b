"""Who may see what of an incident, by the domain's table; who is excluded sees that it is not."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from shared.events.words import Fulfilment, ServiceRequestStatus
from tests.support.intake import Intake, running, staff
from tests.support.referral_says import CENTRE, request_changed

ACTIVE = ServiceRequestStatus.ACTIVE


@pytest_asyncio.fixture(scope="module")
async def intake(stack: Stack) -> AsyncIterator[Intake]:
    """One intake for the module."""
    async with running(stack) as one:
        yield one


async def test_reporters_and_coordinators_see_how_far_it_has_come(intake: Intake) -> None:
    """Reporting staff learn of received, accepted, exhausted, completed; coordinators of each
    step; a lay reporter that it was received, and no more."""
    caller, lay = staff(), staff("reporter", organisation="public")
    coordinator = staff("coordinator", organisation="oblast", territories=("41704000000000",))
    told = await intake.take(caller)
    heard = await intake.take(lay, reporter={"kind": "neighbour"})
    assert heard["needs"] == []
    steps = [
        (ServiceRequestStatus.DRAFT, Fulfilment.UNMATCHED, "received", "received"),
        (ACTIVE, Fulfilment.UNMATCHED, "matching", "received"),
        (ACTIVE, Fulfilment.OFFERING, "offered", "received"),
        (ACTIVE, Fulfilment.PLACED, "accepted", "accepted"),
        (ACTIVE, Fulfilment.IN_SERVICE, "in-service", "accepted"),
        (ACTIVE, Fulfilment.EXHAUSTED, "exhausted", "exhausted"),
        (ServiceRequestStatus.COMPLETED, Fulfilment.IN_SERVICE, "completed", "completed"),
    ]
    for version, (status, fulfilment, for_coordinator, for_reporter) in enumerate(steps, 1):
        await intake.hear_progress(told, status, fulfilment, version)
        for viewer, expected in ((coordinator, for_coordinator), (caller, for_reporter)):
            shown = (await intake.show(viewer, told["incident_id"])).json()
            assert [need["progress"] for need in shown["needs"]] == [expected]
    shown = (await intake.show(lay, heard["incident_id"])).json()
    of_this_sending = {"notices", "read"}  # what was left out, how numbers were read: said once
    assert shown == {name: value for name, value in heard.items() if name not in of_this_sending}
    assert shown["status"] == "received"


async def test_an_older_event_does_not_turn_progress_back(intake: Intake) -> None:
    """Whatever order the bus redelivers in."""
    caller = staff()
    taken = await intake.take(caller)
    await intake.hear_progress(taken, ACTIVE, Fulfilment.PLACED, 7)
    await intake.hear_progress(taken, ACTIVE, Fulfilment.OFFERING, 6)
    shown = (await intake.show(caller, taken["incident_id"])).json()
    assert shown["needs"][0]["progress"] == "accepted"


async def test_everybody_else_finds_nothing(intake: Intake) -> None:
    """A colleague, the holder's centre, another oblast's or the neighbouring raion's coordinator:
    the same 404 as for an incident that is none."""
    taken = await intake.take(staff(), territory="41702215000000")
    for stranger in (
        staff(),
        staff("worker", organisation=CENTRE),
        staff("coordinator", territories=("41704",)),
        staff("coordinator", territories=("41702210000000",)),
        staff("coordinator"),
    ):
        answer = await intake.show(stranger, taken["incident_id"])
        nothing = await intake.show(stranger, "00000000-0000-4000-8000-000000000000")
        assert answer.status_code == nothing.status_code == 404
        assert answer.json() == nothing.json()
    for outsider in (staff("administrator"), staff("auditor")):
        assert (await intake.show(outsider, taken["incident_id"])).status_code == 403


@pytest.mark.parametrize(
    "exclusion",
    [
        {"kind": "staff", "value": "st-kin-of-the-accused"},
        {"kind": "organisation", "value": "committee-of-kin"},
        {"kind": "place", "value": "41704245845000"},
    ],
)
async def test_who_is_excluded_sees_that_it_is_not(
    intake: Intake, exclusion: dict[str, str]
) -> None:
    """Not even what they reported themselves, nor in a list, nor to withdraw from or look at."""
    kin = staff(
        "worker",
        "coordinator",
        staff_id="st-kin-of-the-accused",
        organisation="committee-of-kin",
        territories=("41704245845",),
    )
    taken = await intake.take(kin, exclusions=[exclusion])
    incident, nothing = taken["incident_id"], "00000000-0000-4000-8000-000000000000"
    given = taken["consents"][0]["consent_id"]
    answers = [
        (await intake.show(kin, which), await intake.withdraw(kin, which, given), await entered)
        for which in (incident, nothing)
        for entered in [
            intake.ask("POST", f"/incidents/{which}/entered", kin, json={"purpose": "check"})
        ]
    ]
    hidden, absent = answers
    for one, other in zip(hidden, absent, strict=True):
        assert one.status_code == other.status_code == 404
        assert one.json() == other.json()
    listed = (await intake.ask("GET", "/incidents", kin)).json()["incidents"]
    assert incident not in {each["incident_id"] for each in listed}


async def test_own_reports_are_listed_newest_first_page_by_page(intake: Intake) -> None:
    """Each once, whatever is reported meanwhile; nobody's but one's own."""
    caller = staff()
    taken = [(await intake.take(caller))["incident_id"] for _ in range(5)]
    await intake.take(staff())
    seen: list[str] = []
    params: dict[str, str] = {"limit": "2"}
    while True:
        page = (await intake.ask("GET", "/incidents", caller, params=params)).json()
        seen += [each["incident_id"] for each in page["incidents"]]
        await intake.take(caller)
        if page["next"] is None:
            break
        params["before"] = page["next"]
    assert seen == taken[::-1]


async def test_a_list_of_reports_goes_on_when_the_last_one_shown_is_hidden(intake: Intake) -> None:
    """What is behind it is still shown; where it went does not show."""
    caller = staff()
    taken = [(await intake.take(caller))["incident_id"] for _ in range(4)]
    page = (await intake.ask("GET", "/incidents", caller, params={"limit": "2"})).json()
    async with intake.db.transaction() as tx:
        await tx.execute(
            "UPDATE incidents SET excluded_organisations = $2 WHERE incident_id = $1",
            taken[2],
            [caller.organisation],
        )
    params = {"limit": "2", "before": page["next"]}
    rest = (await intake.ask("GET", "/incidents", caller, params=params)).json()
    assert [each["incident_id"] for each in rest["incidents"]] == [taken[1], taken[0]]
    assert rest["next"] is None


async def test_a_cursor_of_reports_that_was_not_given_is_refused(intake: Intake) -> None:
    """Also an incident's id: whether there is such a one is not to be learned by it."""
    caller = staff()
    taken = [(await intake.take(caller))["incident_id"] for _ in range(2)]
    page = (await intake.ask("GET", "/incidents", caller, params={"limit": "1"})).json()
    for wrong in (taken[1], page["next"][:-1], "A" + page["next"], "", "x" * 600):
        answer = await intake.ask("GET", "/incidents", caller, params={"before": wrong})
        assert answer.status_code == 422, wrong
        assert answer.json()["errors"][0]["field"] == "before"


async def test_what_was_entered_can_be_seen_for_a_day_by_who_entered_it(intake: Intake) -> None:
    """Each look is recorded; a day later it is over, and it was never anybody else's."""
    caller = staff()
    taken = await intake.take(caller)
    path = f"/incidents/{taken['incident_id']}/entered"
    coordinator = staff("coordinator", territories=("41704",))
    for stranger in (staff(), coordinator):
        answer = await intake.ask("POST", path, stranger, json={"purpose": "check"})
        assert answer.status_code == 404
    mine = await intake.ask("POST", path, caller, json={"purpose": "check"})
    assert mine.json()["data"]["identity"]["name"] == "Айсулуу"
    recorded = await intake.count("disclosures", "incident_id = $1", taken["incident_id"])
    assert recorded == 1
    await intake.age(taken, timedelta(hours=24, seconds=1))
    assert (await intake.ask("POST", path, caller, json={"purpose": "check"})).status_code == 403


async def test_a_report_is_found_by_what_people_call_its_need(intake: Intake) -> None:
    """However it is typed, by whoever reported it: nobody else finds it, and it opens nothing."""
    caller = staff()
    taken, _ = await intake.take(caller), await intake.take(caller)
    called = request_changed(taken, ACTIVE, Fulfilment.OFFERING, "K7M4P2")
    await intake.hear(called)
    await intake.hear(called.model_copy(update={"public_id": None}), version=2)
    found = (await intake.ask("GET", "/incidents?public_id=k7m 4p2", caller)).json()["incidents"]
    assert [each["incident_id"] for each in found] == [taken["incident_id"]]
    assert [each["public_id"] for each in found[0]["needs"]] == ["K7M4P2"]
    other = (await intake.ask("GET", "/incidents?public_id=K7M4P2", staff())).json()
    assert other == {"incidents": [], "next": None}
    assert not any(word in str(found) for word in ("Айсулуу", "Күйөөсү", "+996"))
