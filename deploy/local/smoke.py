"""``make smoke``: every sample incident played on the whole stack; 0 if each ends as it must."""

import sys
from time import monotonic

from rich.console import Console

from deploy.local.stack import ROOT
from deploy.local.story.opening import opened, run
from deploy.local.story.outcome import count, differences
from deploy.local.story.performance import Performance, following
from deploy.local.story.table import summary
from deploy.local.story.watch import Watch
from deploy.samples.load import load_incidents
from shared.clock import pause
from shared.jurisdiction import load_jurisdiction

STATE = ROOT / ".tirek" / "smoke"
WITHIN = 120.0
"""Seconds the play may take; undisturbed it takes some twenty."""
AFTER = 3.0
"""Seconds for a message that must not come to come after all."""


async def smoke() -> int:
    """Plays everything; the exit status."""
    console = Console(file=sys.stdout, highlight=False)
    samples = load_incidents()
    zone = load_jurisdiction(ROOT / "deploy" / "jurisdictions" / "kg").zone
    async with opened(STATE, "free", console) as voices:
        began = monotonic()
        play = Performance.of(voices, zone, samples, lambda *_said: None)
        async with following(play):
            with console.status(f"Playing {len(samples)} incidents, at most {WITHIN:.0f} s …"):
                await _finished(play)
        console.print(f"Played {len(samples)} incidents in {monotonic() - began:.1f} s.")
        return await judge(play, console)


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


if __name__ == "__main__":
    sys.exit(run("smoke", smoke))
