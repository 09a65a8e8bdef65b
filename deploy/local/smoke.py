"""``make smoke``: every sample incident played on the whole stack; 0 if each ends as it must."""

import asyncio
import sys

import httpx
from rich.console import Console
from rich.table import Table

from deploy.local.errors import StackError
from deploy.local.stack import ROOT, Stack
from deploy.local.story.desk import Desk
from deploy.local.story.play import Play, Scene
from deploy.local.story.verdict import escalated, forbidden, misses
from deploy.samples.load import load_incidents
from shared.config_files import BadFile
from shared.jurisdiction import load_jurisdiction
from shared.settings import Environment

WITHIN = 150.0
STATE = ROOT / ".tirek" / "smoke"
CONSOLE = Console(highlight=False)


async def smoke() -> int:
    """Plays everything; the exit status."""
    samples = load_incidents()
    zone = load_jurisdiction(ROOT / "deploy" / "jurisdictions" / "kg").zone
    STATE.mkdir(parents=True, exist_ok=True)
    async with (
        Stack(STATE, ports="free", env=Environment.DEMO) as stack,
        httpx.AsyncClient(timeout=15) as http,
    ):
        total = sum(stack.memory().values()) / 2**20
        CONSOLE.print(f"up in {stack.timings['total']:.1f} s, {total:.0f} MB resident")
        desk = Desk(stack, http, zone)
        await desk.load()
        play = Play(desk, [Scene(name, sample) for name, sample in samples.items()])
        CONSOLE.print(f"{len(samples)} incidents, short timers, at most {WITHIN:.0f} s")
        await play.perform(WITHIN, lambda: None)
        return await judge(play)


async def judge(play: Play) -> int:
    """Prints the table and the last line; 1 unless everything is as it must be."""
    alerted = await play.seen()
    table = Table("incident", "must end", "s", "what is wrong")
    lost = wrong = raised = 0
    for scene in play.scenes:
        problems = misses(scene.sample, scene.requests)
        problems += forbidden(scene.sample, alerted[scene.name])
        wrong += bool(problems)
        lost += any("lost" in line for line in problems)
        raised += escalated(scene.requests)
        seconds = f"{scene.seconds:.1f}" if scene.seconds is not None else "–"
        end = "escalated" if scene.sample.expect.escalated else "accepted"
        table.add_row(scene.name, end, seconds, "\n".join(problems) or "–")
    CONSOLE.print(table)
    count = len(play.scenes)
    accepted = count - raised - wrong
    CONSOLE.print(f"smoke: {count} incidents, {accepted} accepted, {raised} escalated, {lost} lost")
    return 1 if wrong else 0


def main() -> int:
    """The exit status; what goes wrong is one clear line."""
    try:
        return asyncio.run(smoke())
    except (StackError, BadFile) as problem:
        sys.stderr.write(f"smoke: {problem}\n")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
