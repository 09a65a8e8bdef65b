"""``make smoke``: every sample incident played on the whole stack; 0 if each ends as it must."""

import argparse
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import partial
from time import monotonic

from rich.console import Console

from deploy.demo.story.opening import opened, run
from deploy.demo.story.outcome import count, differences
from deploy.demo.story.performance import Performance, following
from deploy.demo.story.table import summary
from deploy.demo.story.voices import Voices
from deploy.demo.story.watch import Watch
from deploy.local.replicas import scaled
from deploy.local.stack import ROOT, Stack
from deploy.local.variant import Variant
from deploy.operations.shares import shares
from deploy.samples.load import load_incidents
from deploy.topology import PROCESSES
from shared.cli import country, zone
from shared.clock import pause
from shared.events.services import SERVICES
from shared.events.topics import TOPICS

SHARING = tuple(name for name, each in SERVICES.items() if each.consumes)
"""Services whose workers read topics together."""
STATE = ROOT / ".tirek" / "smoke"
WITHIN = 120.0
"""Seconds the play may take; undisturbed it takes some twenty."""
RANGE = range(1, 1 + min(topic.partitions for topic in TOPICS.values()))
"""Workers of a service: one more than there are partitions would have nothing to read."""
AFTER = 3.0
"""Seconds for a message that must not come to come after all."""


async def smoke(replicas: int) -> int:
    """Plays everything, with so many workers of each service; the exit status."""
    console = Console(file=sys.stdout, highlight=False)
    samples = load_incidents()
    report = partial(console.print, soft_wrap=True, markup=False)
    told = {"TIREK_JURISDICTION": str(country())}
    variant = Variant(extra=dict.fromkeys(PROCESSES, told))
    opening = opened(STATE, "free", console, report, variant)
    async with opening as voices, AsyncExitStack() as life:
        if replicas > 1:
            with console.status(f"Starting {replicas} workers of each service …"):
                names = [f"{service}.work" for service in SHARING]
                await life.enter_async_context(scaled(voices.stack, names, replicas, report))
        began = monotonic()
        play = Performance.of(voices, zone(), samples, lambda *_said: None)
        async with following(play):
            with console.status(f"Playing {len(samples)} incidents, at most {WITHIN:.0f} s …"):
                await _finished(play)
        console.print(f"Played {len(samples)} incidents in {monotonic() - began:.1f} s.")
        doubted = await _doubted(voices, console)
        shared = await _shared(voices.stack, replicas, console)
        return doubted | shared | await judge(play, console)


async def _doubted(voices: Voices, console: Console) -> int:
    """Prints what audit found where nothing was done wrong; 1 if that is anything."""
    status = await voices.ask(voices.coordinator, "audit", "/ledger/status")
    found = {kind: times for kind, times in status["findings"].items() if times}
    for kind, times in found.items():
        console.print(f"audit found {kind}: {times}")
    return 1 if found else 0


async def _shared(stack: Stack, replicas: int, console: Console) -> int:
    """Prints how each service's workers share its partitions; 1 if one has none."""
    idle = 0
    for service in SHARING if replicas > 1 else ():
        each = await shares(stack.bus(), service)
        console.print(
            f"{service}: {len(each)} workers read {' + '.join(map(str, each))} partitions"
        )
        idle |= len(each) != replicas or 0 in each
    return idle


async def _finished(play: Performance) -> None:
    while not play.over and play.now < WITHIN:
        await pause(0.2)
    await pause(AFTER)


async def judge(play: Performance, console: Console) -> int:
    """Prints the table, every failure, and the count last; 1 unless everything is as it must be."""
    overheard = await Watch(play.voices, play.cases, play.say).overheard()
    failures = {case.name: [*differences(case), *overheard[case.name]] for case in play.cases}
    console.print(summary(play.cases, failures))
    wrong = [f"{name}: {line}" for name, lines in failures.items() for line in lines]
    for line in wrong:
        console.print(line, markup=False, soft_wrap=True)
    console.print(f"smoke: {count(failures, play.cases)}", soft_wrap=True)
    return 1 if wrong else 0


def main(given: Sequence[str]) -> int:
    """Runs it; the exit status."""
    parser = argparse.ArgumentParser(prog="make smoke", description=__doc__)
    parser.add_argument("--replicas", type=int, default=1, help="workers of each service (1)")
    replicas = parser.parse_args(given).replicas
    if replicas not in RANGE:
        parser.error(f"REPLICAS={replicas}: from {RANGE.start} to {RANGE.stop - 1}")
    return run("smoke", partial(smoke, replicas))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
