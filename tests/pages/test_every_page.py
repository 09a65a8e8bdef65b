"""Every page in a real browser: nothing for axe to find, nothing too wide, light, from here alone.

``FULL=1`` looks at each in three languages, on two screens, with and without the script.
"""

import os
from dataclasses import dataclass
from itertools import product

import pytest
from playwright.async_api import Browser

from tests.console.conftest import Office
from tests.support.browsing import window
from tests.support.pages import VISITS, who_opens

HEAVIEST = 40 * 1024
"""Octets of a first load."""
FULL = os.environ.get("FULL") == "1"


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one page."""

    who: str
    path: str
    language: str
    width: int
    script: bool


WAYS = list(product(("ky", "ru", "en"), (320, 1280), (True, False)))
LOOKS = [
    Look(who, path, language, width, script)
    for who, path in VISITS
    for language, width, script in (WAYS if FULL else [("ru", 320, True)])
]


@pytest.mark.parametrize(
    "look", LOOKS, ids=lambda look: f"{look.path}-{look.language}-{look.width}-{look.script}"
)
async def test_a_page(office: Office, browser: Browser, look: Look) -> None:
    """As somebody sees it who may open it."""
    caller, language = who_opens(office.town, look.who), look.language
    visitor = await office.desks.of(caller, language) if caller else office.desks.nobody(language)
    async with window(
        browser,
        office.town.stack.url("console"),
        visitor.cookies,
        width=look.width,
        language=language,
        script=look.script,
    ) as seen:
        await seen.go(look.path)
        assert seen.status == 200
        assert await seen.page.title()
        assert await seen.page.get_attribute("html", "lang") == language
        assert await seen.axe() == []
        assert await seen.too_wide() == []
        assert seen.complaints == []
        assert seen.elsewhere == []
        assert seen.weight <= HEAVIEST
