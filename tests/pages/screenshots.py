"""``make screenshots``: the pictures of README, from a running Tirek with invented people.

Names and addresses are masked, as they are on a page until somebody asks; numbers are fictional.
"""

import asyncio
from dataclasses import replace

from playwright.async_api import FloatRect

from deploy.local.stack import ROOT
from tests.console.conftest import CONSOLE
from tests.stack import scratch
from tests.support.browsing import Window, chromium, window
from tests.support.desks import desks
from tests.support.response_facts import OBLAST, known
from tests.support.town import COORDINATOR, someone_at, town

PICTURES = ROOT / "docs" / "screenshots"
REPORTS = ("12-late-yes", "13-nobody-on-duty", "05-no-consent-to-police", "07-every-shelter-full")
NEED = "crisis-counselling"
FIGURES = f"/figures?clock=decision&period=2025-05-12..2025-06-11&area={OBLAST}"


async def main() -> None:
    """Plays some reports, and takes the five pictures."""
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
            await known(stack)
            theirs = await seats.of(replace(COORDINATOR, territories=(OBLAST,)), "ru")
            async with window(browser, origin, theirs.cookies, width=900) as seen:
                await take(seen, FIGURES, "figures", height=1632)


async def take(seen: Window, path: str, name: str, height: int | None = None) -> None:
    """One picture: of the whole page, or of so many pixels from its top."""
    await seen.go(path)
    if height is None:
        await seen.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
        return
    size = seen.page.viewport_size or {"width": 900}
    top: FloatRect = {"x": 0, "y": 0, "width": size["width"], "height": height}
    await seen.page.screenshot(path=PICTURES / f"{name}.png", full_page=True, clip=top)


if __name__ == "__main__":
    asyncio.run(main())
