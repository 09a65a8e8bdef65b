"""One round from beginning to end: ``python -m tests.campaign.round``, started by the runner.

A process of its own, so that nothing of a round outlives it and one that hangs can be ended.
"""

import argparse
import asyncio
import shutil
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

import asyncpg

from deploy.local.processes import Backoff
from deploy.topology import PROCESSES
from tests.campaign import policies
from tests.campaign.calm import NeverCalm, Watch
from tests.campaign.faults import FAULTS
from tests.campaign.ledger import Ledger, Pen
from tests.campaign.oracle.evidence import NOW, Evidence, gather, read_topics
from tests.campaign.people import People
from tests.campaign.result import Result, broken, result_of
from tests.campaign.runner import RESULT
from tests.campaign.scene import Fault, Scene
from tests.stack import turn_clock
from tests.support.faults import groups
from tests.support.faults.rig import rig
from tests.support.town import town

SOON = 30.0
"""Seconds that reports may go on after the fault before T is measured under them, and receipts."""
PATIENCE = 150.0
"""Seconds that a round waits for calm; not to reach it is a finding."""
AGAIN = Backoff(first=0.2, last=0.5)
"""A part that died is soon started again, also one that died often: the campaign is not patient."""
LEDGER, STATE, NOTES = "ledger.jsonl", "state", "notes.log"


async def play(
    fault: Fault, seed: int, incidents: int, folder: Path, *, at_once: int = 1
) -> Result:
    """Plays a round in ``folder``, one of so many. What goes wrong is in the result, not raised."""
    began = monotonic()
    result = Result(fault.name, seed, incidents, at_once=at_once)
    try:
        async with asyncio.timeout(fault.within):
            if fault.alone is not None:
                figures = dict(fault.alone(seed, at_once))
            else:
                figures = await _play(fault, seed, incidents, folder)
            result = replace(result, **figures)
    except Exception as problem:  # noqa: BLE001 - whatever ends a round is what came of it
        hung = isinstance(problem, TimeoutError) and monotonic() - began >= fault.within
        what = f"hung: not over after {fault.within:.0f} s" if hung else repr(problem)
        result = replace(result, error=what[:500])
    return replace(result, seconds=round(monotonic() - began, 1))


async def _play(fault: Fault, seed: int, incidents: int, folder: Path) -> dict[str, Any]:
    async with opened(fault, seed, incidents, folder) as scene:
        watch = Watch(scene.stack, lambda what: scene.note("waits", what=what))
        try:
            made, normal = await attack(fault, scene, watch)
            await calm_down(scene, watch)
        finally:
            await watch.close()
        seen, ledger = await look(scene, folder)
    figures = result_of(scene, seen, ledger, made=made, normal=normal)
    said = [*scene.broken, *stubborn(scene.notes), *broken(fault.must, figures, seen.foreign)]
    return figures | {"broken": said}


def stubborn(notes: Iterable[str]) -> list[str]:
    """Notes of services that were asked to stop, by SIGTERM, and had to be killed."""
    asked = (each.partition(" did not stop in") for each in notes)
    # a second one of a kind has a number behind its name
    return [
        "".join(each) for each in asked if each[1] and each[0].rstrip("-0123456789") in PROCESSES
    ]


@asynccontextmanager
async def opened(fault: Fault, seed: int, incidents: int, folder: Path) -> AsyncIterator[Scene]:
    """A stack with the sample country in it, and its people ready to answer."""
    pen, rng = Pen(folder / LEDGER), Random(f"{seed}:{fault.name}")
    usual = fault.variant() if callable(fault.variant) else fault.variant
    policy = {"TIREK_POLICIES": str(policies.write(folder))}
    extra = {name: {**policy, **usual.extra.get(name, {})} for name in PROCESSES}
    variant = replace(usual, extra=extra, backoff=AGAIN)
    notes: list[str] = []
    file = (folder / NOTES).open("a", encoding="utf-8", buffering=1)

    def report(line: str) -> None:
        notes.append(line)
        file.write(line + "\n")

    async with AsyncExitStack() as life:
        life.callback(pen.close)
        life.callback(file.close)
        prepared = life.enter_context(fault.prepare(folder / STATE)) if fault.prepare else None
        it = await life.enter_async_context(rig(folder / STATE, variant=variant, report=report))
        place = await life.enter_async_context(town(it.stack))
        people = People(place, pen, rng)
        scene = Scene(it, place, people, pen, rng, incidents, notes=notes, prepared=prepared)
        await life.enter_async_context(people.answering())
        yield scene


