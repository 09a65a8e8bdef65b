"""Who sits in a committee: a coordinator approves it, its secretary enters members in one form.
Where there is one, and what its people read up on."""

import pytest_asyncio

from deploy.samples import load
from deploy.samples.load import sample_caller
from shared.security.tokens import Caller
from tests.console.conftest import Office
from tests.support.committee_town import CHAIR, MEMBER, SECRETARY, House, enter, house
from tests.support.town import COORDINATOR

PDF = b"%PDF-1.7 made up\r\n\x00\xff--\r\n"
MEGABYTE = 1024 * 1024
NEW, ANOTHER = "Токтобек Үсөнов", "committee-tort-kol"
FIRST_DAY = "2026-01-12"
"""And their last: they count in no sitting that other tests hold."""


@pytest_asyncio.fixture
async def committee(office: Office) -> House:
    """Uchkun's, with its people."""
    return await house(office.town)


async def test_somebody_new_joins_in_one_form_and_leaves(office: Office, committee: House) -> None:
    """Entered in the register and in the committee at once, in one sector; sent twice, they are
    one; who left is no member on the day after."""
    desk = await office.desks.of(SECRETARY)
    await desk.go("/committee/members/new")
    offered = desk.page.forms[-1].offered["staff_id"]
    page = await desk.press("Save", name=NEW, sector="community-activist")
    assert 'href="#body"' in page.markup, "what is missing is said beside its field"
    page = await desk.press("Save", body="activists")
    assert "Entered." in page.text, page.text
    assert "activists of the community" in page.text
    assert NEW in page.text
    page = await desk.go("/committee/members/new")
    assert page.forms[-1].offered["staff_id"] == offered, "whoever sits there is offered no more"
    await desk.go("/committee/members")
    await desk.follow(f"Leaves… {NEW}")
    page = await desk.press("They leave", member_to=FIRST_DAY)
    assert "no member any more" in page.text
    await desk.go("/committee/members/new")
    await desk.press("Save", name="Айбек Асанов", sector="ngo", body="activists")
    await desk.follow("Leaves… Айбек Асанов")
    page = await desk.press("They never were a member")
    assert "never were" in page.text
    assert "Айбек Асанов" not in page.text


async def test_a_member_reads_and_the_chair_enters(office: Office, committee: House) -> None:
    """Everybody of a committee sees who sits in it; nobody but secretary and chair changes it."""
    reader = await office.desks.of(MEMBER)
    page = await reader.go("/committee/members")
    assert "aksakal court" in page.text
    assert not [words for words, _ in page.links if words.startswith(("Enter", "Leaves"))]
    await reader.go("/committee/members/new")
    assert reader.answer.status_code == 403
    chair = await office.desks.of(CHAIR)
    page = await chair.go("/committee/members")
    assert "Enter a member" in [words for words, _ in page.links]


async def test_a_coordinator_approves_a_committee_and_names_who_leads_it(
    office: Office, committee: House
) -> None:
    """Which organisation it is says where it is; a term that ends before it begins is refused."""
    desk = await office.desks.of(COORDINATOR)
    await desk.go("/committee")
    await desk.follow("Approve a committee")
    (which,) = [each for each in desk.page.forms[-1].offered["which"] if each.startswith(ANOTHER)]
    wrong = {"order_no": "7", "order_on": "2026-02-01", "term_from": "2026-02-01"}
    page = await desk.press("Save", which=which, term_to="2025-02-01", **wrong)
    assert "must not be before the term begins" in page.text
    page = await desk.press("Save", term_to="2028-02-01")
    assert "Its secretary enters who sits in it" in page.text, page.text
    keeper = Caller("st-keeps-tort", ANOTHER, frozenset({"secretary"}))
    await enter(office.town, keeper, "Асель Бекова")
    await desk.go(f"/committee/all/{committee.committee_id}")
    page = await desk.press("Save", chair=MEMBER.staff_id)
    assert "It holds from now on" in page.text
    await desk.go(f"/committee/all/{committee.committee_id}")
    await desk.press("Save", chair=CHAIR.staff_id)


async def test_coverage_and_the_handbook_are_there_for_those_who_need_them(
    office: Office, committee: House
) -> None:
    """Where a committee sits is counted down to the raion; a link that an administrator enters is
    read by whoever sits in a committee, and is no more once it is taken out."""
    desk = await office.desks.of(COORDINATOR)
    page = await desk.go("/committee/coverage")
    assert "Naryn" in page.text
    page = await desk.follow("Naryn")
    assert "Kochkor" in page.text
    await desk.press("Table for a spreadsheet")
    assert desk.answer.headers["content-type"].startswith("text/csv")
    assert "Kochkor" in desk.answer.text
    keeper = await office.desks.of(sample_caller(load.ADMINISTRATOR))
    await keeper.go("/committee")
    page = await keeper.press("Save", title="Колдонмо", url="http://example.org", language="ky")
    assert "begins with https://" in page.text
    await keeper.press("Save", url="https://example.org/guide")
    reader = await office.desks.of(MEMBER)
    page = await reader.go("/committee/handbook")
    assert ("Колдонмо", "https://example.org/guide") in page.links
    for wrong, words in ((b"x" * (MEGABYTE + 1), "at most 1 MB"), (b"GIF89a", "must be a PDF")):
        page = await keeper.press("Save", title="Бланк", language="ky", url="", file=wrong)
        assert words in page.text
    page = await keeper.press("Save", file=b"x" * 2 * MEGABYTE)
    assert (keeper.answer.status_code, "1 MB at most" in page.text) == (413, True)
    await keeper.go("/committee/handbook")
    page = await keeper.press("Save", title="Бланк", language="ky", file=PDF)
    assert "Entered." in page.text
    await reader.go("/committee/handbook")
    await reader.follow("Бланк")
    assert reader.answer.content == PDF
    page = await keeper.press("Take it out Колдонмо")
    assert "Taken out of the handbook" in page.text
