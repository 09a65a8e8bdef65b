"""One running Tirek with its console, for all stories of a worker."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest_asyncio

from tests.stack import scratch
from tests.support.desks import Desks, desks
from tests.support.town import EVERYTHING, Town, town

CONSOLE = (
    *EVERYTHING,
    "committee.serve",
    "committee.work",
    "audit.serve",
    "audit.work",
    "console.serve",
    "console.work",
)


@dataclass(slots=True)
class Office:
    """The town, and the desks of its people."""

    town: Town
    desks: Desks


@pytest_asyncio.fixture(scope="package")
async def office() -> AsyncIterator[Office]:
    """Everything is up; nobody has signed in. It is down again before other tests begin."""
    async with scratch(*CONSOLE) as stack, town(stack) as own:
        await stack.ensure(*CONSOLE)
        async with desks(stack) as seats:
            yield Office(own, seats)
