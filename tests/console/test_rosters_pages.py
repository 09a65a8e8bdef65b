"""Rosters as one reads them: a week with its gaps, a swap in two taps, a roster made and removed,
one's own calendar."""

from deploy.samples.load import ADMINISTRATOR, sample_caller
from tests.console.conftest import Office
from tests.support.town import COORDINATOR, someone_at

CLINIC, RAN_OUT = "hospital-ak-suu", "police-alay"


async def test_an_administrator_swaps_in_two_taps_and_takes_it_back(office: Office) -> None:
    """Somebody of the shift is tapped, then who stands in; it holds, and is undone in one."""
    desk = await office.desks.of(sample_caller(ADMINISTRATOR))
    await desk.go("/rosters")
    page = await desk.press("Show the week", organisation=CLINIC)
    assert "Пётр Климов" in page.text
    assert "00:00–08:00" in page.text, "a watch of the night is in both of its days"
    assert page.text.count("today") == 1
    page = await desk.follow("Next week")
    await desk.follow("Анара Дооранова")
    page = await desk.press("Пётр Климов")
    assert "Пётр Климов for Анара Дооранова" in page.text
    assert "(stands in)" in page.text
    page = await desk.press("Take it back")
    assert "The roster holds as before" in page.text
    assert "(stands in)" not in page.text


async def test_a_week_without_anybody_is_said_and_mended(office: Office) -> None:
    """Where nobody is on duty stands first; a roster fills it by plain choices, and is removed."""
    desk = await office.desks.of(sample_caller(ADMINISTRATOR))
    page = await desk.go("/rosters")
    assert f"/rosters/of/{RAN_OUT}" in [href for _, href in page.links]
    page = await desk.go(f"/rosters/of/{RAN_OUT}")
    assert "nobody" in page.text
    await desk.follow("Put somebody in")
    page = await desk.press("Талант Бообеков")
    assert "Талант Бообеков as well" in page.text
    await desk.press("Take it back")
    await desk.follow("A new roster")
    page = await desk.press("Save", **{"person-0": "st-trmvdjq6", "days-0": ["SA", "SU"]})
    assert "from when" in page.text, "and what was chosen is still there"
    hours = {"from-0": "08:00", "to-0": "08:00", "since-0": "2026-01-03"}
    turns = {"turns": "yes", "handover": "2026-01-03T08:00", "group-0": "1"}
    page = await desk.press("Save", **hours, **turns, phone="12")
    assert "Duty number: " in page.text, "in words"
    page = await desk.press("Save", phone="")
    assert "Saved" in page.text
    assert "08:00–24:00: Талант Бообеков" in page.text
    links = [href for words, href in page.links if words.startswith("Edit") and "-1-" in href]
    page = await desk.go(links[0])
    assert ("every", "7") in page.forms[1].fields
    assert ("days-0", "SA") in page.forms[1].fields
    page = await desk.press("Remove it")
    assert "Removed" in page.text
    assert "Талант Бообеков" not in page.text.split("Rosters")[0]


async def test_a_rule_of_its_own_survives_the_form(office: Office) -> None:
    """What plain choices cannot say is shown, and saved as it was written."""
    desk = await office.desks.of(sample_caller(ADMINISTRATOR))
    before = await office.town.ask(
        sample_caller(ADMINISTRATOR), "notify", "GET", f"/rosters/{RAN_OUT}-1"
    )
    page = await desk.go(f"/rosters/of/{RAN_OUT}/edit/{RAN_OUT}-1")
    assert "UNTIL=20261031T235959" in page.text
    await desk.press("Save")
    after = await office.town.ask(
        sample_caller(ADMINISTRATOR), "notify", "GET", f"/rosters/{RAN_OUT}-1"
    )
    assert after == before


async def test_a_worker_reads_their_week_and_has_it_in_a_calendar(office: Office) -> None:
    """Nothing to change there; an address is shown once, is read without a session, and ends."""
    worker = someone_at(office.town, CLINIC)
    desk = await office.desks.of(worker)
    page = await desk.go("/rosters")
    assert "Анара Дооранова" in page.text
    assert not any("/change" in href or "/edit" in href for _, href in page.links)
    await desk.go("/rosters/of/police-alay")
    assert desk.answer.status_code == 404
    await desk.go("/rosters/calendar")
    page = await desk.press("Make an address")
    address = next(word for word in page.markup.split('"') if word.endswith(".ics"))
    path = "/calendar/" + address.rpartition("/")[2]
    passer = office.desks.nobody()
    await passer.go(path)
    assert passer.answer.text.startswith("BEGIN:VCALENDAR")
    assert "Анара" not in passer.answer.text
    page = await desk.go("/rosters/calendar")
    assert path not in page.markup
    await desk.press("Revoke it")
    await passer.go(path)
    assert passer.answer.status_code == 404


async def test_a_coordinator_reads_those_of_the_territory(office: Office) -> None:
    """Weeks and gaps, and nothing to change."""
    desk = await office.desks.of(COORDINATOR)
    page = await desk.go("/rosters")
    assert "nobody" in page.text
    page = await desk.go(f"/rosters/of/{RAN_OUT}")
    assert "nobody" in page.text
    assert not page.forms[1:], "but to lock"
    await desk.go(f"/rosters/of/{RAN_OUT}/new")
    assert desk.answer.status_code == 403
