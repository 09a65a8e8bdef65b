"""Response times: a coordinator sees on one line how long people waited, and what each number is
made of; whoever is outside sees nobody in particular."""

from dataclasses import replace

from shared.csv_text import BOM
from tests.console.conftest import Office
from tests.support.response_facts import OBLAST, known
from tests.support.town import COORDINATOR

THEIRS = replace(COORDINATOR, territories=(OBLAST,))
AUDITOR = replace(COORDINATOR, roles=frozenset({"auditor"}), territories=())
SPRING = f"/figures?clock=decision&period=2025-05-12..2025-06-11&area={OBLAST}"


async def test_a_coordinator_goes_from_the_share_to_its_rows(office: Office) -> None:
    """The line of all, both pictures with their tables, the rows of a number, and what was late."""
    await known(office.town.stack)
    desk = await office.desks.of(THEIRS)
    page = await desk.go(SPRING + "&by=organisation")
    for told in ("50,0 %", "23,7–76,3", "4 min", "not reached", "10 Due", "chance explains it"):
        assert told in page.text, told
    assert page.markup.count("<svg") == 2
    assert page.markup.count('role="img"') == 2
    page = await desk.follow("5 In time, of those due")
    assert page.markup.count("/board/fig-need-") == 5
    assert page.text.split(": 5")[0].count("Answered in time ·") == 1
    assert "answered in time" in page.text
    await desk.press("Table for a spreadsheet")
    assert desk.answer.text.startswith(BOM)
    assert desk.answer.text.count("\r\n") == 6
    await desk.go(SPRING)
    page = await desk.follow("Late, or not answered")
    assert "not answered" in page.text
    await desk.go(SPRING)
    page = await desk.follow("What nobody had")
    assert "shelter" in page.text.lower()
    page = await desk.follow("1 shelter")
    assert page.markup.count("/board/fig-need-") == 1
    assert "What nobody had" in page.text


async def test_what_is_asked_wrongly_stands_in_the_form(office: Office) -> None:
    """A time that ends before it begins, and an axis that is not of this wait; nothing is lost, and
    nothing that no longer stands in the form."""
    desk = await office.desks.of(THEIRS)
    page = await desk.go("/figures?period=2025-05-02..2025-05-01")
    assert desk.answer.status_code == 422
    assert "must not end before it begins" in page.text
    page = await desk.press("Show", period="05.2025", by="organisation", clock="her-acceptance")
    assert "Told apart by what?: is of organisations alone" in page.text
    page = await desk.press("Show", clock="")
    assert desk.answer.status_code == 200
    assert "until the organisation says yes or no, 01.05.2025" in page.text
    page = await desk.go(f"{desk.at}&service=shelter")
    assert desk.answer.status_code == 200
    page = await desk.follow("Previous month")
    assert "01.04.2025" in page.text
    assert "not reached (" not in page.text, "of nobody there is no median"


async def test_whatever_is_wrong_in_an_address_is_said(office: Office) -> None:
    """By its field, on a page from which one goes on; and pressing "Show" there does."""
    desk = await office.desks.of(THEIRS)
    for field, value in (
        ("service", "foo"),
        ("service", "s" * 70),
        ("area", "999"),
        ("channel", "foo"),
        ("cut", "foo"),
        ("now", "maybe"),
    ):
        for path in ("/figures", "/figures/print", "/figures/rows", "/figures/late"):
            await desk.go(f"{path}?{field}={value}")
            assert desk.answer.status_code == 422, (path, field)
            assert 'id="errors"' in desk.answer.text, (path, field)
        await desk.press("Show")
        assert desk.answer.status_code == 200, field
    for path in ("rows?number=foo", "late?cursor=foo", "months?area=999", "month?month=foo"):
        await desk.go(f"/figures/{path}")
        assert desk.answer.status_code == 422, path
        assert 'id="errors"' in desk.answer.text, path


async def test_paper_and_table_say_what_the_screen_says(office: Office) -> None:
    """In each language; the table is as of the same moment, and has the same version."""
    await known(office.town.stack)
    desk = await office.desks.of(THEIRS)
    page = await desk.go(SPRING + "&working=true")
    version = page.text.split("version ")[1].split(".")[0]
    for language, words in (("ky", "Жооп берүү убактысы"), ("ru", "Время ответа")):
        await desk.go(SPRING + "&working=true")
        await desk.follow("To print")
        page = await desk.go(f"{desk.at}&in={language}")
        assert words in page.text
        assert version in page.text
    await desk.go(SPRING + "&working=true")
    await desk.press("Table for programs")
    assert version in desk.answer.text


async def test_whoever_is_outside_sees_nobody_in_particular(office: Office) -> None:
    """No row, no organisation; and what the numbers mean."""
    await known(office.town.stack)
    desk = await office.desks.of(AUDITOR)
    page = await desk.go(SPRING + "&by=organisation")
    assert "may not be shown" in page.text
    assert "ask the coordinator of that oblast" in page.text
    assert "/figures/late" not in page.markup
    assert "police-ak-suu" not in page.markup
    page = await desk.go(SPRING.replace("/figures", "/figures/rows"))
    assert "none is shown" in page.text
    page = await desk.go("/figures/definitions")
    assert "A failure." in page.text


async def test_a_month_goes_from_the_list_to_paper_and_to_one_file(office: Office) -> None:
    """To hand on, with the coordinator's choice of all of it; the same version in each language."""
    await known(office.town.stack)
    desk = await office.desks.of(THEIRS)
    page = await desk.go("/figures/months")
    assert "preliminary" in page.text
    page = await desk.go(f"/figures/month?month=2025-05&area={OBLAST}")
    version = page.text.split("version ")[1].split(".")[0]
    for told in ("as of 10.06.2025 00:00", "Final", "62,5 % (30,6–86,3)", "nothing is on record"):
        assert told in page.text, told
    assert "police-ak-suu" not in page.markup
    for language, words in (("ky", "Айлык отчёт"), ("ru", "Месячный отчёт")):
        page = await desk.go(f"/figures/month?month=2025-05&area={OBLAST}&in={language}")
        assert words in page.text
        assert version in page.text
    await desk.go(f"/figures/month?month=2025-05&area={OBLAST}")
    await desk.press("Table for programs")
    assert version in desk.answer.text
    await desk.go(f"/figures/month?month=2025-05&area={OBLAST}")
    page = await desk.follow("All of it, not to hand on")
    for told in ("Not to be handed on", "police-ak-suu", "chance explains it"):
        assert told in page.markup, told
