"""``make screenshots``: the pictures of README, from a running Tirek with invented people.

Names and addresses are masked, as they are on a page until somebody asks; numbers are fictional.
"""

import asyncio

from deploy.local.stack import ROOT
from tests.console.conftest import CONSOLE
from tests.stack import scratch
from tests.support.browsing import Window, chromium, window
from tests.support.desks import desks
from tests.support.town import COORDINATOR, someone_at, town

PICTURES = ROOT / "docs" / "screenshots"
REPORTS = ("12-late-yes", "13-nobody-on-duty", "05-no-consent-to-police", "07-every-shelter-full")
NEED, SAMPLE = "crisis-counselling", "12-late-yes"


async def main() -> None:
    """Plays some reports, and takes the four pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    async with scratch(*CONSOLE) as stack, town(stack) as own:
        await stack.ensure(*CONSOLE)
        incidents = [await own.report(name) for name in REPORTS]
        offer = await own.offer(incidents[0], NEED)
        async with desks(stack) as seats, chromium() as browser:
            origin = stack.url("console")
            worker = await seats.of(someone_at(own, offer["organisation"]), "ru")
            async with window(browser, origin, worker.cookies, width=390) as seen:
                await take(seen, "/queue", "queue")
                async with seen.page.expect_navigation():
                    await seen.page.locator("button.main").first.click()
                await take(seen, f"/cases/{offer['offer_id']}", "case")
                await take(seen, "/report", "report")
            coordinator = await seats.of(COORDINATOR, "ru")
            async with window(browser, origin, coordinator.cookies, width=900) as seen:
                await take(seen, "/board", "board")


async def take(seen: Window, path: str, name: str) -> None:
    """One picture."""
    await seen.go(path)
    await seen.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


if __name__ == "__main__":
    asyncio.run(main())
