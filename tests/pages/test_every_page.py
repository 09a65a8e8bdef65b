"""Every page in a real browser: nothing for axe to find, nothing too wide, light, from here alone.

``FULL=1`` looks at each in three languages, on two screens, with and without the script.
"""

import os
from dataclasses import dataclass
from itertools import product

import pytest
from playwright.async_api import Browser

from deploy.samples import load
from deploy.samples.load import sample_caller
from shared.security.tokens import Caller
from tests.console.conftest import Office
from tests.support.browsing import window
from tests.support.town import COORDINATOR, someone_at

HEAVIEST = 40 * 1024
"""Octets of a first load."""
FULL = os.environ.get("FULL") == "1"
PAGES = {
    "nobody": ("/sign-in", "/device", "/invitation/made-up"),
    "worker": (
        "/queue",
        "/queue?tab=work",
        "/places",
        "/report",
        "/reports",
        "/find",
        "/account",
        "/rosters/calendar",
    ),
    "coordinator": ("/board", "/board/all", "/rosters"),
    "administrator": (
        "/rosters/of/hospital-ak-suu",
        "/rosters/of/hospital-ak-suu/new",
        "/people",
        "/people/new",
        "/people/st-6775jivy",
        "/directory",
        "/policies",
        "/running",
    ),
}
"""Every page that has an address of its own, by who opens it."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one page."""

    who: str
    path: str
    language: str
    width: int
    script: bool


VISITS = [(who, path) for who, paths in PAGES.items() for path in paths]
WAYS = list(product(("ky", "ru", "en"), (320, 1280), (True, False)))
LOOKS = [
    Look(who, path, language, width, script)
    for who, path in VISITS
    for language, width, script in (WAYS if FULL else [("ru", 320, True)])
]


def at(who: str, office: Office) -> Caller | None:
    """Somebody of the sample staff who may open these pages."""
    if who == "worker":
        return someone_at(office.town, "sezim-bishkek")
    if who == "administrator":
        return sample_caller(load.ADMINISTRATOR)
    return COORDINATOR if who == "coordinator" else None


@pytest.mark.parametrize(
    "look", LOOKS, ids=lambda look: f"{look.path}-{look.language}-{look.width}-{look.script}"
)
async def test_a_page(office: Office, browser: Browser, look: Look) -> None:
    """As somebody sees it who may open it."""
    caller, language = at(look.who, office), look.language
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
