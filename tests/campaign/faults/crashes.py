"""Crash points: our processes die at the very place where a step is half done, again and again."""

import asyncio
from collections.abc import Iterable
from time import monotonic

from deploy.local.processes import Part
from shared.crash import VARIABLE
from tests.campaign.faults.processes import IN_FLIGHT
from tests.campaign.scene import Fault, Make, Must, Scene
from tests.support.services import LISTENING

TIMES = 50
BY_API = 50
"""The weight of a yes over the API, where that is what must come past a point."""
LOAD = 150.0
"""Seconds over which the reports come: a worker that died needs its time to come back."""
PATIENCE = 420.0
RARE = frozenset({"intake.after-commit", "pass.claimed"})
"""Points passed so seldom that fifty deaths at them take more incidents."""
SELDOM = frozenset({("notify.work", "pass.claimed")})
"""Who may not come past a point in a round: its pass finds alerts that nobody sent in time."""
SOON = 4
"""A process dies at the first to this-th passing after its start, drawn anew for each life."""
WORKERS = tuple(f"{service}.work" for service in LISTENING)
AT: dict[str, tuple[tuple[str, ...], str]] = {
    "intake.before-commit": (("intake.serve",), "all is written and the COMMIT is not sent"),
    "intake.after-commit": (("intake.serve",), "it is committed and the reporter not answered"),
    "referral.before-commit": (("referral.work", "referral.serve"), "the COMMIT is not sent"),
    "referral.after-commit": (("referral.work", "referral.serve"), "it is just committed"),
    "notify.before-commit": (("notify.work",), "the COMMIT is not sent"),
    "notify.after-commit": (("notify.work",), "an answer is committed and not confirmed"),
    "relay.after-claim": (WORKERS, "outbox rows are numbered and none is sent"),
    "relay.after-ack": (WORKERS, "Kafka has acknowledged rows that are not marked"),
    "consumer.before-transaction": (WORKERS, "a batch is in hand, untouched"),
    "consumer.in-transaction": (WORKERS, "a handler has written and nothing is committed"),
    "consumer.after-transaction": (WORKERS, "all is committed but the offsets"),
    "notify.before-submit": (("notify.work",), "a message is claimed and not handed over"),
    "notify.after-submit": (("notify.work",), "the SMSC has a message and no row says so"),
    "pass.claimed": (("referral.work", "notify.work"), "a pass holds rows that are due"),
}
"""Point → who dies there, and what that means. Every point of `shared.crash` stands here."""


def crashing(point: str, names: Iterable[str], times: int = TIMES) -> Make:
    """Each of these processes dies at this point, in every life, until it was often enough.

    Each of them is to die there at least once, but for those of `SELDOM`.
    """

    async def make(scene: Scene) -> int:
        parts = [scene.stack.part(name) for name in names]
        if "referral.serve" in names:  # it passes where people answer over the API
            scene.people.behaviour["yes-by-api"] = BY_API
        deaths = await _dying(scene, point, parts, times)
        for part in parts:
            part.change(**{VARIABLE: None})
            await part.kill()
        for part in parts:
            await part.ready(90)
        scene.measured |= {f"deaths of {name}": count for name, count in deaths.items()}
        crashes = sum(deaths.values())
        scene.require(crashes >= times, f"only {crashes} crashes at {point}")
        for name, count in deaths.items():
            seldom = (name, point) in SELDOM
            scene.require(count > 0 or seldom, f"{name} never died at {point}")
        return crashes

    return make


async def _dying(scene: Scene, point: str, parts: list[Part], times: int) -> dict[str, int]:
    """Until they have died so many times in all, or time runs out; how often each did."""
    lives = {part.name: part.starts for part in parts}
    before = {part.name: killed(scene.notes, part.name) for part in parts}
    for part in parts:
        _arm(scene, point, part)
        await part.kill()  # the next life knows of it
        before[part.name] += 1
    deadline = monotonic() + PATIENCE
    while True:
        deaths = {name: max(0, killed(scene.notes, name) - count) for name, count in before.items()}
        if sum(deaths.values()) >= times or monotonic() > deadline:
            return deaths
        await asyncio.sleep(0.1)
        for part in parts:
            if part.starts != lives[part.name]:
                lives[part.name] = part.starts
                _arm(scene, point, part)


def killed(notes: Iterable[str], name: str) -> int:
    """How often a part died by SIGKILL, as a crash point kills; an end of its own is none."""
    return sum(each.startswith(f"{name} was killed by SIGKILL") for each in notes)


def _arm(scene: Scene, point: str, part: Part) -> None:
    part.change(**{VARIABLE: f"{point}:{scene.rng.randint(1, SOON)}"})


TABLE = tuple(
    Fault(
        f"crash-{point}",
        f"Death of {', '.join(names)} where {where}.",
        crashing(point, names),
        # dead half of the time: what is due waits for the next life
        Must(late=60.0, normal=60.0, repeats=IN_FLIGHT if "notify.work" in names else 0),
        seconds=LOAD,
        within=PATIENCE + 400.0,
        incidents=1.6 if point in RARE else 0.75,
    )
    for point, (names, where) in AT.items()
)
"""One round for each crash point."""
