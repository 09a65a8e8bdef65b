"""The desk of a line: whoever has a plain telephone is called back, known, and helped by voice."""

import re
from typing import Any

from shared.security.tokens import Caller
from tests.console.conftest import Office
from tests.support.eventually import eventually
from tests.support.town import someone_at
from tests.support.visitor import Page, Visitor

OPERATOR = "st-bq4mzk7e"
SAMPLE, NEED, PIN = "09-night", "crisis-counselling", "386142"
ADDRESS, NAME, NUMBER = "Ленин көчөсү, 12-үй", "Назира Асанова", "+996000500902"
SCOPE = ["identity", "location", "contact"]
ON_THE_LINE = "On the line: ask for digits"


async def waiting(office: Office, need: str = NEED) -> tuple[str, dict[str, Any]]:
    """What a case is called that waits for an answer, and the offer of it."""
    body = office.town.body(SAMPLE)
    consents = [each | {"scope": SCOPE} for each in body["consents"] if each["need"] == need]
    incident = await office.town.report(
        SAMPLE,
        needs=[need],
        survivor=body["survivor"] | {"address": ADDRESS},
        consents=consents,
        safe_contact={"channel": "none", "language": "ky"},
    )
    offer = await office.town.offer(incident, need)
    (request,) = await office.town.requests(incident)
    return request["public_id"], offer


async def case(office: Office) -> tuple[str, Caller]:
    """What a case is called that waits where the line answers, and somebody on duty there."""
    code, offer = await waiting(office)
    return code, someone_at(office.town, offer["organisation"])


async def found(desk: Visitor, code: str) -> Page:
    """The case at the desk, once whom to call back has been heard of too."""

    async def listed() -> bool:
        await desk.go("/desk")
        return ON_THE_LINE in (await desk.press("Find", code=code)).text

    await eventually(listed, within=20)
    return desk.page


def asked_for(text: str) -> tuple[int, int]:
    """Which digits are asked for."""
    found = re.search(r"Digits number (\d) and (\d)", text)
    assert found is not None, text
    return int(found[1]), int(found[2])


async def digits(desk: Visitor, *, right: bool = True) -> Page:
    """What the officer says to what is asked."""
    said = [int(PIN[at - 1]) for at in asked_for(desk.page.text)]
    spoken = "".join(str(each if right else (each + 1) % 10) for each in said)
    return await desk.press("Check", digits=spoken)


async def test_somebody_with_a_plain_telephone_has_a_case_by_voice(office: Office) -> None:
    """Found, called back, known by two digits; yes, on the way, read out group by group, there."""
    code, officer = await case(office)
    own = await office.desks.of(officer)
    await own.go("/account")
    assert "two of the digits" in (await own.press("Keep this PIN", pin=PIN, again=PIN)).text

    desk = await office.desks.of(office.town.caller(OPERATOR))
    await desk.go("/")
    assert desk.at == "/desk"
    page = await found(desk, code)
    person = office.town.people[officer.staff_id]
    buttons = [words for form in page.forms for words, _, _ in form.buttons]
    assert not {"They say yes", "Where"} & {*buttons}, "nobody is known yet"
    assert "tel:+99600020" in page.markup
    assert str(person.phone) not in page.markup
    await desk.press(f"{ON_THE_LINE} {person.name}")
    assert "not the digits" in (await digits(desk, right=False)).text
    page = await digits(desk)
    assert NAME not in page.text
    page = await desk.press("They say yes")
    assert "Yes is entered" in page.text
    page = await desk.press("They are on the way")
    assert "on the way" in page.text

    page = await desk.press("Where")
    assert ADDRESS in page.text
    assert NAME not in page.text
    page = await desk.press("Who")
    assert NAME in page.text
    assert ADDRESS not in page.text
    page = await desk.press("Her number")
    assert NUMBER not in page.markup
    assert "NOT SAFE TO CALL NOW" in page.text
    page = await desk.press("Her life is in danger")
    assert NUMBER in page.text
    page = await desk.press("Health")
    assert desk.answer.status_code == 403
    assert NUMBER not in page.markup
    page = await desk.press("They are there")
    assert "they are there" in page.text


async def test_what_a_desk_does_not_answer_for_is_not_there(office: Office) -> None:
    """Whatever a form says; nor does anybody but an operator sit here."""
    desk = await office.desks.of(office.town.caller(OPERATOR))
    await desk.go("/desk")
    assert "six signs" in (await desk.press("Find", code="1")).text
    page = await desk.press("Find", code="222222")
    assert (desk.answer.status_code, "answers for" in page.text) == (404, True)
    _, police = await waiting(office, "police-protection")
    forged = {"offer_id": police["offer_id"], "status": "requested", "person": OPERATOR}
    for path, more in (("/desk/act/accept", {}), ("/desk/read", {"group": "identity"})):
        await desk.post(path, forged | more | {"csrf": desk.token})
        assert desk.answer.status_code == 404, path
    worker = await office.desks.of(someone_at(office.town, "asylzat-naryn"))
    await worker.go("/desk")
    assert worker.answer.status_code == 403
