"""The campaign in small, for `make test`: many faults in one round, with the same oracle.

Each promise once. `make campaign` makes each fault alone, often, and under its own load.
"""

import asyncio
from collections.abc import Sequence
from functools import partial

from deploy.local.processes import Part
from deploy.local.simulators.faults import Mode
from shared.crash import VARIABLE
from tests.campaign.faults import operators, poison
from tests.campaign.faults.crashes import AT
from tests.campaign.faults.processes import IN_FLIGHT
from tests.campaign.scene import Fault, Make, Must, Scene
from tests.support.eventually import eventually
from tests.support.faults import brokers, database
from tests.support.faults.centre import smsc
from tests.support.faults.database import Shutdown
from tests.support.faults.freezing import frozen

BRIEF = 2.0
"""Seconds that something is away."""
SELDOM = {("notify.work", "pass.claimed"), ("referral.serve", "referral.after-commit")}
"""What a round of a minute may not come past: alerts that nobody sends in time, yeses by API."""


def points_of(process: str) -> list[str]:
    """The crash points that this process passes within a minute, in the order of the table."""
    return [
        point for point, (who, _) in AT.items() if process in who and (process, point) not in SELDOM
    ]


async def die_everywhere(scene: Scene) -> int:
    """Every process of the table dies once at each of its points, all side by side."""
    names = sorted({name for who, _ in AT.values() for name in who} - {"referral.serve"})
    return sum(await asyncio.gather(*(_die_at_each(scene, name) for name in names)))


async def _die_at_each(scene: Scene, process: str) -> int:
    part, points = scene.stack.part(process), points_of(process)
    lives = part.starts
    part.change(**{VARIABLE: f"{points[0]}:1"})
    await part.kill()
    for point, after in zip(points, [*points[1:], None], strict=True):
        await eventually(partial(_lives_again, part, lives), within=90, every=0.05)
        # the life that has begun dies at its point; this is what the one after it will know
        part.change(**{VARIABLE: after and f"{after}:1"})
        scene.note("crash-at", process=process, point=point)
        lives += 1
    await eventually(partial(_lives_again, part, lives), within=90, every=0.05)
    await part.ready(60)
    return len(points)


def _lives_again(part: Part, lives: int) -> bool:
    return part.starts > lives


def one_after_another(*makes: Make) -> Make:
    """Faults in a row."""

    async def make(scene: Scene) -> int:
        return sum([await each(scene) for each in makes])

    return make


async def _broker_away(scene: Scene) -> int:
    async with brokers.down(scene.stack):
        await asyncio.sleep(BRIEF)
    return 1


async def _broker_wiped(scene: Scene) -> int:
    await brokers.wipe(scene.stack)
    return 1


async def _database(how: Shutdown, scene: Scene) -> int:
    await database.restart(scene.stack, how)
    return 1


async def _frozen(names: Sequence[str], scene: Scene) -> int:
    async with frozen(*(scene.stack.part(name) for name in names)):
        await asyncio.sleep(BRIEF)
    return 1


async def _gateway(mode: Mode, scene: Scene) -> int:
    async with smsc(scene.stack, mode, count=1):
        await asyncio.sleep(BRIEF)
    return 1


async def _restart(name: str, scene: Scene) -> int:
    await scene.stack.part(name).restart()
    return 1


async def _rotate(scene: Scene) -> int:
    code, said = await operators.tirek(scene, "keys", "rotate", "referral")
    scene.require(code == 0, f"tirek keys rotate ended with {code}: {said[-200:]}")
    return 1


CRASHES = Fault(
    "small-crash-points",
    "Every process dies once at each of its crash points.",
    die_everywhere,
    Must(late=60.0, normal=90.0, repeats=IN_FLIGHT),
    seconds=60.0,
    within=400.0,
)
WORLD = Fault(
    "small-world",
    "Brokers, database, gateway, keys and processes fail one after another.",
    one_after_another(
        _broker_away,
        partial(_gateway, Mode.DROP_BIND),
        partial(_database, Shutdown.IMMEDIATE),
        partial(_frozen, ("kafka",)),
        _rotate,
        partial(_frozen, ("postgres",)),
        partial(_gateway, Mode.SILENT),
        partial(_restart, "notify.work"),
        partial(_frozen, ("referral.work",)),
        _broker_wiped,
        partial(_database, Shutdown.FAST),
    ),
    Must(late=60.0, normal=90.0, repeats=IN_FLIGHT),
    seconds=40.0,
    within=400.0,
)
BUG = Fault(
    "small-bug",
    "A handler fails on some incidents; mended, all that was parked is tried again.",
    poison.bug,
    Must(late=20.0),
)
SMALL = (CRASHES, WORLD, BUG)
