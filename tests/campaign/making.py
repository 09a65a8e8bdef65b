"""Faults made of faults."""

import asyncio

from tests.campaign.scene import Make, Scene

EVERY = 2.0
"""Seconds between two reports while a fault is made, however long that takes."""


def one_after_another(*makes: Make) -> Make:
    """Faults in a row."""

    async def make(scene: Scene) -> int:
        return sum([await each(scene) for each in makes])

    return make


def under_reports(make: Make) -> Make:
    """The fault, with reports as long as it lasts: who waits for an event does not wait in vain."""

    async def whole(scene: Scene) -> int:
        over = asyncio.Event()
        reporting = asyncio.create_task(_reporting(scene, over))
        try:
            return await make(scene)
        finally:
            over.set()
            await reporting

    return whole


async def _reporting(scene: Scene, over: asyncio.Event) -> None:
    async with asyncio.TaskGroup() as reports:
        while not over.is_set():
            reports.create_task(scene.people.report(1, 0))
            await asyncio.sleep(EVERY)
