"""A worker in a real browser: a no with its reason, a case that waits, and free places."""

from typing import Any

from playwright.async_api import Browser

from tests.console.conftest import Office
from tests.pages.conftest import desk, looked_at
from tests.support.town import someone_at

SAMPLE, NEED = "12-late-yes", "crisis-counselling"
SHELTER = "st-6775jivy"


async def offered(office: Office) -> tuple[dict[str, Any], str]:
    """A case that waits for an organisation, and who of it is at a desk."""
    offer = await office.town.offer(await office.town.report(SAMPLE), NEED)
    return offer, someone_at(office.town, offer["organisation"]).staff_id


async def test_a_no_has_its_reason(office: Office, browser: Browser) -> None:
    """Without one it is asked for; with one the case has left the list."""
    offer, staff = await offered(office)
    async with desk(office, browser, staff) as seen:
        page = seen.page
        await seen.go("/queue")
        row = page.locator(f"#row-{offer['offer_id']}")
        await row.get_by_role("link", name="Decline").click()
        await page.get_by_role("button", name="Decline").click()
        await page.get_by_role("link", name="Choose a reason").wait_for()
        await looked_at(seen)
        seen.complaints.clear()  # of the 422
        await page.get_by_label("no free place").check()
        await page.get_by_role("button", name="Decline").click()
        await page.get_by_text("Declined. The next one is asked now.").wait_for()
        assert await row.count() == 0


async def test_a_case_waits_until_a_day(office: Office, browser: Browser) -> None:
    """With a reason, until the day that was chosen; then it is taken up again."""
    offer, staff = await offered(office)
    async with desk(office, browser, staff) as seen:
        page = seen.page
        await seen.go(f"/cases/{offer['offer_id']}")
        await page.get_by_role("button", name="Accept").click()
        await page.get_by_role("link", name="Put on hold").click()
        await page.get_by_role("button", name="Put on hold").click()
        await page.get_by_role("link", name="Choose a reason and a day").wait_for()
        await looked_at(seen)
        seen.complaints.clear()  # of the 422
        await page.get_by_label("waiting for papers").check()
        await page.get_by_label("in 3 d,").check()
        chosen = await page.locator("label", has_text="in 3 d,").inner_text()
        await page.get_by_role("button", name="Put on hold").click()
        await page.get_by_text("On hold. If you do nothing by the day you named").wait_for()
        assert chosen.partition(", ")[2] in await page.inner_text("main")
        await looked_at(seen)
        await page.get_by_role("button", name="Take it up again").click()
        await page.get_by_text("You have taken it up again.").wait_for()


async def test_free_places_in_one_tap(office: Office, browser: Browser) -> None:
    """One fewer, and one more again, on the list itself."""
    async with desk(office, browser, SHELTER) as seen:
        page = seen.page
        await seen.go("/queue")
        shelter = page.locator("li.row", has_text="shelter:")
        await shelter.get_by_text("6 free").wait_for()
        await shelter.get_by_role("button", name="−1 shelter").click()
        await shelter.get_by_text("5 free").wait_for()
        await page.get_by_role("heading", name="Queue").wait_for()
        await looked_at(seen)
        await shelter.get_by_role("button", name="+1 shelter").click()
        await shelter.get_by_text("6 free").wait_for()
