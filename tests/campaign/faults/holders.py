"""Holders: one hangs beside a healthy one; a stranger takes what once said who holds what."""

import asyncio
from contextlib import AsyncExitStack
from functools import partial

import asyncpg

from shared.bus.relay import LEASE
from tests.campaign.faults.consumers import twin
from tests.campaign.faults.processes import IN_FLIGHT
from tests.campaign.scene import Fault, Must, Scene
from tests.support.eventually import eventually
from tests.support.faults.freezing import frozen
from tests.support.services import LISTENING

HANGS = 20.0
"""Seconds that a holder stands still: more than others need to take over, and to say so."""
EPOCH = "SELECT epoch FROM {}.leases WHERE name = $1"
LANES = ("urgent", "sms", "email")
LOCKED = (
    *(f"{service}.relay" for service in LISTENING),
    *(f"notify.lane.{lane}" for lane in LANES),
)
"""The advisory locks that once decided."""
TAKE = "SELECT pg_advisory_lock(hashtext($1))"


async def frozen_holder(scene: Scene) -> int:
    """The worker that publishes, and sends, stands still (SIGSTOP) while another stands by."""
    async with AsyncExitStack() as stack:
        for service in LISTENING:
            await stack.enter_async_context(twin(scene, f"{service}.work", 2))

        async def freeze(number: int) -> None:
            service = LISTENING[number]
            before = await _epoch(scene, service)
            async with frozen(scene.stack.part(f"{service}.work")):
                await eventually(partial(_taken_over, scene, service, before), within=HANGS)
                await asyncio.sleep(HANGS / 2)

        return await scene.spread(len(LISTENING), freeze)


async def _taken_over(scene: Scene, service: str, before: int) -> bool:
    return await _epoch(scene, service) > before


async def _epoch(scene: Scene, service: str) -> int:
    return int(await scene.ask(EPOCH.format(service), LEASE))


async def foreign_lock(scene: Scene) -> int:
    """Another service's role holds every such lock while each worker is killed, and comes back."""
    await scene.taken(0.2)
    stranger = await asyncpg.connect(scene.stack.dsn("tirek_console"))
    try:
        for name in LOCKED:
            await stranger.execute(TAKE, name)
        for service in LISTENING:
            await scene.stack.part(f"{service}.work").kill()
        await scene.taken(1.0)
    finally:
        await stranger.close()
    return 1


TABLE = (
    Fault(
        "frozen-holder",
        "The worker that publishes and sends stands still beside a healthy one, in each service.",
        frozen_holder,
        # its partitions go to others with the group's session
        Must(late=30.0, normal=60.0, repeats=IN_FLIGHT),
        seconds=90.0,
        within=400.0,
    ),
    Fault(
        "foreign-lock",
        "A stranger at the database takes every advisory lock that once said who does something.",
        foreign_lock,
        Must(late=10.0, repeats=IN_FLIGHT),
    ),
)
"""Who does what one alone may do."""
