"""The network between a service and the broker or the database: cut, silent, slow, flapping."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack

from deploy.local.variant import Variant
from tests.campaign.faults.processes import IN_FLIGHT
from tests.campaign.scene import Fault, Make, Must, Scene
from tests.support.faults.link import Flaps, Link
from tests.support.services import LISTENING

CUT = 6.0
SILENT = 12.0
"""Seconds: longer than most waits have a timeout for."""
FLAPS = 12.0
LAG = 0.03
"""Seconds that each chunk takes in each direction: a far and thin line."""

How = Callable[[Scene, Link], AbstractAsyncContextManager[None]]


def _workers(port: str) -> tuple[str, ...]:
    return tuple(f"{service}.work:{port}" for service in LISTENING)


def _all(port: str) -> tuple[str, ...]:
    return (*_workers(port), *(f"{service}.serve:{port}" for service in LISTENING))


def broken(links: tuple[str, ...], how: How, seconds: float, times: int = 1) -> Make:
    """All these links broken together for so long, so many times."""

    async def make(scene: Scene) -> int:
        async def once(_number: int) -> None:
            async with AsyncExitStack() as stack:
                for name in links:
                    await stack.enter_async_context(how(scene, scene.link(name)))
                await asyncio.sleep(seconds)

        return await scene.spread(times, once)

    return make


def _cut(_scene: Scene, link: Link) -> AbstractAsyncContextManager[None]:
    return link.cut()


def _silent(_scene: Scene, link: Link) -> AbstractAsyncContextManager[None]:
    return link.blackholed()


def _slow(_scene: Scene, link: Link) -> AbstractAsyncContextManager[None]:
    return link.slow(LAG)


def _flapping(scene: Scene, link: Link) -> AbstractAsyncContextManager[None]:
    return link.flapping(Flaps(seed=scene.rng.getrandbits(30)))


def _rows(port: str, links: tuple[str, ...], repeats: int) -> tuple[Fault, ...]:
    what = {"kafka": "the broker", "postgres": "the database"}[port]
    hows: tuple[tuple[str, str, How, float, int], ...] = (
        ("cut", f"Every worker cut off from {what} for 6 s, twice.", _cut, CUT, 2),
        ("silent", f"Nothing passes between workers and {what} for 12 s.", _silent, SILENT, 1),
        ("flapping", f"The links to {what} break and mend for 12 s.", _flapping, FLAPS, 1),
        ("slow", f"30 ms more in each direction to {what} for 12 s.", _slow, FLAPS, 1),
    )
    return tuple(
        Fault(
            f"{port}-link-{name}",
            sentence,
            broken(links, how, seconds, times),
            # slow is no outage: all is there, and every statement takes its time
            Must(late=10.0) if name == "slow" else Must(late=60.0, repeats=repeats),
            Variant(links=links),
            seconds=20.0,
        )
        for name, sentence, how, seconds, times in hows
    )


def one_by_one(port: str) -> Make:
    """Each worker alone is partitioned in turn: the others see it silent."""

    async def make(scene: Scene) -> int:
        links = _workers(port)

        async def once(number: int) -> None:
            async with scene.link(links[number]).blackholed():
                await asyncio.sleep(CUT)

        return await scene.spread(len(links), once)

    return make


TABLE = (
    *_rows("kafka", _workers("kafka"), 0),
    *_rows("postgres", _all("postgres"), IN_FLIGHT),
    Fault(
        "kafka-partition-in-turn",
        "Each worker alone hears nothing of the broker for 6 s.",
        one_by_one("kafka"),
        Must(late=60.0),
        Variant(links=_workers("kafka")),
        seconds=20.0,
    ),
    Fault(
        "postgres-partition-in-turn",
        "Each worker alone hears nothing of the database for 6 s.",
        one_by_one("postgres"),
        Must(late=60.0, repeats=IN_FLIGHT),
        Variant(links=_workers("postgres")),
        seconds=20.0,
    ),
)
"""Faults to links."""
