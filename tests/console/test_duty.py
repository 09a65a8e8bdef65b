"""A duty officer's telephone: registered by a code, opened by six digits, a case in one hand."""

import re
from typing import Any

from services.console.devices import handlers as devices
from shared.events.words import SYSTEM
from tests.console.conftest import Office
from tests.support.town import someone_at
from tests.support.visitor import Visitor

ADDRESS = "Ленин көчөсү, 12-үй"
SAMPLE, NEED, PIN = "09-night", "police-protection", "386142"


async def given_code(office: Office, staff_id: str) -> str:
    """What an administrator shows an officer, to register a telephone by."""
    front = office.desks.deps
    member = office.desks.member(office.town.caller(staff_id))
    async with front.db.transaction(actor=SYSTEM) as tx:
        return await devices.issue_code(tx, front, "st-admin", member)


async def registered(office: Office, staff_id: str) -> Visitor:
    """An officer who has registered their telephone just now, and sits before their duty list."""
    code = await given_code(office, staff_id)
    officer = office.desks.nobody()
    await officer.go("/device")
    page = await officer.press("Register", code=code, pin="111111", again="111111")
    assert "too easy" in page.text
    page = await officer.press("Register", code=code, pin=PIN, again=PIN)
    assert officer.answer.request.url.path == "/duty", page.text
    return officer


async def asked(office: Office, **changes: Any) -> tuple[str, Visitor]:
    """Where a case waits for a unit, and one of its officers who has it open."""
    incident = await office.town.report(SAMPLE, **changes)
    offer = await office.town.offer(incident, NEED)
    staff = someone_at(office.town, offer["organisation"]).staff_id
    officer = await registered(office, staff)
    at = f"/duty/{offer['offer_id']}"
    await officer.go(at)
    return at, officer


async def octets(office: Office, officer: Visitor) -> int:
    """What a telephone that was never here loads for the page that is open."""
    whole = officer.answer.num_bytes_downloaded
    assert "content-encoding" not in officer.answer.headers, "a secret stands in it"
    browser = office.desks.nobody()
    for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', officer.page.markup):
        await browser.go(path)
        whole += browser.answer.num_bytes_downloaded
    return whole


async def test_an_officer_goes_is_there_and_is_done(office: Office) -> None:
    """I am going: the address at once; there; done. In any language it weighs next to nothing."""
    survivor = office.town.body(SAMPLE)["survivor"] | {"address": ADDRESS}
    at, officer = await asked(office, survivor=survivor)
    assert ADDRESS not in officer.page.text
    page = await officer.press("I am going")
    assert page.text.count(ADDRESS) == 2, page.text
    assert "I am there" in page.text
    for language in ("ru", "ky", "en"):
        await officer.go(f"{at}?lang={language}")
        page = await officer.post(f"{at}/show", {"csrf": officer.token})
        assert page.language == language
        assert ADDRESS in page.text
        assert await octets(office, officer) <= 15_000
    page = await officer.press("I am there")
    assert "you are there" in page.text
    await officer.follow("Done")
    page = await officer.press("helped")
    assert "Done. Thank you." in page.text


async def test_who_cannot_passes_it_on_and_is_asked_whether(office: Office) -> None:
    """No address is shown that she has not allowed; and it is said so."""
    consents = [each | {"scope": ["identity"]} for each in office.town.body(SAMPLE)["consents"]]
    at, officer = await asked(office, consents=consents)
    page = await officer.press("I am going")
    assert "She has not allowed her address to be shown" in page.text
    assert "Not allowed" in page.text
    await officer.follow("I cannot")
    assert officer.at == f"{at}/pass"
    page = await officer.press("Pass it on")
    assert officer.at.startswith("/duty?")
    assert "The next one is asked now" in page.text


async def test_a_yes_stands_while_its_details_cannot_be_had(office: Office) -> None:
    """It is said that it is theirs, and what to do; nobody takes it for refused."""
    survivor = office.town.body(SAMPLE)["survivor"] | {"address": ADDRESS}
    _, officer = await asked(office, survivor=survivor)
    intake = office.town.stack.part("intake.serve")
    await intake.stop()
    try:
        page = await officer.press("I am going")
        assert "It is yours" in page.text
        assert "try again" in page.text
    finally:
        await intake.start()
    page = await officer.press("Show the address")
    assert ADDRESS in page.text


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
