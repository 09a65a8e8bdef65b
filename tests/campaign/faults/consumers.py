"""Consumer groups: processes that join and leave, and a second one of everything."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from deploy.local.probes import http_ok
from deploy.local.processes import Part
from deploy.topology import HOST, SERVICES
from tests.campaign.scene import Fault, Must, Scene

ROUNDS = 4


@asynccontextmanager
async def twin(scene: Scene, name: str, number: int) -> AsyncIterator[Part]:
    """One more process like ``name``, of the same group; it leaves in peace at the end."""
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    usual = scene.stack.part(name).launch
    launch = replace(
        usual,
        name=f"{name}-{number}",
        log=usual.log.with_name(f"{name}-{number}.log"),
        environment={**usual.environment, "TIREK_HEALTH_PORT": str(port)},
    )
    part = Part(launch, lambda: http_ok(HOST, port, "/health/ready"), lambda _line: None)
    await part.start(60)
    try:
        yield part
    finally:
        await part.stop()


async def storm(scene: Scene) -> int:
    """A second and a third worker of every service join, and leave while others join."""

    async def once(number: int) -> None:
        async with AsyncExitStack() as stack:
            for service in SERVICES:
                name = f"{service}.work"
                part = await stack.enter_async_context(twin(scene, name, 2 * number + 2))
                if number % 2:
                    await part.kill()  # it comes back, and joins again
                else:
                    await stack.enter_async_context(twin(scene, name, 2 * number + 3))
            await asyncio.sleep(1.0)

    return await scene.spread(ROUNDS, once)


async def two_of_each(scene: Scene) -> int:
    """Two workers of every service from the beginning: nothing may depend on being alone."""
    async with AsyncExitStack() as stack:
        for service in SERVICES:
            await stack.enter_async_context(twin(scene, f"{service}.work", 2))
        await scene.taken(1.0)
        await scene.stack.part("referral.work").kill()
        await asyncio.sleep(3.0)
    return 1


TABLE = (
    Fault(
        "rebalance-storm",
        "Second and third workers join and leave, some by kill -9, all the time.",
        storm,
        Must(late=20.0, repeats=15),
        seconds=60.0,
        within=400.0,
    ),
    Fault(
        "two-of-each",
        "Two workers of every service; then one of each alone.",
        two_of_each,
        Must(late=10.0, repeats=15),
    ),
)
"""Faults to consumer groups."""
