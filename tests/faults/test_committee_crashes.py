"""Committees enter what they did while their service dies and Kafka is away: all of it, once."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest_asyncio

from deploy.samples.founding.voice import Refused
from tests.stack import scratch
from tests.support.eventually import eventually
from tests.support.founding import PARTS, enter, some
from tests.support.town import Town, town

COMMITTEES = ("committee-uchkun", "committee-ton", "committee-tort-kol")
VICTIMS = (("committee.serve", 10), ("kafka", 30), ("committee.work", 45), ("committee.serve", 60))
"""What dies, when so many rows are entered."""
ENTERED = """
SELECT (SELECT count(*) FROM committee.members) + (SELECT count(*) FROM committee.activities)
"""
COUNTED = """
SELECT (SELECT count(*) FROM committee.committees) AS committees,
       (SELECT count(*) FROM committee.members) AS members,
       (SELECT count(DISTINCT staff_id) FROM committee.members) AS people,
       (SELECT count(*) FROM committee.appeals WHERE incident_id IS NOT NULL) AS appeals,
       (SELECT count(*) FROM committee.sittings WHERE status = 'held') AS sittings,
       (SELECT count(*) FROM committee.actions WHERE status = 'done') AS actions,
       (SELECT sum(som) FROM committee.aid) AS som,
       (SELECT count(*) FROM committee.service_requests WHERE fulfilment = 'placed') AS accepted,
       (SELECT count(*) FROM intake.incidents) AS incidents,
       (SELECT count(*) FROM committee.parked) AS parked
"""
UNSAID = "SELECT count(*) FROM committee.outbox WHERE published_at IS NULL"


@pytest_asyncio.fixture
async def alone() -> AsyncIterator[Town]:
    """A town of this test's own."""
    async with scratch(*PARTS) as stack, town(stack) as own:
        yield own


async def counted(database: asyncpg.Connection) -> dict[str, Any]:
    """How much of everything is there."""
    row = await database.fetchrow(COUNTED)
    assert row is not None
    return dict(row)


async def enter_until_it_is_in(town: Town) -> None:
    """Secretaries who insist: what is cut short is begun again, and finds what is there."""
    async with asyncio.timeout(150):
        while True:
            try:
                return await enter(town, some(*COMMITTEES))
            except (httpx.HTTPError, Refused):
                await asyncio.sleep(0.2)


async def kill_one_after_another(town: Town, database: asyncpg.Connection) -> None:
    """Each dies when enough is entered; whoever watches starts it again."""
    for name, enough in VICTIMS:

        async def entered(enough: int = enough) -> bool:
            return bool(await database.fetchval(ENTERED) >= enough)

        await eventually(entered, within=100)
        await town.stack.part(name).kill()


async def test_what_committees_enter_is_there_once_whatever_dies(alone: Town) -> None:
    """Rows of every register, an incident for each appeal, and all of it told to the others."""
    database = await asyncpg.connect(alone.stack.superuser("tirek"))
    killer = asyncio.create_task(kill_one_after_another(alone, database))
    try:
        await enter_until_it_is_in(alone)
        await killer

        async def told() -> bool:
            unsaid = await database.fetchval(UNSAID)
            return unsaid == 0 and bool((await counted(database))["accepted"] == 3)

        await eventually(told, within=60)
        found = await counted(database)
    finally:
        killer.cancel()
        await asyncio.wait([killer])
        await database.close()
    assert found == {
        "committees": 3,
        "members": 60,
        "people": 60,
        "appeals": 3,
        "sittings": 3,
        "actions": 5,
        "som": 6500,
        "accepted": 3,
        "incidents": 3,
        "parked": 0,
    }
