"""Consumers: processes that join and leave, a second one of everything, one that is deaf."""

import asyncio
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from time import monotonic

from deploy.local.processes import Part
from deploy.local.replicas import replica
from deploy.local.variant import Variant
from deploy.operations.shares import shares
from tests.campaign.scene import Fault, Make, Must, Scene
from tests.support.eventually import eventually
from tests.support.services import LISTENING

ROUNDS = 4
THREE = 3
NOTICED = 60.0
"""Seconds within which a consumer that does not move has been noticed, and started anew."""


def twin(scene: Scene, name: str, number: int) -> AbstractAsyncContextManager[Part]:
    """One more process like ``name``, of the same group; it leaves in peace at the end."""
    return replica(scene.stack, name, number, scene.notes.append)


async def storm(scene: Scene) -> int:
    """A second and a third worker of every service join, and leave while others join."""

    async def once(number: int) -> None:
        async with AsyncExitStack() as stack:
            for service in LISTENING:
                name = f"{service}.work"
                part = await stack.enter_async_context(twin(scene, name, 2 * number + 2))
                if number % 2:
                    await part.kill()  # it comes back, and joins again
                else:
                    await stack.enter_async_context(twin(scene, name, 2 * number + 3))
            await asyncio.sleep(1.0)

    return await scene.spread(ROUNDS, once)


async def three_of_each(scene: Scene) -> int:
    """Three workers of every service from the beginning: nothing may depend on being alone."""
    async with AsyncExitStack() as stack:
        for service in LISTENING:
            for number in (2, 3):
                await stack.enter_async_context(twin(scene, f"{service}.work", number))
        await scene.taken(1.0)
        for service in LISTENING:
            each = await shares(scene.stack.bus(), service)
            scene.measured[f"partitions of {service}'s workers"] = " + ".join(map(str, each))
            scene.require(len(each) == THREE and all(each), f"{service}'s workers share {each}")
        await scene.stack.part("referral.work").kill()
        await asyncio.sleep(3.0)
    return 1


def _asks_for_records(chunk: bytes) -> bool:
    """Whether it is Kafka's Fetch: four octets of length, then the request's number."""
    return chunk[4:6] == b"\x00\x01"


def deafened(name: str) -> Make:
    """It asks for records over a connection that is forgotten, while its heart beats on another."""

    async def make(scene: Scene) -> int:
        part = scene.stack.part(name)
        await scene.taken(0.3)
        before, began = part.starts, monotonic()
        scene.link(f"{name}:kafka").forget(_asks_for_records)
        await eventually(lambda: part.starts > before, within=2 * NOTICED)
        scene.measured["started anew after"] = took = round(monotonic() - began, 1)
        scene.require(took <= NOTICED, f"a deaf {name} was started anew after {took} s")
        scene.require("does not move" in part.launch.log.read_text(), f"{name} did not say why")
        return 1

    return make


TABLE = (
    Fault(
        "rebalance-storm",
        "Second and third workers join and leave, some by kill -9, all the time.",
        storm,
        Must(late=10.0, repeats=15),
        seconds=60.0,
        within=400.0,
    ),
    Fault(
        "three-of-each",
        "Three workers of every service share its partitions; then one of each alone.",
        three_of_each,
        Must(late=10.0, repeats=15),
    ),
    *(
        Fault(
            f"deaf-{name}",
            f"{name} hears of no new record, and nobody tells it.",
            deafened(name),
            Must(repeats=15 if name == "notify.work" else 0),
            Variant(links=(f"{name}:kafka",)),
            seconds=30.0,
        )
        for name in ("referral.work", "notify.work")
    ),
)
"""Faults to consumer groups."""
