"""An administrator in a real browser: somebody new, and one watch of a week by somebody else."""

from playwright.async_api import Browser

from deploy.samples import load
from tests.console.conftest import Office
from tests.console.test_rosters_pages import CLINIC
from tests.pages.conftest import desk, looked_at

NAME, PHONE = "Бермет Мисалиева", "+996000190001"
SERVES, STANDS_IN = "Анара Дооранова", "Пётр Климов"


async def test_somebody_is_entered(office: Office, browser: Browser) -> None:
    """What cannot be is said beside its field; the number is shown on a tap, and not verified."""
    async with desk(office, browser, load.ADMINISTRATOR) as seen:
        page = seen.page
        await seen.go("/people/new")
        await page.get_by_label("Name", exact=True).fill(NAME)
        await page.get_by_label("Organisation", exact=True).select_option(CLINIC)
        await page.get_by_role("group", name="Languages they speak").get_by_label("Kyrgyz").check()
        await page.get_by_label("Telephone, where alerts go").fill("12")
        await page.get_by_role("button", name="Save").click()
        await page.get_by_role("heading", name="Please look at this again").wait_for()
        await looked_at(seen)
        seen.complaints.clear()  # of the 422
        await page.get_by_label("Telephone, where alerts go").fill(PHONE)
        await page.get_by_role("button", name="Save").click()
        await page.get_by_role("heading", name=NAME).wait_for()
        assert await page.get_by_text(PHONE).count() == 0
        await page.get_by_role("button", name="Show contacts").click()
        await page.get_by_text(PHONE).wait_for()
        await page.get_by_text("not verified: nobody has shown yet").wait_for()
        await looked_at(seen)
        await page.get_by_role("button", name="Change this entry").click()
        await page.get_by_label("Telephone, where alerts go").wait_for()
        await looked_at(seen)
        await seen.go("/people")
        await page.get_by_label("A part of the name").fill(NAME)
        await page.get_by_role("button", name="Find").click()
        await page.get_by_role("link", name=NAME).wait_for()
        await looked_at(seen)


async def test_somebody_stands_in_for_one_watch(office: Office, browser: Browser) -> None:
    """Two taps; it is said who for whom, and taken back in one."""
    async with desk(office, browser, load.ADMINISTRATOR) as seen:
        page = seen.page
        await seen.go(f"/rosters/of/{CLINIC}")
        await page.get_by_role("link", name="Next week").click()
        await page.get_by_role("link", name=SERVES).first.click()
        await page.get_by_role("heading", name="Who stands in?").wait_for()
        await looked_at(seen)
        await page.get_by_role("button", name=STANDS_IN).click()
        said = page.get_by_role("alert").get_by_text(f"{STANDS_IN} for {SERVES}")
        await said.wait_for()
        await page.get_by_text("(stands in)").first.wait_for()
        await looked_at(seen)
        which = f"Take it back {STANDS_IN} for {SERVES}"
        assert await page.get_by_role("button", name=which).count() == 1, "not by a code"
        await page.get_by_role("alert").get_by_role("button", name="Take it back").click()
        await page.get_by_text("The roster holds as before").wait_for()
        assert await page.get_by_text("(stands in)").count() == 0
