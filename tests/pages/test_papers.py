"""What committees print, on the paper that it comes out on: A4, one way round, nothing empty."""

from dataclasses import dataclass

import pytest
from playwright.async_api import Browser

from tests.console.conftest import Office
from tests.support.browsing import window
from tests.support.committee_town import SECRETARY
from tests.support.pages import Played, who_opens
from tests.support.sheets import printed

UPRIGHT, ACROSS = (595, 842), (842, 595)
"""A4 in points."""
SITTING = "/committee/sittings"
REPEAT = """
rows => {
  const body = document.querySelector("article table tbody"), row = body.rows[0];
  while (body.rows.length < rows) body.append(row.cloneNode(true));
}
"""
MONTH = "/figures/month?month=2025-05&outside=false"
BROKEN = """
() => [...document.querySelectorAll(".counts tbody :is(th, td)")].flatMap((cell) => {
  const label = getComputedStyle(cell, "::before"), said = document.createElement("div");
  if (label.content !== "none") said.textContent = cell.dataset.label;
  said.style.font = label.font;  // what the style sheet puts there cannot be measured itself
  cell.prepend(said);
  const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), broken = [];
  while (walk.nextNode()) for (const word of walk.currentNode.data.matchAll(/\\S+/g)) {
    const range = document.createRange();
    range.setStart(walk.currentNode, word.index);
    range.setEnd(walk.currentNode, word.index + word[0].length);
    if (range.getClientRects().length !== 1) broken.push(word[0]);
  }
  return broken;
})
"""
LABELS = "() => document.querySelectorAll('.counts td[data-label]').length"


@dataclass(frozen=True, slots=True)
class Paper:
    """What is expected of a print: its size, and how many sheets it may take, whatever letters the
    machine has; with so many rows in its table."""

    size: tuple[int, int]
    most: int
    rows: int = 0


ONE = Paper(UPRIGHT, 1)
PAPERS = {
    f"{SITTING}/{{sitting}}/paper/notice": ONE,
    f"{SITTING}/{{sitting}}/paper/attendance": Paper(UPRIGHT, 3, rows=20),
    f"{SITTING}/{{closed}}/paper/minutes": Paper(UPRIGHT, 3),
    f"{SITTING}/{{closed}}/paper/decision/{{decision}}": ONE,
    "/committee/actions/paper": ONE,  # for each body
    "/committee/activities/print": Paper(ACROSS, 3, rows=15),
    "/committee/aid/print": Paper(UPRIGHT, 2, rows=20),
    "/committee/figures/print": Paper(UPRIGHT, 3),
}


@pytest.mark.parametrize("language", ["ru", "ky"])
async def test_each_print_has_its_sheets(
    office: Office, browser: Browser, played: Played, language: str
) -> None:
    """No more than are expected, all one way round, and none of them empty."""
    visitor = await office.desks.of(SECRETARY, language)
    origin = office.town.stack.url("console")
    async with window(browser, origin, visitor.cookies, language=language) as seen:
        for template, paper in PAPERS.items():
            await seen.go(played.path(template))
            if paper.rows:
                await seen.page.evaluate(REPEAT, paper.rows)
            most = paper.most * max(1, await seen.page.locator("section.leaf").count())
            found = await printed(seen.page)
            assert 0 < len(found) <= most, template
            assert {(each.width, each.height) for each in found} == {paper.size}, template
            assert all(each.texts for each in found), template


async def test_a_month_of_response_times_has_its_sheets(
    office: Office, browser: Browser, played: Played
) -> None:
    """With all its parts, and room for two signatures."""
    coordinator = who_opens(office.town, played, "oblast", MONTH)
    assert coordinator
    visitor = await office.desks.of(coordinator, "ru")
    origin = office.town.stack.url("console")
    async with window(browser, origin, visitor.cookies, language="ru") as seen:
        await seen.go(MONTH)
        found = await printed(seen.page)
    assert 0 < len(found) <= 7
    assert {(each.width, each.height) for each in found} == {UPRIGHT}
    assert all(each.texts for each in found)


@pytest.mark.parametrize("language", ["ru", "ky"])
async def test_words_above_counts_of_people_stay_whole(
    office: Office, browser: Browser, played: Played, language: str
) -> None:
    """On a screen of 320 pixels, where they are entered and where they are read."""
    visitor = await office.desks.of(SECRETARY, language)
    origin = office.town.stack.url("console")
    async with window(browser, origin, visitor.cookies, language=language) as seen:
        for path in ("/committee/activities/new", "/committee/activities/{activity}"):
            await seen.go(played.path(path))
            assert await seen.page.evaluate(LABELS), "a table of people"
            assert await seen.page.evaluate(BROKEN) == []
            assert await seen.too_wide() == []
