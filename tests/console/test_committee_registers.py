"""A secretary's registers: the plan with another body's own yes, appeals that are answered, and one
that is an incident: opened once, whatever is cut off in between."""

from datetime import timedelta
from typing import Any

import pytest_asyncio

from shared.clock import wall
from tests.console.conftest import Office
from tests.support.committee_town import MEMBER, SECRETARY, House, house
from tests.support.eventually import eventually
from tests.support.town import someone_at
from tests.support.visitor import Visitor

PLAN = "/committee/plan"
JOINING = "police-at-bashy"
NAME = "Айсулуу Үлгү"
NOT_IN_AN_ADDRESS = ("17-б", "41704245845000", "female")


@pytest_asyncio.fixture
async def committee(office: Office) -> House:
    """Uchkun's, with its people."""
    return await house(office.town)


async def entered(desk: Visitor, number: str, **typed: Any) -> str:
    """An appeal that was entered: its address."""
    await desk.go("/committee/appeals/new")
    asks = {"journal_no": number, "subject": "domestic-violence", "sex": "female"}
    page = await desk.press("Save", **asks | typed)
    assert "Entered." in page.text, page.text
    return desk.at.split("?")[0]


async def test_a_row_is_planned_with_another_body_that_says_its_own_yes(
    office: Office, committee: House
) -> None:
    """Entered once, seen by whoever serves there, agreed on by them, done, and taken back."""
    desk = await office.desks.of(SECRETARY)
    page = await desk.go(f"/committee/plan?year={wall().year + 1}")
    assert "Nothing is planned for this year" in page.text, "an empty year says what to do"
    await desk.go(PLAN)
    await desk.follow("Enter a row")
    page = await desk.press("Save", work="prevention-meeting", indicator="people", count="many")
    assert "Write it in digits" in page.text
    row = {"count": "100", "prepares": "aksakal-court", "reports": "local-committee"}
    page = await desk.press("Save", **row)
    assert "100 · people" in page.text, page.text
    await desk.follow("Open row 1")
    page = await desk.press("Save", joint_with=JOINING)
    assert "no answer yet" in page.text
    theirs = await office.desks.of(someone_at(office.town, JOINING))
    page = await theirs.go("/planned-together")
    assert "You have not answered yet" in page.text
    page = await theirs.press("Yes, together")
    assert "You said yes" in page.text
    await desk.go(PLAN)
    await desk.follow("Open row 1")
    page = await desk.press("Take it out")
    assert "agreed on" in page.text, "what is agreed on stays"
    page = await desk.press("It is done")
    assert ": yes" in page.text
    page = await desk.press("Take it back")
    assert "to be done" in page.text
    reader = await office.desks.of(MEMBER)
    page = await reader.go(PLAN)
    assert "100 · people" in page.text
    assert not [words for words, _ in page.links if words.startswith(("Enter", "Open"))]


async def test_an_appeal_that_is_no_incident_is_corrected_and_answered(
    office: Office, committee: House
) -> None:
    """What is wrong is said beside its field; what became of it closes it; late ones are found."""
    desk = await office.desks.of(SECRETARY)
    await desk.go("/committee/appeals/new")
    tomorrow = str((wall() + timedelta(days=2)).date())
    page = await desk.press("Save", journal_no="А-17", subject="alimony", received_on=tomorrow)
    assert 'href="#journal_no"' in page.markup, page.markup
    at = await entered(desk, "17-б", subject="alimony")
    await desk.press("Correct what was entered")
    page = await desk.press("Save", subject="housing")
    assert "housing" in page.text
    assert "a woman" not in page.text, "who wrote is shown on asking alone"
    await desk.follow("Answered")
    page = await desk.press("Close it", answer="forwarded")
    assert "is given where it was forwarded" in page.text
    page = await desk.press("Close it", forwarded_to="ayil-okmotu")
    assert "Answered and closed" in page.text
    assert "ayil okmotu" in page.text
    page = await desk.go("/committee/appeals?state=late")
    assert "None of these" in page.text
    page = await desk.go("/committee/appeals?state=answered")
    assert at in [href for _, href in page.links]


async def test_an_appeal_is_opened_as_an_incident_once(office: Office, committee: House) -> None:
    """The report begins with what was entered, is sent under the appeal's id, and the register
    shows how far it comes; one that was cut off before the register heard is found again."""
    desk = await office.desks.of(SECRETARY)
    at = await entered(desk, "18", village="41704245845000", age_band="30-44")
    await _reported(desk, at)
    page = await desk.follow("To the appeal")
    assert "opened as an incident" in page.text

    async def named() -> bool:
        return 'class="id"' in (await desk.go(at)).markup

    await eventually(named, within=30)
    assert not any(said in desk.at for said in NOT_IN_AN_ADDRESS)
    incident = (await committee.ask(SECRETARY, "GET", at.replace("/committee", "")))["incident_id"]
    page = await desk.post(f"{at}/open", {"csrf": desk.token})
    assert (await _reports(office)).count(incident) == 1


async def test_what_was_cut_off_in_between_is_linked_and_not_sent_twice(
    office: Office, committee: House
) -> None:
    """The report was taken and the register never heard: opening it again tells it."""
    desk = await office.desks.of(SECRETARY)
    at = await entered(desk, "19")
    appeal = at.rsplit("/", 1)[-1]
    town = office.town
    body = town.body("12-late-yes")
    taken = await town.call(SECRETARY, "intake", "POST", "/incidents", body, Idempotency_Key=appeal)
    assert taken.status_code == 201, taken.text
    before = len(await _reports(office))
    await desk.go(at)
    page = await desk.press("Open as an incident")
    assert "nothing is sent twice" in page.text
    known = await committee.ask(SECRETARY, "GET", f"/appeals/{appeal}")
    assert known["incident_id"] == taken.json()["incident_id"]
    assert len(await _reports(office)) == before


async def _reported(desk: Visitor, at: str) -> None:
    await desk.go(at)
    await desk.press("Open as an incident")
    page = await desk.press("Go on")
    assert "Where, and is there danger now?" in page.text
    page = await desk.press("Next")
    assert "a woman or a girl, 30-44" in page.text, page.text
    await desk.press("Next", name=NAME)
    await desk.press("Next")
    await desk.press("Next")
    await desk.press("Next", needs=["crisis-counselling"])
    await desk.press("Next", **{"tell-crisis-counselling": "yes"})
    await desk.press("Next")
    page = await desk.press("Send it")
    assert "It is taken" in page.text, page.text


async def _reports(office: Office) -> list[str]:
    page = await office.town.ask(SECRETARY, "intake", "GET", "/incidents?limit=100")
    return [each["incident_id"] for each in page["incidents"]]
