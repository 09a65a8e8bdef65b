"""The desk in a real browser: each page that only an act shows, on a screen of 320 pixels."""

from playwright.async_api import Browser

from tests.console.conftest import Office
from tests.console.test_desk import ADDRESS, NUMBER, ON_THE_LINE, OPERATOR, PIN, asked_for, case
from tests.pages.conftest import desk, looked_at
from tests.support.eventually import eventually


async def test_a_case_by_voice(office: Office, browser: Browser) -> None:
    """Found, called back, known, read out; what was read out is gone with the next button."""
    code, officer = await case(office)
    await office.town.call(officer, "notify", "PUT", "/me/telephone-pin", {"pin": PIN})
    async with desk(office, browser, OPERATOR) as seen:
        page = seen.page

        async def listed() -> bool:
            await seen.go("/desk")
            await page.get_by_label("The code that the caller says").fill(code)
            await page.get_by_role("button", name="Find").click()
            return await page.get_by_role("button", name=ON_THE_LINE).count() > 0

        await eventually(listed, within=20)
        await looked_at(seen)
        name = office.town.people[officer.staff_id].name
        await page.get_by_role("button", name=f"{ON_THE_LINE} {name}").click()
        await looked_at(seen)
        first, second = asked_for(await page.inner_text("main"))
        await page.get_by_label("Two digits").fill(PIN[first - 1] + PIN[second - 1])
        await page.get_by_role("button", name="Check").click()
        await looked_at(seen)
        await page.get_by_role("button", name="They say yes").click()
        await page.get_by_role("button", name="They are on the way").click()
        await page.get_by_role("button", name="Where").click()
        await page.get_by_text(ADDRESS).wait_for()
        await looked_at(seen)
        await page.get_by_role("button", name="Her number").click()
        await page.get_by_role("button", name="Her life is in danger").click()
        await page.get_by_text(NUMBER).wait_for()
        assert await page.get_by_text(ADDRESS).count() == 0
        await looked_at(seen)
