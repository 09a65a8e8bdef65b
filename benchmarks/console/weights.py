"""First loads: what a page weighs and when something is seen of it, on a slow telephone.

*Slow 3G* as browsers' own tools have it (400 ms there and back, 400 kbit/s), a processor at a
quarter of this one's speed, and nothing kept from an earlier visit.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser

from benchmarks.figures import Json
from tests.support.browsing import window
from tests.support.desks import Desks
from tests.support.visitor import Visitor

WAY_MS, OCTETS_S, SLOWER = 400, 400_000 // 8, 4
WIDTH = 320
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


@dataclass(slots=True)
class Load:
    """One first load. ``octets``: as they came over the line, with their headers."""

    path: str
    octets: int = 0
    requests: int = 0
    paint_ms: float = 0.0
    addresses: list[str] = field(default_factory=list)

    def to_json(self) -> Json:
        """As it stands in the file of a run."""
        return {
            "path": self.path,
            "kb": round(self.octets / 1024, 1),
            "requests": self.requests,
            "paint_ms": round(self.paint_ms),
        }


async def first_loads(
    browser: Browser, seats: Desks, pages: Iterable[tuple[str, Visitor]], language: str
) -> list[Load]:
    """Each of these pages, by whom it is opened, as a first one."""
    origin = seats.stack.url("console")
    return [await _first(browser, origin, *each, language) for each in pages]


async def _first(browser: Browser, origin: str, path: str, visitor: Visitor, language: str) -> Load:
    seen = Load(path)
    async with window(browser, origin, visitor.cookies, width=WIDTH, language=language) as opened:
        line = await opened.context.new_cdp_session(opened.page)

        def asked(said: dict[str, Any]) -> None:
            seen.requests += 1
            seen.addresses.append(said["request"]["url"])

        def came(said: dict[str, Any]) -> None:
            seen.octets += int(said["encodedDataLength"])

        line.on("Network.requestWillBeSent", asked)
        line.on("Network.loadingFinished", came)
        await line.send("Network.enable")
        await line.send("Network.setCacheDisabled", {"cacheDisabled": True})
        await line.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": WAY_MS,
                "downloadThroughput": OCTETS_S,
                "uploadThroughput": OCTETS_S,
            },
        )
        await line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        await opened.go(path)
        await opened.page.wait_for_function(f"() => {PAINTED}")
        seen.paint_ms = float(await opened.page.evaluate(PAINTED))
    if opened.status != 200:
        raise RuntimeError(f"{path}: {opened.status}")
    return seen
