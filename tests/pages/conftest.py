"""A browser, one running Tirek with its console, and people before a screen of 320 pixels."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest_asyncio
from playwright.async_api import Browser

from tests.console.conftest import Office, office
from tests.support.browsing import Window, chromium, window
from tests.support.pages import Played, play
from tests.support.visitor import Visitor

__all__ = ["browser", "office"]


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as own:
        yield own


@pytest_asyncio.fixture(scope="package")
async def played(office: Office) -> Played:
    """What the pages show."""
    return await play(office.town, office.desks)


@asynccontextmanager
async def desk(office: Office, browser: Browser, staff_id: str) -> AsyncIterator[Window]:
    """Somebody who has signed in."""
    async with seat(office, browser, await office.desks.of(office.town.caller(staff_id))) as seen:
        yield seen


@asynccontextmanager
async def seat(office: Office, browser: Browser, visitor: Visitor) -> AsyncIterator[Window]:
    """Whoever has come so far as this visitor; nothing is complained of until they leave."""
    origin = office.town.stack.url("console")
    async with window(browser, origin, visitor.cookies, language="en") as seen:
        yield seen
        assert seen.complaints == []


async def looked_at(seen: Window) -> None:
    """Nothing for axe to find, nothing too wide."""
    assert await seen.axe() == []
    assert await seen.too_wide() == []
