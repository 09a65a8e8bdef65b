"""One running Tirek for all stories that leave it as it should be."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.stack import scratch
from tests.support.town import EVERYTHING, Town, town


@pytest_asyncio.fixture(scope="package")
async def whole() -> AsyncIterator[Town]:
    """Everything is up. What a story breaks it mends; the clock may have been turned."""
    async with scratch(*EVERYTHING) as stack, town(stack) as own:
        yield own
