"""Each flow once in a real browser, with the policy on: what is pressed is sent and believed."""

import re
from datetime import timedelta

import pyotp
from playwright.async_api import Browser

from deploy.samples import load
from services.console.accounts import handlers as accounts
from shared.clock import wall
from shared.events.words import SYSTEM
from tests.console.conftest import Office
from tests.pages.conftest import desk
from tests.support.browsing import window
from tests.support.town import COORDINATOR, someone_at

MORE_ROWS = "before => document.querySelectorAll('li.row').length > before"
COMES_BACK = """
for (const hidden of [true, false]) {
  Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}
"""
"""Somebody looks elsewhere, and back: the page asks again."""
SAMPLE, NEED = "12-late-yes", "crisis-counselling"
NAME, PASSWORD = "Елена Самсонова", "four words that fit"


async def test_somebody_is_invited_signs_in_and_locks(office: Office, browser: Browser) -> None:
    """With the cookies, the forms and the policy that a real browser has."""
    deps, staff_id = office.desks.deps, "st-7kar7gwp"
    async with deps.db.transaction(actor=SYSTEM) as tx:
        secret = await accounts.invite(tx, deps, "st-admin", staff_id)
        seed = (await accounts.open_invitation(tx, deps, secret)).seed
    async with window(browser, office.town.stack.url("console"), {}, language="en") as seen:
        page = seen.page
        await seen.go(f"/invitation/{secret}")
        await page.get_by_role("button", name="Go on").click()
        await page.get_by_label("The six digits that the app shows now").fill(
            pyotp.TOTP(seed).at(wall())
        )
        await page.get_by_label("Your sign-in name").fill(staff_id)
        await page.get_by_label("Password", exact=True).fill(PASSWORD)
        await page.get_by_label("The password once more").fill(PASSWORD)
        await page.get_by_role("button", name="Make my account").click()
        codes = await page.locator("li.id").all_inner_texts()
        assert len(codes) == 10
        await page.get_by_role("link", name="Sign in").click()
        await page.get_by_label("Your sign-in name").fill(staff_id)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_label("Code of six digits").fill(codes[0])
        await page.get_by_role("button", name="Sign in").click()
        await page.get_by_role("heading", name="Queue").wait_for()
        await page.get_by_role("button", name="Lock").click()
        await page.get_by_role("heading", name="Sign in").wait_for()
        await page.go_back()
        assert await page.get_by_role("heading", name="Queue").count() == 0


async def test_a_case_from_the_queue_to_its_end(office: Office, browser: Browser) -> None:
    """Accept, undo in sight, read what was allowed, first contact, complete."""
    incident = await office.town.report(SAMPLE)
    offer = await office.town.offer(incident, NEED)
    async with desk(
        office, browser, someone_at(office.town, offer["organisation"]).staff_id
    ) as seen:
        page = seen.page
        await seen.go("/queue")
        row = page.locator(f"#row-{offer['offer_id']}")
        await row.get_by_role("button", name="Accept").click()
        await page.get_by_role("button", name="Take it back").wait_for()
        await seen.go(f"/cases/{offer['offer_id']}")
        assert await page.get_by_text(NAME).count() == 0
        await page.get_by_role("button", name="Show what she has allowed").click()
        await page.get_by_text(NAME).wait_for()
        assert await seen.axe() == []
        assert await seen.too_wide() == []
        await page.get_by_role("button", name="First contact made").click()
        await page.get_by_role("link", name="Complete").click()
        await page.get_by_label("helped", exact=True).check()
        await page.get_by_role("button", name="Complete").click()
        await page.get_by_text("Completed. Thank you.").wait_for()


async def test_a_row_comes_by_itself(office: Office, browser: Browser) -> None:
    """An open queue shows a new case without anybody's hand, says so, and leaves alone what holds
    focus; while a part is down it keeps what it has, and says since when."""
    first = await office.town.offer(await office.town.report(SAMPLE), NEED)
    staff = someone_at(office.town, first["organisation"]).staff_id
    async with desk(office, browser, staff) as seen:
        await seen.go("/queue")
        page, rows = seen.page, seen.page.locator("li.row")
        before = await rows.count()
        await page.locator(f"#row-{first['offer_id']}").get_by_role("link", name="Decline").focus()
        await page.evaluate("window.held = document.activeElement")
        offers = set()
        for _ in range(4):  # others may be asked first: somebody of this desk is, before long
            offer = await office.town.offer(await office.town.report(SAMPLE), NEED)
            offers.add(offer["organisation"])
            if first["organisation"] in offers:
                break
        assert first["organisation"] in offers
        await page.wait_for_function(MORE_ROWS, arg=before)
        assert await page.evaluate("window.held === document.activeElement")
        assert "New here:" in await page.get_by_role("status").inner_text()
        await page.route("**/queue", lambda route: route.fulfill(status=503))
        await page.evaluate(COMES_BACK)
        await page.get_by_text("No connection: this may be out of date").wait_for()
        assert await rows.count() > before
        seen.complaints.clear()  # of the 503
        await page.unroute("**/queue")
        await page.evaluate(COMES_BACK)
        await page.get_by_text("No connection").wait_for(state="detached")


