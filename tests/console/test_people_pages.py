"""An administrator keeps people: finds, enters and changes them, verifies a contact, and gives and
takes what they get in by."""

import re
from dataclasses import replace

import pyotp

from deploy.samples.load import ADMINISTRATOR, sample_caller
from services.console.accounts import handlers as accounts
from services.console.devices import handlers as devices
from shared.clock import wall
from shared.events.words import SYSTEM
from tests.console.conftest import Office
from tests.support.eventually import eventually
from tests.support.town import someone_at
from tests.support.visitor import Page, Visitor

SECOND = "st-sgabor5w"
PASSWORD, PIN = "four words that fit", "284917"
NAME, PHONE, NEW_PHONE = "Бермет Мисалиева", "+996000190001", "+996000190002"


async def entered(office: Office, desk: Visitor) -> Page:
    """Somebody new at an organisation."""
    await desk.go("/people/new")
    typed = {"name": NAME, "organisation": "sezim-bishkek", "languages": ["ky", "ru"]}
    page = await desk.press("Save", **typed, phone="12")
    assert "Please look at this again" in page.text
    assert ("name", NAME) in page.forms[1].fields, "and what was typed is still there"
    return await desk.press("Save", phone=PHONE)


async def test_somebody_is_entered_found_changed_and_their_number_verified(office: Office) -> None:
    """Contacts are masked until they are asked for; a code that is read there verifies one."""
    desk = await office.desks.of(sample_caller(ADMINISTRATOR))
    page = await entered(office, desk)
    assert "Saved" in page.text
    await desk.go("/people")
    page = await desk.press("Find", q="бермет мисалиева")
    assert "мисалиева" not in desk.at.lower(), "a name stands in no address"
    page = await desk.follow(NAME)
    assert PHONE not in page.markup
    page = await desk.press("Show contacts")
    assert PHONE in page.text
    page = await desk.press("Send a code")
    assert "A code is on its way" in page.text

    async def texted() -> str | None:
        texts = await office.town.messages(PHONE)
        return next((found[0] for each in texts if (found := re.search(r"\b\d{6}\b", each))), None)

    code = str(await eventually(texted, within=20))
    page = await desk.press("Check", code=f"{(int(code) + 1) % 1_000_000:06}")
    assert "This is not the code" in page.text
    page = await desk.press("Check", code=code)
    assert "not verified" not in page.text
    await desk.press("Change this entry")
    page = await desk.press("Save", phone=NEW_PHONE, place="нарын облусу")
    offered = next(form.offered["territories"] for form in page.forms if "roles" in form.offered)
    assert offered[0] == "417"
    page = await desk.press("Save", territories=[offered[1]])
    assert "Territories Naryn" in page.text, "by its name"
    assert "not verified" in page.text, "another number is nobody's yet"


async def accepted(office: Office, secret: str, login: str = "somebody-new") -> None:
    """The invitation has become an account."""
    deps = office.desks.deps
    async with deps.db.transaction(actor=SYSTEM) as tx:
        seed = (await accounts.open_invitation(tx, deps, secret)).seed
        code = pyotp.TOTP(seed).at(wall())
        await accounts.accept_invitation(tx, deps, secret, login, PASSWORD, code)


async def test_an_account_is_invited_and_reset_by_two(office: Office) -> None:
    """The link is shown once; one administrator alone cannot take an account over."""
    keeper = sample_caller(ADMINISTRATOR)
    desk = await office.desks.of(keeper)
    theirs = someone_at(office.town, "asylzat-naryn").staff_id
    await desk.go(f"/people/{theirs}")
    page = await desk.press("Invite")
    link = next(word for word in page.markup.split('"') if "/invitation/" in word)
    page = await desk.follow("Done")
    assert link not in page.markup
    assert "the link has not been used yet" in page.text
    await accepted(office, link.rpartition("/")[2])
    await desk.go(f"/people/{theirs}")
    page = await desk.press("Ask for a reset")
    assert "invited by one administrator alone" in page.text, "it might be a second self"
    for staff_id in (keeper.staff_id, SECOND):
        async with office.desks.deps.db.transaction(actor=SYSTEM) as tx:
            secret = await accounts.invite_by_server(tx, office.desks.deps, staff_id)
        await accepted(office, secret, staff_id)
    page = await desk.press("Ask for a reset")
    assert not [form for form in page.forms if form.action.endswith("/reset")], "nor confirm it"
    second = await office.desks.of(replace(keeper, staff_id=SECOND))
    await second.go("/people")
    await second.follow("The reset of an account waits")
    page = await second.press("Confirm the reset")
    assert "/invitation/" in page.markup


async def test_a_telephone_is_registered_by_a_code_and_revoked_when_lost(office: Office) -> None:
    """The code is shown once; whoever coordinates has none to register."""
    desk = await office.desks.of(sample_caller(ADMINISTRATOR))
    officer = someone_at(office.town, "police-at-bashy").staff_id
    await desk.go(f"/people/{officer}")
    page = await desk.press("Register a telephone")
    code = page.text.split("with them.")[1].split()[0]
    deps = office.desks.deps
    async with deps.db.transaction(actor=SYSTEM) as tx:
        await devices.register(tx, deps, code, PIN)
    await desk.go(f"/people/{officer}")
    page = await desk.press("Lost: revoke it")
    assert "opens nothing any more" in page.text
    page = await desk.go(f"/people/{ADMINISTRATOR}")
    assert "Register a telephone" not in page.text


async def test_the_register_is_for_who_keeps_it(office: Office) -> None:
    """A worker has no such place."""
    desk = await office.desks.of(someone_at(office.town, "sezim-bishkek"))
    await desk.go("/people")
    assert desk.answer.status_code == 403
    assert "People" not in [words for words, _ in desk.page.links]
