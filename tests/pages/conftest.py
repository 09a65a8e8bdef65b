"""A browser, and one running Tirek with its console."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser

from tests.console.conftest import office
from tests.support.browsing import chromium

__all__ = ["browser", "office"]


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as own:
        yield own
