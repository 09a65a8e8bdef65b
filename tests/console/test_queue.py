"""A crisis centre works in its queue: sees, accepts, takes it back, declines, and does a case."""

import asyncio
import re
from typing import Any

from tests.console.conftest import Office
from tests.support.eventually import eventually
from tests.support.town import someone_at
from tests.support.visitor import Visitor

SEARCHES = "SELECT count(*) FROM outbox WHERE type = 'tirek.record.searched.v1'"
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
    own = someone_at(office.town, offer["organisation"])
    mine = await office.town.ask(own, "referral", "GET", f"/offers/{offer['offer_id']}")
    page = await desk.press(f"Accept {mine['public_id']}")
    assert "You have accepted" in page.text
    page = await desk.follow("Open the case")
    assert desk.at == f"/cases/{offer['offer_id']}"
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


async def test_of_two_who_say_yes_at_once_one_has_it(office: Office) -> None:
    """Exactly one yes stands, and the other reads who was first."""
    offer, _ = await offered(office)
    callers = [
        each.caller
        for each in office.town.people.values()
        if each.organisation == offer["organisation"] and "worker" in each.roles
    ]
    two = [await office.desks.of(each) for each in callers[:2]]
    for each in two:
        await each.go("/queue")
    accept = f"/queue/{offer['offer_id']}/accept"
    pages = await asyncio.gather(*(each.post(accept, {"csrf": each.token}) for each in two))
    said = ["You have accepted" in each.text for each in pages]
    assert sorted(said) == [False, True]
    lost = pages[said.index(False)].text
    assert "A colleague of yours was first" in lost
    assert "Nothing more is asked of you" in lost


async def test_a_row_is_known_by_the_end_of_the_code_in_the_text(office: Office) -> None:
    """And the case by the code that all call it by; each search is recorded."""
    offer, desk = await offered(office)
    reader = someone_at(office.town, offer["organisation"])
    asking = f"/offers?offer={offer['offer_id']}"

    async def code_ends() -> str:
        [call] = await office.town.ask(reader, "notify", "GET", asking) or [{}]
        return call.get("code_ends") or ""

    ends = await eventually(code_ends, within=20)
    page = await desk.go("/queue")
    row = page.markup.partition(f'id="row-{offer["offer_id"]}"')[2].partition("</li>")[0]
    assert f"code in the text ends in {ends}" in row
    public_id = re.search(r'class="id" href="[^"]+">(\w+)<', row)
    assert public_id is not None
    await desk.follow("Find by code")
    await desk.press("Find", code="222222")
    assert desk.answer.status_code == 404
    before = await searches(office)
    await desk.press("Find", code=public_id[1].lower())
    assert desk.at == f"/cases/{offer['offer_id']}"
    assert await searches(office) == before + 1


async def searches(office: Office) -> int:
    """How many were recorded."""
    async with office.desks.deps.db.transaction() as tx:
        return int(await tx.fetchval(SEARCHES))


async def test_free_places_are_changed_in_one_tap_from_the_queue(office: Office) -> None:
    """One fewer, one more again; and any number on the page of places."""
    desk = await office.desks.of(office.town.caller("st-6775jivy"))
    page = await desk.go("/queue")
    assert "shelter: 6 free" in page.text
    page = await desk.press("−1")
    assert desk.at.startswith("/queue")
    assert "shelter: 5 free" in page.text
    page = await desk.press("+1")
    assert "shelter: 6 free" in page.text
    await desk.go("/places")
    page = await desk.press("Save", free="many")
    assert "Type a number" in page.text
    page = await desk.press("Save", free="6")
    assert "Saved" in page.text


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


async def test_without_a_script_a_list_is_loaded_anew_if_one_wants_that(office: Office) -> None:
    """It begins and ends with a tap: nothing changes under somebody's hands unasked."""
    visitor = await office.desks.of(someone_at(office.town, "sezim-bishkek"))
    page = await visitor.go("/queue?tab=work")
    assert "http-equiv" not in page.markup
    page = await visitor.follow("Update each minute by itself")
    assert 'http-equiv="refresh" content="60; url=/queue?tab=work&amp;auto=1"' in page.markup
    page = await visitor.follow("No more by itself")
    assert "http-equiv" not in page.markup
