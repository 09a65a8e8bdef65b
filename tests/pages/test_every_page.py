"""Every page in a real browser: nothing for axe to find, nothing too wide, light, from here alone.

``FULL=1`` looks at each in three languages, on two screens, with and without the script, with all
words longer by two fifths, and goes through it by the keyboard alone.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import product

import pytest
from playwright.async_api import Browser

from services.console.frame.nearest import openable
from services.console.pages import ROUTERS
from services.console.sessions.model import SessionKind
from tests.console.conftest import Office
from tests.support.browsing import Window, window
from tests.support.pages import NO_PAGES, VISITS, Played, who_opens

HEAVIEST = 40 * 1024
"""Octets of a first load."""
FULL = os.environ.get("FULL") == "1"
WAYS = list(product(("ky", "ru", "en"), (320, 1280), (True, False)))


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one page."""

    who: str
    path: str
    language: str = "ru"
    width: int = 320
    script: bool = True

    def __str__(self) -> str:
        script = "script" if self.script else "plain"
        return f"{self.path}-{self.language}-{self.width}-{script}"


FIRST = [Look(who, path) for who, path in VISITS]
LOOKS = [Look(each.who, each.path, *way) for each in FIRST for way in (WAYS if FULL else WAYS[4:5])]


@asynccontextmanager
async def opened(
    office: Office, browser: Browser, played: Played, look: Look
) -> AsyncIterator[Window]:
    """The page before somebody who may open it."""
    caller = who_opens(office.town, played, look.who, look.path)
    kind = SessionKind.OFFICER if look.who == "officer" else SessionKind.DESK
    visitor = office.desks.nobody(look.language)
    if caller:
        visitor = await office.desks.of(caller, look.language, kind)
    async with window(
        browser,
        office.town.stack.url("console"),
        visitor.cookies,
        width=look.width,
        language=look.language,
        script=look.script,
    ) as seen:
        await seen.go(played.path(look.path))
        assert seen.status == 200
        yield seen
    if caller:  # else the list of one's sessions would grow with every look
        await office.desks.gone(caller)


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_a_page(office: Office, browser: Browser, played: Played, look: Look) -> None:
    """As somebody sees it who may open it."""
    async with opened(office, browser, played, look) as seen:
        assert await seen.page.title()
        assert await seen.page.get_attribute("html", "lang") == look.language
        assert await seen.axe() == []
        assert await seen.too_wide() == []
        assert seen.complaints == []
        assert seen.elsewhere == []
        assert seen.weight <= HEAVIEST


@pytest.mark.parametrize("look", FIRST if FULL else FIRST[3:4], ids=str)
async def test_longer_words_fit(
    office: Office, browser: Browser, played: Played, look: Look
) -> None:
    """Every word longer by two fifths, as in a language that nobody has translated yet."""
    async with opened(office, browser, played, look) as seen:
        assert await seen.lengthen()
        assert await seen.too_wide() == []


@pytest.mark.parametrize("look", FIRST if FULL else FIRST[3:4], ids=str)
async def test_the_keyboard_alone_reaches_all(
    office: Office, browser: Browser, played: Played, look: Look
) -> None:
    """Tab by tab, in the order of the page; where one is can be seen, and nothing lies over it."""
    async with opened(office, browser, played, look) as seen:
        assert await seen.by_keyboard() == []


def test_no_page_escapes() -> None:
    """Each address that the console answers with a page is looked at above."""
    routes = [each for each in openable(ROUTERS) if each.path not in NO_PAGES]
    seen = set()
    for _, template in VISITS:
        path = template.split("?")[0].replace("{change}", "/rosters/of/x/change")
        path = path.replace("{", "").replace("}", "")
        seen.add(next(each.path for each in routes if each.path_regex.match(path)))
    assert {each.path for each in routes} - seen == set()
