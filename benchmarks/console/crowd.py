"""Many desks at once: what so many open pages cost, and how quick pages are among many people."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import psutil

from benchmarks.figures import Json, latencies, percentile
from shared.clock import pause
from tests.support.desks import Desks
from tests.support.town import Town, someone_at
from tests.support.visitor import Visitor

DESKS = 200
PEOPLE, SECONDS = 50, 15.0
SETTLED = 2.0
"""Seconds until every page has got the number that it begins with."""
ORGANISATION = "sezim-bishkek"
SAMPLE = "12-late-yes"


async def open_desks(town: Town, seats: Desks) -> Json:
    """So many pages that listen: memory of the console, and when the last one hears of an act."""
    console = psutil.Process(seats.stack.part("console.serve").pid)
    before = console.memory_full_info().pss
    visitors = [await seats.of(someone_at(town, ORGANISATION)) for _ in range(DESKS)]
    async with AsyncExitStack() as stack:
        lines = [await stack.enter_async_context(each.stream("/live")) for each in visitors]
        acted = asyncio.Event()
        hearing = [asyncio.create_task(_hears(each, acted)) for each in lines]
        await pause(SETTLED)
        held = console.memory_full_info().pss
        acted.set()
        began = time.monotonic()
        await town.report(SAMPLE)
        heard = [at - began for at in await asyncio.gather(*hearing)]
    return {
        "desks": DESKS,
        "mb_before": round(before / 2**20, 1),
        "mb_with_them": round(held / 2**20, 1),
        "heard_ms": round(percentile(heard, 0.5) * 1000),
        "last_heard_ms": round(max(heard) * 1000),
    }


async def _hears(lines: AsyncIterator[str], acted: asyncio.Event) -> float:
    """When the first number comes after somebody acted."""
    async for line in lines:
        if acted.is_set() and line.startswith("data:"):
            return time.monotonic()
    raise RuntimeError("the line ended")


async def many_people(town: Town, seats: Desks) -> Json:
    """So many people who open their queue again and again."""
    visitors = [await seats.of(someone_at(town, ORGANISATION)) for _ in range(PEOPLE)]
    until = time.monotonic() + SECONDS
    taken = await asyncio.gather(*(_again_and_again(each, until) for each in visitors))
    all_taken = [seconds for each in taken for seconds in each]
    return {"people": PEOPLE, "per_s": round(len(all_taken) / SECONDS, 1)} | latencies(all_taken)


async def _again_and_again(visitor: Visitor, until: float) -> list[float]:
    taken: list[float] = []
    while (began := time.monotonic()) < until:
        await visitor.go("/queue")
        visitor.answer.raise_for_status()
        taken.append(time.monotonic() - began)
    return taken
