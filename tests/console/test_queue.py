"""A crisis centre works in its queue: sees, accepts, takes it back, declines, and does a case."""

import asyncio
from typing import Any

from tests.console.conftest import Office
from tests.support.eventually import eventually
from tests.support.visitor import Visitor

LATE_YES, NEED = "12-late-yes", "crisis-counselling"


async def offered(office: Office) -> tuple[dict[str, Any], Visitor]:
    """A case that waits for an organisation, and somebody of it at a desk."""
    incident = await office.town.report(LATE_YES)
    offer = await office.town.offer(incident, NEED)
    staff = next(
        each.caller
        for each in office.town.people.values()
        if each.organisation == offer["organisation"] and "worker" in each.roles
    )
    return offer, await office.desks.of(staff)


async def test_a_worker_accepts_in_one_tap_reads_and_completes(office: Office) -> None:
    """From the list to the end of a case, without a script and without a typed code."""
    offer, desk = await offered(office)
    page = await desk.go("/")
    assert page.title.endswith("Queue")
    assert "Елена" not in page.text
    page = await desk.press("Accept")
    assert "You have accepted" in page.text
    page = await desk.go(f"/cases/{offer['offer_id']}")
    assert "Елена" not in page.text, "masked until it is asked for"
    page = await desk.press("Show what she has allowed")
    assert "Елена Самсонова" in page.text
    page = await desk.go(f"/cases/{offer['offer_id']}")
    assert "Елена" not in page.text, "masked again"
    page = await desk.press("First contact made")
    assert "First contact is written down" in page.text
    page = await desk.follow("Put on hold")
    page = await desk.press("Put on hold", reason="waiting-for-papers", days="7")
    assert "On hold" in page.text
    page = await desk.press("Take it up again")
    page = await desk.follow("Complete")
    page = await desk.press("Complete", outcome="helped")
    assert "Completed" in page.text


async def test_a_yes_by_mistake_is_taken_back_and_a_no_has_its_reason(office: Office) -> None:
    """Undo for two minutes; then others are asked, and this desk says no with a reason."""
    _, desk = await offered(office)
    await desk.go("/queue")
    page = await desk.press("Accept")
    page = await desk.press("Take it back")
    assert "Taken back" in page.text
    _, other = await offered(office)
    page = await other.go("/queue")
    page = await other.follow("Decline")
    page = await other.press("Decline")
    assert "Choose a reason" in page.text
    page = await other.press("Decline", reason="at-capacity")
    assert "Declined" in page.text


async def test_who_was_first_stands_and_the_other_reads_it(office: Office) -> None:
    """Two people on one offer, two tabs: one yes, and the other reads that it stands otherwise."""
    offer, desk = await offered(office)
    await desk.go("/queue")
    accept = f"/queue/{offer['offer_id']}/accept"
    await desk.post(accept, {"csrf": desk.token})
    colleague = next(
        each.caller
        for each in office.town.people.values()
        if each.organisation == offer["organisation"]
        and "worker" in each.roles
        and each.caller.staff_id != offer.get("person")
    )
    other = await office.desks.of(colleague)
    await other.go("/queue")
    page = await other.post(accept, {"csrf": other.token})
    assert "It stands otherwise now" in page.text or "You have accepted" in page.text


async def test_an_open_queue_hears_of_what_comes(office: Office) -> None:
    """A page that listens is told that something changed, and nothing else."""
    desk = await office.desks.of(office.town.caller("st-6775jivy"))
    heard: list[str] = []

    async def listens() -> None:
        async with desk.stream("/live") as lines:
            async for line in lines:
                if line.startswith("data:"):
                    heard.append(line.removeprefix("data:").strip())
                if len(heard) > 1:
                    return

    listening = asyncio.ensure_future(listens())

    async def begun() -> bool:
        return bool(heard)

    await eventually(begun, within=20)
    await office.town.report(LATE_YES)
    await asyncio.wait_for(listening, 30)
    assert all(each.isdecimal() for each in heard)
