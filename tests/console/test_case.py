"""A case at a desk: who holds it, who was first, what is shown of whom, and how it is passed on."""

from collections.abc import Sequence
from typing import Any

import asyncpg

from tests.console.conftest import Office
from tests.support.town import COORDINATOR, Town, someone_at
from tests.support.visitor import Visitor

LATE_YES, NEED = "12-late-yes", "crisis-counselling"
OVER = "UPDATE referral.offer SET status = 'expired', ended_at = now() WHERE id = $1"
THEIRS = "selskaya-jizn"
PHONE = "+996000501201"


def workers(town: Town, organisation: str) -> Sequence[Any]:
    """Everybody who takes cases there."""
    return [
        each.caller
        for each in town.people.values()
        if each.organisation == organisation and "worker" in each.roles
    ]


async def two_before(office: Office, **changes: Any) -> tuple[dict[str, Any], Visitor, Visitor]:
    """A case that waits for an organisation, and two of its people who have it open."""
    offer = await office.town.offer(await office.town.report(LATE_YES, **changes), NEED)
    one, other = [await office.desks.of(each) for each in workers(office.town, THEIRS)[:2]]
    for each in (one, other):
        await each.go(f"/cases/{offer['offer_id']}")
    return offer, one, other


async def test_an_accepted_case_goes_to_a_colleague_and_back_to_be_asked(office: Office) -> None:
    """It is completed after a contact alone; it is handed over, and given back in the end."""
    offer, one, other = await two_before(office)
    at = f"/cases/{offer['offer_id']}"
    coordinator = await office.desks.of(COORDINATOR)
    page = await coordinator.go(at)
    assert [words for form in page.forms for words, *_ in form.buttons] == ["Lock"]
    page = await one.press("Accept")
    assert one.at.startswith(at), "back on the case it was pressed on"
    assert "You have accepted" in page.text
    assert not any(words.startswith("Complete") for words, _ in page.links)
    page = await one.press("On the way")
    assert "you are on the way" in page.text
    await one.follow("Hand over")
    colleague = workers(office.town, THEIRS)[1].staff_id
    page = await one.press("Hand over", to=colleague, reason="end-of-shift")
    assert "Your colleague is told" in page.text
    page = await one.go(at)
    assert "A colleague of yours has this case" in page.text
    page = await other.go(at)
    page = await other.press("Show what she has allowed")
    assert "Елена Самсонова" in page.text
    assert "You may read it until" in page.text
    await other.go(at)
    await other.follow("Give back")
    page = await other.press("Give back", reason="unable")
    assert "Given back" in page.text


async def test_ones_own_yes_is_called_so(office: Office) -> None:
    """Whoever holds a case is never told that nothing more is asked of them."""
    offer, one, other = await two_before(office)
    await other.go(f"/queue/{offer['offer_id']}/decline")
    await one.press("Accept")
    page = await one.post(
        f"/queue/{offer['offer_id']}/decline", {"csrf": one.token, "reason": "other"}
    )
    assert "You have answered it yourself" in page.text
    assert "You hold this case" in page.text
    assert "Nothing more" not in page.text
    page = await other.press("Decline", reason="other")
    assert "A colleague of yours was first" in page.text
    assert "Nothing more is asked of you" in page.text


async def test_who_lost_to_another_organisation_reads_when(office: Office) -> None:
    """Also later, on the page of the case that has left the list."""
    incident = await office.town.report(LATE_YES)
    lost = await office.town.offer(incident, NEED)
    [request] = await office.town.requests(incident)
    more = {"service": "abiyir-el-counselling"}
    asking = f"/service-requests/{request['service_request_id']}/offers"
    await office.town.ask(COORDINATOR, "referral", "POST", asking, more)
    [request] = await office.town.requests(incident)
    won = next(each for each in request["offers"] if each["service"] == more["service"])
    first = await office.desks.of(someone_at(office.town, "abiyir-el"))
    second = await office.desks.of(someone_at(office.town, lost["organisation"]))
    await second.go(f"/cases/{lost['offer_id']}")
    await first.go(f"/cases/{won['offer_id']}")
    await first.press("Accept")
    page = await second.press("Accept")
    assert "Another organisation was first" in page.text
    assert "Nothing more is asked of you" in page.text
    page = await second.go(f"/cases/{lost['offer_id']}")
    assert "Another organisation was first" in page.text
    assert not any(words.startswith("Accept") for form in page.forms for words, *_ in form.buttons)


async def test_a_yes_that_comes_late_is_taken_on_the_page_of_the_case(office: Office) -> None:
    """The list has it no more, and a code leads to it."""
    offer, one, _ = await two_before(office)
    connection = await asyncpg.connect(office.town.stack.superuser("tirek"))
    try:
        await connection.execute(OVER, offer["offer_id"])
    finally:
        await connection.close()
    page = await one.go(f"/cases/{offer['offer_id']}")
    assert "The time to answer is over" in page.text
    page = await one.press("Accept")
    assert "You have accepted" in page.text


async def test_a_number_that_must_not_be_called_is_shown_in_danger_to_life_alone(
    office: Office,
) -> None:
    """Masked by a safe contact of none, also where that group itself was not allowed."""
    none = {"channel": "none", "language": "ru"}
    _, one, _ = await two_before(office, safe_contact=none)
    await one.press("Accept")
    page = await one.press("Show what she has allowed")
    assert "NOT SAFE TO CALL NOW" in page.text
    assert PHONE not in page.markup
    page = await one.press("Her life is in danger")
    assert "NOT SAFE TO CALL NOW" in page.text
    assert f"tel:{PHONE}" in page.markup
