"""Two desks: how long after an act at one of them the row changes at the other."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser

from tests.support.browsing import Window, window
from tests.support.desks import Desks
from tests.support.town import Town, someone_at

SAMPLE, NEED = "12-late-yes", "crisis-counselling"
REPORTS = 10
"""Each is seen and accepted: two acts."""
ACTS = ("seen", "accept")
CHANGED = """
([id, before]) => {
  const row = document.getElementById(id);
  return (row ? row.outerHTML : "") !== before;
}
"""
ROW = "(id) => document.getElementById(id)?.outerHTML ?? ''"


async def acts(browser: Browser, town: Town, seats: Desks) -> list[float]:
    """Seconds from sending each act until the other desk shows it."""
    offers = [await town.offer(await town.report(SAMPLE), NEED) for _ in range(REPORTS)]
    found: list[float] = []
    for offer in offers:
        found += await _of_offer(browser, town, seats, offer)
    return found


async def _of_offer(
    browser: Browser, town: Town, seats: Desks, offer: dict[str, Any]
) -> list[float]:
    caller = someone_at(town, offer["organisation"])
    one, row = await seats.of(caller, "ru"), f"row-{offer['offer_id']}"
    found: list[float] = []
    async with _other_desk(browser, seats, caller) as other:
        for act in ACTS:
            await one.go("/queue")
            before = await other.page.evaluate(ROW, row)
            began = time.monotonic()
            await one.post(f"/queue/{offer['offer_id']}/{act}", {"csrf": one.token})
            await other.page.wait_for_function(CHANGED, arg=[row, before], polling=20)
            found.append(time.monotonic() - began)
    return found


@asynccontextmanager
async def _other_desk(browser: Browser, seats: Desks, caller: Any) -> AsyncIterator[Window]:
    visitor = await seats.of(caller, "ru")
    origin = seats.stack.url("console")
    async with window(browser, origin, visitor.cookies, width=390) as other:
        async with other.page.expect_response("**/live"):
            await other.go("/queue")
        yield other
