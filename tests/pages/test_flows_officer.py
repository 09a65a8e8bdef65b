"""A duty officer's telephone in a real browser: from its registration to the end of a case."""

from playwright.async_api import Browser

from tests.console.conftest import Office
from tests.console.test_duty import ADDRESS, NEED, PIN, SAMPLE, given_code
from tests.pages.conftest import looked_at, seat
from tests.support.town import someone_at


async def test_an_officer_goes_is_there_and_is_done(office: Office, browser: Browser) -> None:
    """Registered once, opened by six digits; the address stands in the answer to a tap alone."""
    survivor = office.town.body(SAMPLE)["survivor"] | {"address": ADDRESS}
    offer = await office.town.offer(await office.town.report(SAMPLE, survivor=survivor), NEED)
    code = await given_code(office, someone_at(office.town, offer["organisation"]).staff_id)
    async with seat(office, browser, office.desks.nobody()) as seen:
        page = seen.page
        await seen.go("/device")
        await page.get_by_label("The code").fill(code)
        await page.get_by_label("Choose a PIN of six digits").fill(PIN)
        await page.get_by_label("The PIN once more").fill(PIN)
        await page.get_by_role("button", name="Register").click()
        await page.get_by_role("heading", name="On duty").wait_for()
        await page.get_by_role("button", name="Lock").click()
        await seen.go("/device")
        await looked_at(seen)
        await page.get_by_label("Six digits").fill(PIN)
        await page.get_by_role("button", name="Open").click()
        await page.locator(f"a.main[href='/duty/{offer['offer_id']}']").click()
        await page.get_by_role("button", name="I am going").wait_for()
        assert await page.get_by_text(ADDRESS).count() == 0
        await page.get_by_role("button", name="I am going").click()
        await page.get_by_text(ADDRESS).first.wait_for()
        await looked_at(seen)
        await page.get_by_role("button", name="I am there").click()
        await page.get_by_text("It is written down that you are there.").wait_for()
        assert await page.get_by_text(ADDRESS).count() == 0
        await page.get_by_role("link", name="Done").click()
        await looked_at(seen)
        await page.get_by_role("button", name="helped").click()
        await page.get_by_text("Done. Thank you.").wait_for()
