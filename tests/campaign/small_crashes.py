"""The campaign's crash points in small: every process dies once at each of its own."""

import asyncio
from functools import partial

from deploy.local.processes import Part
from shared.crash import VARIABLE, last_word
from tests.campaign.faults.crashes import AT, SELDOM
from tests.campaign.scene import Scene
from tests.support.eventually import eventually

BY_API = 30
"""Yeses over the API among a hundred answers: referral.serve dies while it takes one."""
WITHIN = 90.0


def points_of(process: str) -> list[str]:
    """The crash points that this process passes within a minute, in the order of the table.

    For the other one `tests/integration/test_notify_processes.py` has a death of its own.
    """
    return [
        point for point, (who, _) in AT.items() if process in who and (process, point) not in SELDOM
    ]


async def die_everywhere(scene: Scene) -> int:
    """Every process of the table dies once at each of its points, all side by side."""
    scene.people.behaviour["yes-by-api"] = BY_API
    names = sorted({name for who, _ in AT.values() for name in who})
    return sum(await asyncio.gather(*(_die_at_each(scene, name) for name in names)))


async def _die_at_each(scene: Scene, process: str) -> int:
    part, points = scene.stack.part(process), points_of(process)
    for number, point in enumerate(points):
        part.change(**{VARIABLE: f"{point}:1"})
        if number == 0:
            await part.kill()  # it knew of no point; from here on each life ends at one
        # one that began just before it was told of this point dies at the last one again
        await eventually(partial(_died_at, part, point), within=WITHIN, every=0.05)
        scene.note("crash-at", process=process, point=point)
    part.change(**{VARIABLE: None})
    await eventually(part.answers, within=WITHIN, every=0.2)
    return len(points)


def _died_at(part: Part, point: str) -> bool:
    """By its own word, which only SIGKILL follows: no other end of a life counts."""
    return last_word(point).encode() in part.launch.log.read_bytes()
