"""A check that finds nothing proves nothing: faults are planted, and each is found."""

import pytest
from playwright.async_api import Browser

from tests.console.conftest import Office
from tests.support.browsing import window

PLANTED = {
    "html-has-lang": "document.documentElement.removeAttribute('lang')",
    "color-contrast": "document.querySelector('h1').style.color = '#ccc'",
    "label": "document.querySelectorAll('label').forEach((l) => l.remove())",
    "image-alt": "document.querySelector('main').append(document.createElement('img'))",
}


@pytest.mark.parametrize("rule", PLANTED)
async def test_axe_finds_what_is_planted(office: Office, browser: Browser, rule: str) -> None:
    """Each planted fault, and on the page as it is nothing."""
    async with window(browser, office.town.stack.url("console"), {}) as seen:
        await seen.go("/sign-in")
        assert await seen.axe() == []
        await seen.page.evaluate(PLANTED[rule])
        assert rule in [name for name, _ in await seen.axe()]


async def test_what_is_too_wide_is_found(office: Office, browser: Browser) -> None:
    """A line that cannot break stands out of a screen of 320 pixels."""
    async with window(browser, office.town.stack.url("console"), {}) as seen:
        await seen.go("/sign-in")
        assert await seen.too_wide() == []
        await seen.page.evaluate(
            "document.querySelector('h1').style.cssText = 'white-space: nowrap; width: 400px'"
        )
        assert await seen.too_wide()


async def test_a_script_from_elsewhere_does_not_run(office: Office, browser: Browser) -> None:
    """The policy is on: a script in the page is refused, and says so."""
    async with window(browser, office.town.stack.url("console"), {}) as seen:
        await seen.go("/sign-in")
        assert seen.complaints == []
        await seen.page.evaluate(
            "const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
            "document.body.append(s)"
        )
        assert await seen.page.evaluate("window.ran") is None
        assert any("Content Security Policy" in each for each in seen.complaints)
