"""Lies: what the bus says was read was not. Each reader asks what was said to it."""

import asyncio

from tests.campaign.scene import Fault, Make, Must, Scene
from tests.support.eventually import eventually
from tests.support.faults import lies
from tests.support.services import LISTENING

AWAY, STAYS = 4.0, 15.0
"""Seconds of reports that a reader misses, and that a stranger stays in its group."""
ROUNDS = {"referral": "intake", "notify": "referral"}
"""Readers, each with whose word is lost to it."""
UNOPENED = """
SELECT count(*) FROM intake.incidents
WHERE NOT EXISTS (SELECT FROM referral.service_request AS r
                  WHERE r.incident_id = incidents.incident_id)
"""
SAID_AGAIN = """
UPDATE {producer}.outbox SET published_at = NULL, partition = NULL, "offset" = NULL
WHERE published_at IS NOT NULL
"""
DOWN = 60.0
"""Seconds by which a deadline may be late while the clock that acts on it is down, and starts."""
HEALED = 150.0
"""Seconds: asked twice a minute for what is half a minute old, and told all over again."""


def passed_over(*, deleted: bool) -> Make:
    """A reader is down for a while; when it comes back its offsets, or the records, are moved."""

    async def make(scene: Scene) -> int:
        for number, (reader, producer) in enumerate(ROUNDS.items(), 1):
            await scene.taken(number / (len(ROUNDS) + 1))
            part = scene.stack.part(f"{reader}.work")
            await part.stop()
            await asyncio.sleep(AWAY)
            if deleted:
                await lies.records_are_deleted(scene.stack, producer)
            else:
                await lies.offsets_are_moved(scene.stack, reader)
            await part.start(60)
        if deleted:
            await _laid_out_again(scene)
        return len(ROUNDS)

    return make


async def _laid_out_again(scene: Scene) -> None:
    """Once readers have what they lacked, topics are filled again: whoever judges reads them."""
    await scene.taken(1.0)

    async def healed() -> bool:
        return bool(await scene.ask(UNOPENED) == 0)

    await eventually(healed, within=HEALED)
    for producer in ROUNDS.values():
        await scene.do(SAID_AGAIN.format(producer=producer))


async def stranger(scene: Scene) -> int:
    """Somebody with the administrator's password reads in each group, and does nothing with it."""
    for number, reader in enumerate(LISTENING, 1):
        await scene.taken(number / (len(LISTENING) + 1))
        async with lies.stranger(scene.stack, reader):
            await asyncio.sleep(STAYS)
    return len(LISTENING)


TABLE = (
    Fault(
        "offsets-moved",
        "Readers are down for a while, and their offsets are moved to the end.",
        passed_over(deleted=False),
        Must(late=DOWN, repeats=15, normal=HEALED),
    ),
    Fault(
        "records-deleted",
        "Readers are down for a while, and what they have not read is deleted.",
        passed_over(deleted=True),
        Must(late=DOWN, repeats=15, normal=HEALED),
    ),
    Fault(
        "stranger-in-the-group",
        "A stranger reads in each group for a quarter of a minute, and commits.",
        stranger,
        Must(late=10.0, repeats=15, normal=HEALED),
    ),
)
"""Faults of a bus that says what is not."""
