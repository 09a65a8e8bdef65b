"""The rules alone, without a stack: many seeds of them, and whether the laws would notice a bug."""

from collections.abc import Mapping
from os import cpu_count
from typing import Any

from tests.campaign.scene import Fault, Scene
from tests.simulation.run import ENOUGH, many
from tests.simulation.trial import BUDGET, Tried, share, trials

SEEDS = 10_000
SECONDS = 120
"""In which so many seeds are to be played on two cores."""
SHOWN = 5


async def nothing(_scene: Scene) -> int:
    """There is no stack."""
    return 0


def simulated(seed: int, at_once: int) -> Mapping[str, Any]:
    """The fields of a result: seeds of their own for each seed of a campaign, and all the bugs.

    It must be quick where no other round is played beside it.
    """
    processes = cpu_count() or 1
    *_, tally = many((seed - 1) * SEEDS + 1, SEEDS, processes)
    tried = list(trials(BUDGET, processes))
    missed = [each.mutant.name for each in tried if each.caught is None]
    broken = [
        f"seed {each.seed}, step {each.step}: {each.law}: {each.sentence}"
        for each in tally.broken[:SHOWN]
    ]
    if len(tally.broken) > SHOWN:
        broken.append(f"and {len(tally.broken) - SHOWN} seeds more")
    if share(tried) < ENOUGH:
        broken.append(f"of {len(tried)} planted bugs {len(missed)} went unnoticed")
    slow = _slow(tally.seconds, processes)
    if at_once == 1:
        broken += slow
    return {
        "measured": {
            "seeds": tally.seeds,
            "service requests": tally.requests,
            "steps": tally.steps,
            "seconds": round(tally.seconds),
            "laws broken": len(tally.broken),
            "bugs planted": len(tried),
            "caught": f"{len(tried) - len(missed)} ({share(tried):.0%})",
            "not caught": ", ".join(missed) or "–",
        },
        "remarks": [*_remarks(tried), *(slow if at_once > 1 else [])],
        "broken": broken,
    }


def _slow(seconds: float, processes: int) -> list[str]:
    if seconds <= SECONDS:
        return []
    return [f"{SEEDS} seeds took {seconds:.0f} s on {processes} cores, allowed {SECONDS} s"]


def _remarks(tried: list[Tried]) -> list[str]:
    last = max(each.caught.seed for each in tried if each.caught is not None)
    return [f"no stack; the hardest bug that was caught took {last} seeds"]


TABLE = (
    Fault(
        "simulation",
        "The rules in virtual time: 10,000 seeds, every law after each step, and planted bugs.",
        nothing,
        alone=simulated,
        within=1500.0,
    ),
)
"""Without a stack."""