async def attack(fault: Fault, scene: Scene, watch: Watch) -> tuple[int, float | None]:
    """Reports come while the fault is made; how often it was made, and T if it was reached."""
    began = monotonic()
    reporting = asyncio.create_task(scene.people.report(scene.incidents, fault.seconds))
    try:
        made = await fault.make(scene)
        scene.ended = scene.ended or monotonic()
        scene.note("fault-over", made=made)
        if fault.seconds - (monotonic() - began) < SOON:  # else reports go on long after the fault
            await reporting
        normal = await _back_to_normal(scene, watch)
        await reporting
    finally:
        reporting.cancel()
        await asyncio.wait([reporting])
    return made, normal


async def _back_to_normal(scene: Scene, watch: Watch) -> float | None:
    began = monotonic()
    try:
        normal = began - scene.ended + await watch.normal(PATIENCE)
    except NeverCalm as problem:
        scene.broken.append(f"it never came to rest: {problem}")
        return None
    scene.note("normal")
    return normal


async def calm_down(scene: Scene, watch: Watch) -> None:
    """Rest, then every long limit is over at once, then rest again."""
    scene.people.kind = True
    try:
        await _rest(scene, watch)
        await _turn(scene)
        await _rest(scene, watch)
    except NeverCalm as problem:
        scene.broken.append(f"it never came to rest: {problem}")


async def _rest(scene: Scene, watch: Watch) -> None:
    """Nothing moves, and nobody is about to move it: a late yes would fall between two looks."""
    await watch.rest(PATIENCE)
    while scene.people.busy:
        await scene.people.finish()
        await watch.rest(PATIENCE)
    scene.note("rest")


async def _turn(scene: Scene) -> None:
    """Turns the database's clock past every long T_ack; what it jumped over is in the ledger."""
    async with scene.turning(NOW):
        await turn_clock(scene.stack, timedelta(minutes=policies.JUMP_MINUTES))


async def look(scene: Scene, folder: Path) -> tuple[Evidence, Ledger]:
    """Everything as it stands now."""
    await _receipts_taken(scene, folder)
    connection = await asyncpg.connect(scene.stack.superuser("tirek"), timeout=5)
    try:
        topics = await read_topics(scene.stack.bus())
        seen = await gather(connection, scene.stack, topics)
    finally:
        await connection.close()
    return seen, read_ledger(scene, folder)


async def _receipts_taken(scene: Scene, folder: Path) -> None:
    """Until the SMSC has got rid of its receipts, or will not: no calm waits for them."""
    deadline = monotonic() + SOON
    while monotonic() < deadline:
        receipts = read_ledger(scene, folder).receipts
        if 2 * sum(each.taken for each in receipts) >= len(receipts):
            return
        await asyncio.sleep(0.5)


def read_ledger(scene: Scene, folder: Path) -> Ledger:
    """What people, phones and mailboxes can swear to by now."""
    return Ledger.read(folder / LEDGER, scene.stack.state / "simulators.jsonl")


def main() -> None:
    """Exit code 0 whatever came of it: the result says so."""
    parser = argparse.ArgumentParser(prog="tests.campaign.round", description=__doc__)
    parser.add_argument("--fault", choices=sorted(FAULTS), required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--incidents", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--at-once", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep the state of a round that held")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    fault = FAULTS[chosen.fault]
    if "netns" in fault.needs:
        groups.loopback_up()
    result = asyncio.run(
        play(fault, chosen.seed, chosen.incidents, chosen.folder, at_once=chosen.at_once)
    )
    if result.held and not chosen.keep:  # else a person may want to look
        shutil.rmtree(chosen.folder / STATE, ignore_errors=True)
    result.write(chosen.folder / RESULT)


if __name__ == "__main__":
    main()