async def test_who_types_stays_and_who_has_gone_is_locked_out(
    office: Office, browser: Browser
) -> None:
    """*Stay* keeps the page with what is typed; the page goes when the session is over."""
    staff = load.ADMINISTRATOR
    async with desk(office, browser, staff) as seen:
        page = seen.page
        await page.clock.install()
        await seen.go("/people/new")
        await page.get_by_label("Name", exact=True).fill(NAME)
        await page.clock.fast_forward("14:30")  # another tab has kept it: nothing is said
        await turned_back(office, staff, minutes=14, seconds=30)
        await page.clock.fast_forward("14:30")
        await page.get_by_role("button", name="Stay").click()
        await page.get_by_text("This page locks itself in a minute").wait_for(state="hidden")
        assert await page.get_by_label("Name", exact=True).input_value() == NAME
        await turned_back(office, staff, minutes=16)
        await page.clock.fast_forward("15:30")
        await page.get_by_role("heading", name="Sign in").wait_for()
        assert page.url.endswith("/sign-in?after=%2Fpeople%2Fnew")


async def turned_back(office: Office, staff_id: str, **by: int) -> None:
    """Somebody has touched nothing for so long."""
    async with office.desks.deps.db.transaction() as tx:
        await tx.execute(
            "UPDATE sessions SET seen_at = $2::timestamptz,"
            " idle_until = $2::timestamptz + interval '15 minutes' WHERE staff_id = $1",
            staff_id,
            tx.now - timedelta(**by),
        )


async def test_a_report_by_thumb(office: Office, browser: Browser) -> None:
    """Eight steps, each without a violation; each consent is answered, none is for her; it is
    taken."""
    async with desk(office, browser, "st-v5oef5ab") as seen:
        page = seen.page
        await seen.go("/report")
        await page.get_by_label("Where does she live?").fill("кочкор")
        for step in range(1, 12):
            assert await seen.axe() == [], step
            assert await seen.too_wide() == [], step
            if await page.get_by_role("heading", name="What is needed?").count():
                await page.get_by_label("crisis counselling").check()
                await page.get_by_label("legal aid").check()
            if await page.get_by_text("Without her yes").count():
                assert await page.locator("input[type=radio]:checked").count() == 0
                await page.get_by_role("button", name="Next").click()
                await page.get_by_role("link", name="Yes or no: legal aid").wait_for()
                assert await seen.axe() == []
                for need, answer in (("crisis counselling", "Yes"), ("legal aid", "No")):
                    await page.get_by_role("group", name=need).get_by_label(answer).check()
            send = page.get_by_role("button", name="Send it")
            if await send.count():
                await send.click()
                break
            await page.get_by_role("button", name="Next").click()
        else:
            raise AssertionError("no last step")
        await page.get_by_role("heading", name="It is taken").wait_for()
        await page.get_by_role("link", name="How far it has come").click()
        assert await seen.axe() == []


async def test_a_coordinator_opens_a_case(office: Office, browser: Browser) -> None:
    """From everything in the territory to one case with who was asked, and who else could be."""
    await office.town.offer(await office.town.report(SAMPLE), NEED)
    async with desk(office, browser, load.COORDINATOR) as seen:
        assert COORDINATOR.staff_id == load.COORDINATOR
        await seen.go("/board/all?fulfilment=offering")
        await seen.page.locator("a.id").first.click()
        await seen.page.get_by_role("heading", name="Who was asked").wait_for()
        assert await seen.axe() == []
        assert await seen.too_wide() == []
        await seen.page.get_by_role("link", name="Ask one more").first.click()
        await seen.page.get_by_role("heading", name="Who else could be asked").wait_for()
        assert await seen.axe() == []


async def test_a_week_is_printed_with_names_and_hours(office: Office, browser: Browser) -> None:
    """As a table, however narrow the paper; what one taps stays on the screen."""
    async with desk(office, browser, load.ADMINISTRATOR) as seen:
        await seen.go("/rosters/of/sezim-bishkek")
        await seen.page.emulate_media(media="print")
        printed = await seen.page.locator("body").inner_text()
        assert "Айгуль Токтосунова" in printed
        assert re.search(r"\d\d:00–\d\d:00|all day", printed)
        assert await seen.page.get_by_role("columnheader", name="Day").is_visible()
        for tapped in ("Tap somebody", "Week before", "Lock", "A new roster"):
            assert tapped not in printed
