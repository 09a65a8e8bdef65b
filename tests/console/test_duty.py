"""A duty officer's telephone: registered by a code, opened by six digits, a case in one hand."""

from services.console.devices import handlers as devices
from shared.events.words import SYSTEM
from tests.console.conftest import Office
from tests.support.visitor import Visitor

SAMPLE, NEED, PIN = "09-night", "police-protection", "386142"


async def registered(office: Office, staff_id: str) -> Visitor:
    """An officer who has registered their telephone just now, and sits before their duty list."""
    front = office.desks.deps
    caller = office.town.caller(staff_id)
    member = office.desks.member(caller)
    async with front.db.transaction(actor=SYSTEM) as tx:
        code = await devices.issue_code(tx, front, "st-admin", member)
    officer = office.desks.nobody()
    await officer.go("/device")
    page = await officer.press("Register", code=code, pin="111111", again="111111")
    assert "too easy" in page.text
    page = await officer.press("Register", code=code, pin=PIN, again=PIN)
    assert officer.answer.request.url.path == "/duty", page.text
    return officer


async def test_an_officer_goes_is_there_and_is_done(office: Office) -> None:
    """I am going: the address at once; there; done. The page weighs next to nothing."""
    incident = await office.town.report(SAMPLE)
    offer = await office.town.offer(incident, NEED)
    staff = next(
        each.staff_id
        for each in office.town.people.values()
        if each.organisation == offer["organisation"] and "worker" in each.roles
    )
    officer = await registered(office, staff)
    page = await officer.go(f"/duty/{offer['offer_id']}")
    assert len(officer.answer.content) < 6_000
    page = await officer.press("I am going")
    assert "I am there" in page.text, page.text
    page = await officer.press("I am there")
    assert "you are there" in page.text
    page = await officer.press("helped")
    assert "Done. Thank you." in page.text


async def test_the_telephone_opens_by_six_digits_and_five_wrong_ones_end_it(
    office: Office,
) -> None:
    """The account of its owner is as it was."""
    officer = await registered(office, "st-3teojjgi")
    await officer.press("Lock")
    await officer.go("/device")
    page = await officer.press("Open", pin=PIN)
    assert officer.answer.request.url.path == "/duty"
    await officer.press("Lock")
    await officer.go("/device")
    for _ in range(5):
        page = await officer.press("Open", pin="975310")
    assert "not registered any more" in page.text
    assert "Register this telephone" in page.text
