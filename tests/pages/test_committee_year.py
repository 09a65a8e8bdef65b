"""A secretary's year in a real browser without a script, on a telephone: plan, appeal, incident,
emergency sitting, decision, referral, aid, meeting, report. Each page is looked at on the way."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page

from tests.console.conftest import Office
from tests.pages.conftest import looked_at
from tests.support.browsing import Window, window
from tests.support.committee_town import CHAIR, MEMBER, SECRETARY, House, house
from tests.support.eventually import eventually
from tests.support.town import someone_at
from tests.support.town_sittings import yesterday

Answers = Mapping[str, str]
HELP = "crisis-counselling"
READ = "rows => rows.map(r => [...r.cells].map(c => c.textContent.trim())).map(c => [c[0], c[2]])"
"""Of each row of the report its figure's name, and what it is in this period."""


@asynccontextmanager
async def telephone(office: Office, browser: Browser) -> AsyncIterator[Window]:
    """The secretary's, of 320 pixels, with no script."""
    visitor = await office.desks.of(SECRETARY)
    origin = office.town.stack.url("console")
    async with window(browser, origin, visitor.cookies, language="en") as seen:
        await seen.context.route("**/*.js", lambda route: route.abort())
        yield seen
        assert seen.complaints == []


async def choose(page: Page, answers: Answers) -> None:
    """Chooses in the lists of this name."""
    for name, value in answers.items():
        await page.locator(f"select[name={name}]").select_option(value)


async def tick(page: Page, answers: Answers) -> None:
    """Ticks what has this name and value."""
    for name, value in answers.items():
        await page.locator(f'input[name="{name}"][value="{value}"]').check()


async def fill(page: Page, answers: Answers) -> None:
    """Types into the fields of this name."""
    for name, value in answers.items():
        await page.locator(f'input[name="{name}"]').fill(value)


async def press(seen: Window, button: str, says: str) -> None:
    """Presses a button, waits for what the page says then, and looks at it."""
    await seen.page.locator("main").get_by_role("button", name=button).first.click()
    await seen.page.get_by_text(says).first.wait_for()
    await looked_at(seen)


async def plans(seen: Window) -> None:
    """A row of the plan."""
    await seen.go("/committee/plan/new")
    await choose(seen.page, {"work": "prevention-meeting", "prepares": "aksakal-court"})
    await choose(seen.page, {"reports": "local-committee", "indicator": "people"})
    await fill(seen.page, {"count": "120"})
    await press(seen, "Save", "120 · people")


async def takes_an_appeal(seen: Window) -> str:
    """Which is an incident, and is reported with her consent; the appeal's address."""
    page = seen.page
    await seen.go("/committee/appeals/new")
    await fill(page, {"journal_no": "41-в"})
    await choose(page, {"subject": "domestic-violence", "sex": "female"})
    await page.get_by_label("Where they live").select_option(index=1)
    await press(seen, "Save", "Entered. Now it is answered")
    at = page.url
    await page.get_by_role("button", name="Open as an incident").click()
    await page.get_by_role("button", name="Go on").click()
    for _ in range(2):
        await page.get_by_role("button", name="Next").click()
    await page.get_by_role("heading", name="What makes it dangerous?").wait_for()
    for _ in range(2):
        await page.get_by_role("button", name="Next").click()
    await page.get_by_label("crisis counselling").check()
    await page.get_by_role("button", name="Next").click()
    await tick(page, {f"tell-{HELP}": "yes"})
    for _ in range(2):
        await page.get_by_role("button", name="Next").click()
    await press(seen, "Send it", "It is taken")
    return at


async def sits(seen: Window, uchkun: House) -> None:
    """An emergency sitting on it, at which money is decided on."""
    page = seen.page
    await seen.go("/committee/sittings/new?kind=emergency")
    await fill(page, {"day": yesterday(uchkun), "time": "10:00"})
    await press(seen, "Save", "put on the agenda")
    await page.get_by_role("link", name="Put something on it").click()
    await page.get_by_role("button", name="Put it on appeal no. 41-в").click()
    await page.get_by_role("link", name="Who is here").click()
    await tick(page, {f"a-{each.staff_id}": "present" for each in (SECRETARY, CHAIR, MEMBER)})
    await fill(page, {"to": "11:00"})
    await press(seen, "It was held", "There is a quorum")
    await page.get_by_role("link", name="What came of it").click()
    await fill(page, {"in_favour": "3"})
    await choose(page, {"what-0": "aid-cash", "body-0": "ayil-okmotu"})
    await press(seen, "Save", "extract to print")
    await page.get_by_role("link", name="Close the sitting").click()
    await press(seen, "Close the sitting", "What was decided is among the actions now")


async def is_referred(office: Office, uchkun: House, appeal: str) -> str:
    """Somebody of a crisis centre takes the case of this appeal, as anybody's; its public id."""
    told = await uchkun.ask(SECRETARY, "GET", f"/appeals/{appeal}")
    offer = await office.town.offer(told["incident_id"], HELP)
    worker = someone_at(office.town, offer["organisation"])
    path = f"/offers/{offer['offer_id']}/accept"
    answer = await office.town.call(worker, "referral", "POST", path, {})
    assert answer.is_success, answer.text

    async def heard() -> str | None:
        now = await uchkun.ask(SECRETARY, "GET", f"/appeals/{appeal}")
        taken = [each["public_id"] for each in now["needs"] if each["progress"] == "accepted"]
        return taken[0] if taken else None

    return await eventually(heard, within=30) or ""


async def gives_aid(seen: Window, case: str) -> None:
    """By what was decided on this case."""
    await seen.go("/committee/aid")
    await seen.page.get_by_role("link", name="Enter aid").click()
    await looked_at(seen)
    decision = seen.page.locator("li", has_text=case)
    await decision.get_by_role("link", name="By this one").click()
    await tick(seen.page, {"kind": "cash"})
    await fill(seen.page, {"som": "6500"})
    await press(seen, "Save", "6 500")


async def meets(seen: Window) -> None:
    """A prevention meeting."""
    await seen.go("/committee/activities")
    await seen.page.get_by_role("link", name="A prevention meeting…").click()
    await fill(seen.page, {"n-female-30-44": "61", "n-male-30-44": "59"})
    await press(seen, "Save", "Entered. If it was a slip")


async def figures(seen: Window) -> dict[str, int]:
    """This year's report."""
    await seen.go("/committee/figures")
    await looked_at(seen)
    table = seen.page.locator("table.figures").first
    cells = await table.locator("tbody tr").evaluate_all(READ)
    return {name: int(now) for name, now in cells if now.isdigit()}


async def test_a_secretary_plays_a_year(office: Office, browser: Browser) -> None:
    """What she enters is in the report at its end, and nothing is typed twice."""
    uchkun = await house(office.town)
    async with telephone(office, browser) as seen:
        before = await figures(seen)
        await plans(seen)
        at = await takes_an_appeal(seen)
        await sits(seen, uchkun)
        case = await is_referred(office, uchkun, at.rsplit("/", 1)[-1].partition("?")[0])
        await seen.go(at)
        await seen.page.get_by_text("accepted").first.wait_for()
        await gives_aid(seen, case)
        await meets(seen)
        after = await figures(seen)
    grew = {name: after[name] - before.get(name, 0) for name in after}
    assert grew["Appeals"] == 1
    assert grew["Sittings"] == 1
    assert grew["Cases referred"] == 1
    assert grew["Cases in which aid was given"] == 1
    assert grew["People at prevention meetings"] == 120
