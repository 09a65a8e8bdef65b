"""From nothing to a running country: a fresh stack with the samples loaded, and its way down.

Every start begins anew: places held in an earlier play, its open offers and old codes would make
the next one another story. Keys, and what was downloaded, stay.
"""

import asyncio
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.status import Status

from deploy.demo.story import witnessed
from deploy.demo.story.loading import load_country
from deploy.demo.story.voices import TIMEOUT, Refused, Voices
from deploy.errors import StackError
from deploy.local.ports import Mode
from deploy.local.stack import Stack
from deploy.local.variant import Variant
from deploy.provision.state_lock import StateLock
from deploy.topology import NEEDS, PROCESSES
from shared.clock import pause
from shared.jurisdiction.config_files import BadFile
from shared.settings import Environment

PLAYED = ("postgres", "kafka")
LEDGER = "simulators.jsonl"
SHOWN = 2
"""Of the parts that are not up yet, how many are named: one line has no room for all."""


@asynccontextmanager
async def opened(
    state: Path,
    ports: Mode,
    console: Console,
    report: Callable[[str], None] | None = None,
    variant: Variant | None = None,
) -> AsyncIterator[Voices]:
    """A running country. Raises `StackError`, one line, with nothing left half-started."""
    await asyncio.to_thread(_begin_anew, state)
    variant = _told(variant or Variant(), witnessed.told(state))
    stack = Stack(state, ports=ports, env=Environment.DEMO, report=report, variant=variant)
    async with _starting(stack, console), httpx.AsyncClient(timeout=TIMEOUT) as http:
        voices = Voices(stack, http)
        witnessed.appoint(stack)
        loaded = await load_country(voices)
        memory = sum(stack.memory().values()) / 2**20
        console.print(f"Up in {stack.timings['total']:.1f} s, {memory:.0f} MB; loaded {loaded}.")
        yield voices


@asynccontextmanager
async def _starting(stack: Stack, console: Console) -> AsyncIterator[None]:
    with console.status("Starting …") as status:
        telling = asyncio.create_task(_tell(stack, status))
        try:
            await stack.__aenter__()
        finally:
            telling.cancel()
    try:
        yield
    finally:
        with console.status("Stopping everything …"):
            await stack.__aexit__()


async def _tell(stack: Stack, status: Status) -> None:
    while True:
        waiting = [name for name in NEEDS if name not in stack.timings]
        first = ", ".join(waiting[:SHOWN])
        status.update(f"Starting: {len(stack.timings)} of {len(NEEDS)} up; waiting for {first}")
        await pause(0.2)


def _told(variant: Variant, told: Mapping[str, str]) -> Variant:
    """The variant, in which every process is told this too."""
    extra = {name: {**told, **variant.extra.get(name, {})} for name in PROCESSES}
    return replace(variant, extra=extra)


def _begin_anew(state: Path) -> None:
    lock = StateLock(state)
    lock.acquire()
    try:
        for name in PLAYED:
            shutil.rmtree(state / name, ignore_errors=True)
        for name in (LEDGER, witnessed.POLICY):
            (state / name).unlink(missing_ok=True)
    finally:
        lock.release()


def run(
    command: str, main: Callable[[], Coroutine[Any, Any, int]], *, interrupted: int = 130
) -> int:
    """Runs a command to its exit status: Ctrl-C ends it in peace, and an error is one line.

    ``interrupted``: the status after Ctrl-C or SIGTERM.
    """

    async def until_told() -> int:
        task = asyncio.current_task()
        if task is not None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await main()

    try:
        return asyncio.run(until_told())
    except (StackError, BadFile, Refused) as problem:
        sys.stderr.write(f"{command}: {problem}\n")
        return 1
    except httpx.HTTPError as problem:
        sys.stderr.write(f"{command}: a part does not answer: {type(problem).__name__}\n")
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.stderr.write(f"{command}: stopped; nothing is left running\n")
        return interrupted
