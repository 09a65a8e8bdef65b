"""A secretary in a real browser without a script: an emergency sitting, to what is to be done."""

from playwright.async_api import Browser

from tests.console.conftest import Office
from tests.pages.conftest import looked_at
from tests.support.browsing import window
from tests.support.committee_town import CHAIR, NAMES, SECRETARY, house
from tests.support.town_sittings import yesterday


async def test_an_emergency_sitting_without_a_script(office: Office, browser: Browser) -> None:
    """Each tap is a form or a link, at 320 pixels; what cannot be is said, and nothing is lost."""
    uchkun = await house(office.town)
    visitor = await office.desks.of(SECRETARY)
    origin = office.town.stack.url("console")
    async with window(browser, origin, visitor.cookies, language="en", script=False) as seen:
        page = seen.page
        await seen.go("/committee/sittings")
        await page.get_by_role("link", name="Emergency sitting…").click()
        await page.get_by_label("Day").fill(yesterday(uchkun))
        await page.get_by_label("Begins at").fill("10:00")
        await page.get_by_role("button", name="Save").click()
        await page.get_by_role("link", name="Put something on it…").click()
        await page.get_by_label("What is the item about?").select_option("aid")
        await page.get_by_role("button", name="Put it on").first.click()
        await page.get_by_role("link", name="Who is here…").click()
        for who in (SECRETARY, CHAIR):
            await page.get_by_role("group", name=NAMES[who]).get_by_label("present").check()
        await page.get_by_role("button", name="Save who is here, and count").click()
        await page.get_by_text("There is a quorum: 2 of").wait_for()
        await looked_at(seen)
        await page.get_by_label("Ended at").fill("11:00")
        await page.get_by_role("button", name="It was held").click()
        await page.get_by_role("link", name="What came of it…").click()
        await page.get_by_label("For", exact=True).fill("9")
        await page.get_by_label("What is to be done?").first.select_option("aid-cash")
        await page.get_by_role("button", name="Save", exact=True).last.click()
        await page.get_by_role("link", name="more than were present").wait_for()
        await looked_at(seen)
        await page.get_by_label("For", exact=True).fill("2")
        await page.get_by_role("button", name="Save", exact=True).last.click()
        await page.get_by_role("link", name="Close the sitting").click()
        await page.get_by_role("button", name="Close the sitting").click()
        await page.get_by_text("What was decided is among the actions now").wait_for()
        await looked_at(seen)
        await page.get_by_role("link", name="Minutes").click()
        await page.get_by_role("heading", name="Minutes").first.wait_for()
        assert NAMES[CHAIR] in await page.inner_text("article")
