"""The campaign's crash points in small: at each of them somebody dies once."""

import asyncio
from functools import partial

from deploy.local.processes import Part
from shared.crash import VARIABLE, last_word
from tests.campaign.scene import Scene
from tests.support.eventually import eventually

BY_API = 30
"""Yeses over the API among a hundred answers: referral.serve dies while it takes one."""
WITHIN = 120.0
DEATHS = {
    "intake.serve": ("intake.before-commit", "intake.after-commit"),
    "referral.serve": ("referral.before-commit", "referral.after-commit"),
    "intake.work": ("relay.after-claim", "relay.after-ack", "consumer.before-transaction"),
    "referral.work": (
        "referral.before-commit",
        "referral.after-commit",
        "pass.claimed",
        "consumer.in-transaction",
    ),
    "notify.work": (
        "notify.before-commit",
        "notify.after-commit",
        "notify.before-submit",
        "notify.after-submit",
        "consumer.after-transaction",
    ),
}
"""Process → where it dies, in this order. What all workers share kills one of them; in the campaign
it kills each, and often.
"""


async def die_everywhere(scene: Scene) -> int:
    """Every process of the table dies once at each of its points, all side by side."""
    scene.people.behaviour["yes-by-api"] = BY_API
    return sum(await asyncio.gather(*(_die_at_each(scene, name) for name in DEATHS)))


async def _die_at_each(scene: Scene, process: str) -> int:
    part, points = scene.stack.part(process), DEATHS[process]
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
