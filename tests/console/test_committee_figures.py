"""The registers of a committee and its report: what is entered moves the figures, and nothing else
does; whoever has no business there learns of nothing."""

from dataclasses import replace

from tests.console.conftest import Office
from tests.support import committee_town
from tests.support.committee_registers import decided
from tests.support.committee_town import MEMBER, SECRETARY
from tests.support.town import COORDINATOR
from tests.support.visitor import Visitor

AUDITOR = replace(COORDINATOR, roles=frozenset({"auditor"}), territories=())
REGISTERS = ("/committee/activities", "/committee/aid")


async def figure(desk: Visitor, label: str) -> int:
    """What the report of their committee says of a figure in this year."""
    page = await desk.go("/committee/figures")
    told = page.text.split("Rise or fall, %")[1].split(label)[1]
    return int(told.split()[1])


async def is_covered_unless_for_themselves(desk: Visitor, small: str) -> None:
    """Paper and table leave a small figure out; a second choice of each has it, and its paper says
    whose it is."""
    for choice, covered in (("To print", True), ("Print uncovered", False)):
        await desk.go("/committee/figures")
        page = await desk.follow(choice)
        assert (page.text.split(small)[1].split()[1] == "*") is covered
        assert ("For the committee alone" in page.text) is not covered
        assert "Secretary" in page.text.split("Who has entered nothing")[1], "they sign their own"
    for choice, covered in (("Table for a spreadsheet", True), ("Table uncovered", False)):
        await desk.go("/committee/figures")
        await desk.press(choice)
        row = next(each for each in desk.answer.text.splitlines() if f";{small};" in each)
        assert (row.split(";")[-2] == "*") is covered
        named = desk.answer.headers["content-disposition"]
        assert ("not-to-hand-on" not in named) is covered


async def test_what_is_entered_moves_the_report_until_it_is_taken_back(office: Office) -> None:
    """A meeting is entered without a script, corrected, printed, taken along and taken back."""
    await committee_town.house(office.town)
    desk, met = await office.desks.of(SECRETARY), "People at prevention meetings"
    before = await figure(desk, met)
    await desk.go("/committee/activities")
    await desk.follow("A prevention meeting")
    page = await desk.press("Save", **{"n-female-30-44": "many"})
    assert "Numbers only" in page.text
    assert ("n-female-30-44", "many") in page.forms[-1].fields, "what was typed is still there"
    page = await desk.press("Save", **{"n-female-30-44": "30", "n-male-unknown": "4"})
    assert "Entered. If it was a slip" in page.text
    entry = desk.at.split("?")[0]
    assert await figure(desk, met) == before + 34
    await desk.go(entry)
    await desk.follow("Correct")
    page = await desk.press("Save", elsewhere="no such place anywhere")
    assert "No such place is known" in page.text
    page = await desk.press("Save", elsewhere="", **{"n-male-unknown": "5"})
    assert "replaced by the next" in page.text
    assert await figure(desk, met) == before + 35
    page = await desk.go("/committee/activities/print?in=ru")
    assert "Журнал профилактических встреч" in page.text
    await desk.go("/committee/activities")
    await desk.press("Table for a spreadsheet")
    assert desk.answer.headers["content-type"].startswith("text/csv")
    assert ";35;" in desk.answer.text
    await desk.go(entry)
    await desk.follow("Take it back")
    page = await desk.press("Take it back", reason="trial")
    assert "It counts no more" in page.text
    assert await figure(desk, met) == before


async def test_aid_follows_a_decision_and_is_hidden_with_its_matter(office: Office) -> None:
    """Whoever left the matter learns of it neither by the list nor by the report."""
    own = await committee_town.house(office.town)
    item = await decided(own)
    desk, given = await office.desks.of(SECRETARY), "Cases in which aid was given"
    before = await figure(desk, given)
    await desk.go("/committee/aid")
    await desk.follow("Enter aid")
    await desk.follow("By this one")
    page = await desk.press("Save", kind="cash", som="")
    assert "How much, in som?" in page.text
    page = await desk.press("Save", som="6 500", source="local-budget")
    assert "6 500" in page.text
    entry = desk.at.split("?")[0]
    assert await figure(desk, given) == before + 1
    await is_covered_unless_for_themselves(desk, given)
    member = await office.desks.of(MEMBER)
    assert await figure(member, given) == before + 1
    await own.ask(MEMBER, "POST", f"{item}/leave", {})
    assert await figure(member, given) == before
    page = await member.go("/committee/aid")
    assert entry not in page.markup
    await member.go(entry)
    assert member.answer.status_code == 404
    await desk.go(entry)
    await desk.follow("Take it back")
    await desk.press("Take it back", reason="trial")


async def test_others_see_figures_alone(office: Office) -> None:
    """A coordinator and an auditor their places' report, and no line of a register; whoever takes a
    table along is written down."""
    await committee_town.house(office.town)
    for caller in (COORDINATOR, AUDITOR):
        desk = await office.desks.of(caller)
        for path in REGISTERS:
            await desk.go(path)
            assert desk.answer.status_code == 403
        page = await desk.go("/committee/figures")
        assert "no official form is known" in page.text
        assert "Place by place" in page.text
        await desk.go("/committee/figures/print?in=ky")
        assert "Сунуш" in desk.page.text
        assert "Түзгөн, күнү" in desk.page.text, "no committee's chair signs for all of them"
        await desk.go("/committee/figures")
        await desk.press("Table for a spreadsheet")
        assert desk.answer.text.startswith("\ufeff")
    async with office.desks.deps.db.transaction() as tx:
        taken = "SELECT count(*) FROM outbox WHERE type = 'tirek.record.exported.v1'"
        assert await tx.fetchval(taken) >= 2
