"""A reporter in a real browser: what she allows later, and what she takes back."""

from playwright.async_api import Browser

from tests.console.conftest import Office
from tests.console.test_report import NAME, begun
from tests.pages.conftest import looked_at, seat


async def test_a_consent_comes_later_and_one_is_taken_back(
    office: Office, browser: Browser
) -> None:
    """Each is asked about on a page of its own; what was entered is shown on a tap alone."""
    visitor = await begun(office, "summary")
    await visitor.press("Send it")
    await visitor.follow("How far it has come")
    async with seat(office, browser, visitor) as seen:
        page = seen.page
        await seen.go(visitor.at)
        await page.get_by_role("link", name="She allows it now… legal aid").click()
        await looked_at(seen)
        await page.get_by_role("button", name="She allows it").click()
        await page.get_by_text("Written down. Who can help is asked at once.").wait_for()
        await looked_at(seen)
        await page.get_by_role("link", name="She takes it back… legal aid").first.click()
        await page.get_by_role("heading", name="Does she take it back?").wait_for()
        await looked_at(seen)
        await page.get_by_role("button", name="Yes, she takes it back").click()
        await page.get_by_text("Withdrawn. Nobody can read under it from now on.").wait_for()
        assert await page.get_by_text(NAME).count() == 0
        await page.get_by_role("button", name="Show it").click()
        await page.get_by_text(NAME).wait_for()
        await looked_at(seen)
