"""A real Chromium before the console: what axe, the network and the screen say of a page."""

import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Error, Page, Route, async_playwright

CHROMIUM = "TIREK_CHROMIUM"
NOSCRIPT = re.compile("</?noscript>")
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """
async (rules) => {
  const found = await axe.run(document, {runOnly: {type: "tag", values: rules}});
  return found.violations.map((v) => [v.id, v.nodes.map((n) => n.html.slice(0, 160)).slice(0, 4)]);
}
"""
TOO_WIDE = """
() => [...document.querySelectorAll("body *")]
  .filter((e) => !e.closest(".scroll, .skip, .vh"))
  .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
  .map((e) => e.outerHTML.slice(0, 120)).slice(0, 3)
  .concat(document.documentElement.scrollWidth > innerWidth ? ["the page scrolls sideways"] : [])
"""

LENGTHEN = """
() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let longer = 0;
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (node.parentElement.closest("script, style, .id")) continue;
    const longer_by = (w) => w + w.slice(0, Math.ceil(w.length * 0.4));
    const said = node.data.replace(/\\p{L}{2,}/gu, longer_by);
    if (said !== node.data) { node.data = said; longer += 1; }
  }
  return longer;
}
"""
REACHABLE = """
() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .filter((e) => !e.disabled && e.type !== "hidden" && e.tabIndex >= 0)
  .filter((e) => e.checkVisibility({visibilityProperty: true}))
  .map((e, at) => { e.dataset.at = at; return at; }).length
"""
PARTS = 6
"""Tabs that one field takes at most: of a day and a time."""
MISSED = """
([reached, groups]) => [...document.querySelectorAll("[data-at]")]
  .filter((e) => !reached.includes(e.dataset.at))
  .filter((e) => !(e.type === "radio" && groups.includes(e.name)))
  .map((e) => "not reached: " + e.outerHTML.slice(0, 100))
"""
STANDS = """
() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const box = e.getBoundingClientRect(), style = getComputedStyle(e);
  const over = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const label = e.labels && e.labels[0];
  // of these the browser marks the part that one is in
  const parts = ["time", "date", "datetime-local"].includes(e.type);
  const shown = parts || style.outlineStyle !== "none" || style.boxShadow !== "none";
  const free = !over || e.contains(over) || over.contains(e) || (label && label.contains(over));
  const named = e.outerHTML.slice(0, 100);
  return {at: e.dataset.at ?? null, group: e.type === "radio" ? e.name : null,
          wrong: shown ? (free ? null : "covered: " + named) : "not shown: " + named};
}
"""


def executable() -> str:
    """The Chromium to use; the run ends where there is none: a skip would hide a gap."""
    found = os.environ.get(CHROMIUM) or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        pytest.exit(f"no chromium: install the package, or name one in {CHROMIUM}", 4)
    return found


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """One browser; each visit has a context of its own."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=executable(), args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            yield browser
        finally:
            await browser.close()


@dataclass(slots=True)
class Window:
    """A window with one page, and what went wrong in it."""

    page: Page
    context: BrowserContext
    complaints: list[str] = field(default_factory=list)
    octets: dict[str, int] = field(default_factory=dict)
    """Of each answer since the last visit, by its address."""
    elsewhere: list[str] = field(default_factory=list)
    status: int = 0
    """Of the last visit."""

    async def go(self, path: str) -> None:
        """Opens an address, and waits until it stands."""
        self.octets.clear()
        answer = await self.page.goto(path, wait_until="load")
        self.status = answer.status if answer else 0

    async def axe(self) -> list[Any]:
        """Violations of WCAG 2.0 to 2.2 A and AA, with where they are."""
        await self.page.evaluate(AXE)
        found: list[Any] = await self.page.evaluate(RUN, RULES)
        return found

    async def too_wide(self) -> list[str]:
        """What stands out of the screen to the right."""
        found: list[str] = await self.page.evaluate(TOO_WIDE)
        return found

    async def lengthen(self) -> int:
        """Makes every word longer by two fifths; how many texts there were."""
        longer: int = await self.page.evaluate(LENGTHEN)
        return longer

    async def by_keyboard(self) -> list[str]:
        """What somebody with a keyboard alone does not reach, does not see, or sees covered.

        Of radio buttons one stands for its group, as browsers have it.
        """
        wanted: int = await self.page.evaluate(REACHABLE)
        wrong, reached, groups = [], set(), set()
        for _ in range(PARTS * wanted + 2):
            await self.page.keyboard.press("Tab")
            stands = await self.page.evaluate(STANDS)
            if stands is None:
                break
            reached.add(stands["at"])
            groups.add(stands["group"])
            if stands["wrong"]:
                wrong.append(stands["wrong"])
        missed = await self.page.evaluate(
            MISSED, [sorted(reached - {None}), sorted(groups - {None})]
        )
        return [*wrong, *missed]

    @property
    def weight(self) -> int:
        """Octets of everything that the last visit loaded."""
        return sum(self.octets.values())


@asynccontextmanager
async def window(
    browser: Browser,
    origin: str,
    cookies: dict[str, str],
    *,
    width: int = 320,
    language: str = "ru",
    script: bool = True,
) -> AsyncIterator[Window]:
    """A window of somebody with these cookies."""
    context = await browser.new_context(
        base_url=origin,
        viewport={"width": width, "height": 640},
        locale=language,
        bypass_csp=False,
    )
    kept = cookies | {"__Host-lang": language}
    await context.add_cookies(
        [
            # as if they had come by TLS: on this machine Chromium sends them back without it too
            {"name": name, "value": value, "url": origin.replace("http:", "https:"), "secure": True}
            for name, value in kept.items()
        ]
    )
    if not script:
        await context.route("**/*", without_scripts)
    page = await context.new_page()
    made = Window(page, context)
    page.on("console", lambda said: _complaint(made, said.type, said.text))
    page.on("pageerror", lambda problem: made.complaints.append(str(problem)))

    async def weigh(answer: Any) -> None:
        if not answer.url.startswith(origin):
            made.elsewhere.append(answer.url)
        if not answer.url.endswith("/live") and answer.status == 200:
            with suppress(Error):  # the page has gone on before it was weighed
                made.octets[answer.url] = (await answer.request.sizes())["responseBodySize"]

    page.on("response", weigh)
    try:
        yield made
    finally:
        await context.close()


async def without_scripts(route: Route) -> None:
    """The page as a browser has it that runs no scripts, before one in which axe can run: no script
    is loaded, and what stands in ``noscript`` stands in the page."""
    kind = route.request.resource_type
    if kind == "script":
        await route.abort()
    elif kind == "document" and route.request.method == "GET":  # a form's own headers are kept
        answer = await route.fetch(max_redirects=0)
        body = NOSCRIPT.sub("", await answer.text())
        await route.fulfill(response=answer, body=body)
    else:
        await route.continue_()


def _complaint(window: Window, kind: str, text: str) -> None:
    if kind == "error" and "ERR_FAILED" not in text:
        window.complaints.append(text)
