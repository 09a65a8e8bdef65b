"""Referral's tables in memory answer as PostgreSQL does."""

import inspect
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import pytest_asyncio

from services.referral.store import capacity, decisions
from services.referral.store import requests as store
from services.referral.store.capacity import Capacity
from shared.db import Tx
from tests.simulation import memory
from tests.simulation.memory import MemoryTx
from tests.simulation.town import Town
from tests.simulation.world import World
from tests.stack import scratch
from tests.support.referral_house import House, opened


class Enough(Exception):
    """What was written is not to stay."""


@asynccontextmanager
async def written(house: House, world: World) -> AsyncIterator[Tx]:
    """Everything on the shelf, in the real tables, for as long as the block."""
    with suppress(Enough):
        async with house.db.transaction() as tx:
            await store.save(tx, [(request, None) for request in world.shelf.requests.values()])
            yield tx
            raise Enough


@pytest_asyncio.fixture(scope="module")
async def house() -> AsyncIterator[House]:
    """A database of its own."""
    async with scratch("referral.migrate") as stack, opened(stack) as house:
        yield house


def halfway(seed: int) -> World:
    """A seed in the middle of its days."""
    world = World(seed)
    with world.stage.set():
        Town(world).plan()
        world.run(world.start + timedelta(hours=world.country.climate.hours * 0.6))
    return world


@pytest.mark.parametrize("seed", range(1, 13))
async def test_both_give_the_same_answers(house: House, seed: int) -> None:
    """Service requests of a seed, in its middle and a while later, when holds have lapsed."""
    world = halfway(seed)
    requests = list(world.shelf.requests.values())
    assert requests
    async with written(house, world) as tx:
        for minutes in (0, 7, 45, 600):
            tx.now = world.now + timedelta(minutes=minutes)
            here = MemoryTx(world.shelf, tx.now, tx.ids)
            assert await _places(tx, world) == await _places(here, world)
            assert await _due(tx) == await _due_in_memory(here)
        directory = world.country.directory
        for each in (directory, replace(directory, change="another")):
            assert await store.waiting(tx, each, ()) == await memory.waiting(here, each, ())
        ids = [offer.id for request in requests for offer in request.offers]
        assert await store.by_offers(tx, ids) == await memory.by_offers(here, ids)


async def _places(tx: Tx, world: World) -> list[Capacity]:
    """Of each type that is needed, seen by the most urgent and by everybody together."""
    requests = sorted(world.shelf.requests.values(), key=lambda each: each.urgency.rank)
    directory = world.country.directory
    return [
        await capacity.count(tx, directory, requests[:1]),
        await capacity.count(tx, directory, requests),
    ]


async def _due(tx: Tx) -> list[datetime | None]:
    found = await store.due(tx, ())
    request = await store.by_id(tx, found) if found else None
    return [request.next_due if request else None, await store.next_due(tx)]


async def _due_in_memory(tx: MemoryTx) -> list[datetime | None]:
    found = await memory.due(tx, ())
    request = await memory.by_id(tx, found) if found else None
    return [request.next_due if request else None, await memory.next_due(tx)]


@pytest.mark.parametrize("name", [each.__name__ for each in memory.STORE])
def test_both_are_asked_in_the_same_words(name: str) -> None:
    """A function of the store that changes takes the one in memory with it."""
    assert inspect.signature(getattr(memory, name)) == inspect.signature(getattr(store, name))
    assert inspect.signature(memory.keep) == inspect.signature(decisions.keep)
