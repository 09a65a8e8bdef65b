"""A coordinator at the board: each act beside its case, and no code in what is read."""

from datetime import UTC, datetime, timedelta
from typing import Any

from shared.security.tokens import Caller
from tests.console.conftest import Office
from tests.support.eventually import eventually
from tests.support.town import COORDINATOR
from tests.support.visitor import Visitor

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()
CASE, NEED = "12-late-yes", "crisis-counselling"
FULL, SHELTER = "07-every-shelter-full", "shelter"


async def asked(office: Office) -> tuple[dict[str, Any], dict[str, Any], Visitor]:
    """A case that somebody is asked for, the open offer, and a coordinator who has it open."""
    incident = await office.town.report(CASE)
    offer = await office.town.offer(incident, NEED)
    request = next(
        each for each in await office.town.requests(incident) if each["service_type"] == NEED
    )
    desk = await office.desks.of(COORDINATOR)
    await desk.go(f"/board/{request['service_request_id']}")
    return request, offer, desk


def of(office: Office, organisation: str) -> list[Caller]:
    """Who serves there."""
    return [
        each.caller
        for each in office.town.people.values()
        if each.organisation == organisation and "worker" in each.roles
    ]


def without_codes(text: str, offer: dict[str, Any]) -> None:
    """Nothing on it is a code of ours."""
    assert offer["service"] not in text
    assert offer["organisation"] not in text


async def test_an_answer_by_telephone_a_hand_over_and_an_end(office: Office) -> None:
    """Entered for whoever said it; then others have it; then it is ended there, even on hold."""
    request, offer, desk = await asked(office)
    first, second = of(office, offer["organisation"])[:2]
    names = {each.staff_id: office.town.people[each.staff_id].name for each in (first, second)}
    without_codes(desk.page.text, offer)
    await desk.follow("They answered by telephone")
    page = await desk.press("Enter it")
    assert "Choose who said it" in page.text
    page = await desk.press("Enter it", who=first.staff_id, answer="accept")
    assert "Entered. Who said it is recorded" in page.text
    assert "It is with:" in page.text
    assert names[first.staff_id] in page.text
    await desk.follow("Hand over")
    page = await desk.press("Hand over", to=second.staff_id, reason="end-of-shift")
    assert "Handed over" in page.text
    review = {"reason": "waiting-for-papers", "review_at": TOMORROW}
    await office.town.ask(second, "referral", "POST", f"/offers/{offer['offer_id']}/start")
    await office.town.ask(second, "referral", "POST", f"/offers/{offer['offer_id']}/hold", review)
    page = await desk.go(f"/board/{request['service_request_id']}")
    assert "waiting for papers" in page.text
    await desk.follow("End it there")
    page = await desk.press("Do it", reason="unable")
    assert "Ended there" in page.text
    assert "cannot do it" in page.text


async def test_one_more_is_asked_and_called_and_taken_back(office: Office) -> None:
    """With the reasons why others were left out, who was told and how, and numbers to call."""
    _, offer, desk = await asked(office)
    page = await desk.follow("Who was told")
    assert "asked to answer, SMS" in page.text
    assert "queued" not in page.text
    await desk.follow("Back")
    page = await desk.follow("Ask one more")
    without_codes(page.text, offer)
    page = await desk.follow("Whom to call")
    assert "On duty:" in page.text
    page = await desk.press("Show the number")
    assert "Choose whose number it is" in page.text
    people = next(form.offered["who"] for form in page.forms if "who" in form.offered)
    page = await desk.press("Show the number", who=people[1], reason="no-answer")
    number = str(office.town.people[people[1]].phone)
    assert number in page.text.replace(" ", "")
    page = await desk.go(desk.at)
    assert number not in page.text.replace(" ", ""), "once, to whoever asked"
    await desk.follow("Back")
    await desk.follow("Ask one more")
    page = await desk.press("Ask")
    assert "Asked. You see here" in page.text
    assert "could be asked" in page.text, "why these"
    await desk.follow("Take back")
    page = await desk.press("Do it", reason="duplicate")
    assert "Taken back" in page.text
    assert "it stands twice" in page.text


async def test_what_nobody_can_help_is_closed_as_that(office: Office) -> None:
    """It leaves the board, its reporter reads it, and a slip is undone; void is another thing."""
    incident = await office.town.report(FULL)
    for _ in range(3):
        offer = await office.town.offer(incident, SHELTER)
        no = f"/offers/{offer['offer_id']}/reject"
        body = {"reason": "at-capacity"}
        await office.town.ask(of(office, offer["organisation"])[0], "referral", "POST", no, body)
    request = await office.town.settled(incident, SHELTER, "exhausted")
    desk, row = await office.desks.of(COORDINATOR), f"row-{request['service_request_id']}"
    page = await desk.go("/board")
    assert row in page.markup
    await desk.go(f"/board/{request['service_request_id']}")
    page = await desk.follow("Ask one more")
    assert "no free place" in page.text
    await desk.follow("Back")
    await desk.follow("Close the case")
    page = await desk.press("Close the case")
    assert "Choose a reason" in page.text
    page = await desk.press("Close the case", reason="nobody-can-help")
    assert "Closed. Nobody is asked any more" in page.text
    assert "closed: nobody can help" in page.text
    page = await desk.go("/board")
    assert row not in page.markup

    async def unmet() -> bool:
        return (await office.town.progress(incident, FULL))[SHELTER] == "unmet"

    assert await eventually(unmet, within=20)
    await desk.go(f"/board/{request['service_request_id']}")
    page = await desk.press("Open it again")
    assert "Open again" in page.text
    await desk.follow("Entered in error")
    page = await desk.press("Do it", reason="mistake")
    assert "Marked as entered in error" in page.text


async def test_a_missing_yes_or_a_ground_is_entered_from_the_board(office: Office) -> None:
    """Nobody may be asked; a coordinator enters what permits it, and answers for it."""
    incident = await office.town.report(CASE, consents=[])
    desk = await office.desks.of(COORDINATOR)

    async def waits() -> dict[str, Any] | None:
        found = await office.town.requests(incident)
        return next((each for each in found if each["service_type"] == NEED), None)

    request = await eventually(waits, within=20)
    assert request is not None
    await desk.go(f"/board/{request['service_request_id']}")
    await desk.follow("She allows it now")
    assert desk.at.endswith(f"/consent/{NEED}")
    assert desk.answer.status_code == 200
    await desk.go(f"/board/{request['service_request_id']}")
    await desk.follow("Without her yes")
    page = await desk.press("I answer for it")
    assert "Choose a ground" in page.text
    page = await desk.press("I answer for it", ground="vital-interest", scope=["location", "risk"])
    assert "Who can help is asked at once" in page.text
    assert await office.town.offer(incident, NEED)
