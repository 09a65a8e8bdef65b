"""A secretary in a real browser without a script, on a telephone: an appeal becomes an incident."""

from playwright.async_api import Browser

from tests.console.conftest import Office
from tests.pages.conftest import looked_at
from tests.support.browsing import window
from tests.support.committee_town import SECRETARY, house


async def test_an_appeal_becomes_an_incident_without_a_script(
    office: Office, browser: Browser
) -> None:
    """From what came on paper to what happens now, and back to its row in the register."""
    await house(office.town)
    visitor = await office.desks.of(SECRETARY)
    origin = office.town.stack.url("console")
    async with window(browser, origin, visitor.cookies, language="en") as seen:
        await seen.context.route("**/*.js", lambda route: route.abort())
        page = seen.page
        await seen.go("/committee/appeals/new")
        await page.get_by_label("Number in the paper journal").fill("А-1")
        await page.get_by_label("What is it about?").select_option("domestic-violence")
        await page.get_by_label("Who it is").select_option("female")
        await page.get_by_role("button", name="Save").click()
        await page.get_by_role("heading", name="Please look at this again").wait_for()
        await page.get_by_label("Number in the paper journal").fill("112-б")
        await page.get_by_label("Where they live").select_option(index=1)
        await page.get_by_role("button", name="Save").click()
        await page.get_by_text("Entered. Now it is answered").wait_for()
        await page.get_by_role("button", name="Open as an incident").click()
        await page.get_by_role("button", name="Go on").click()
        for _ in range(2):
            await page.get_by_role("button", name="Next").click()
        await page.get_by_role("heading", name="What makes it dangerous?").wait_for()
        for _ in range(2):
            await page.get_by_role("button", name="Next").click()
        await page.get_by_label("crisis counselling").check()
        await page.get_by_role("button", name="Next").click()
        await page.locator("input[name=tell-crisis-counselling][value=no]").check()
        for _ in range(2):
            await page.get_by_role("button", name="Next").click()
        await page.get_by_role("button", name="Send it").click()
        await page.get_by_role("heading", name="It is taken").wait_for()
        await page.get_by_role("link", name="To the appeal").click()
        await page.get_by_text("opened as an incident").wait_for()
        await looked_at(seen)
