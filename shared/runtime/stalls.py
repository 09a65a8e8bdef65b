"""Stalls: a turn that does not come to its end, an event loop that does not turn.

The cure is always the same, a new process (docs/decisions/0002). A consumer that does not move is
noticed by `shared.bus.watchdog`.
"""

import asyncio
import faulthandler
import os
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NoReturn

import structlog

from shared.errors import Halt

LOOKS = 8
"""Looks within the patience: what is stuck is noticed an eighth of it late at most."""
TURN = 60.0
"""Seconds that a turn of a relay, a job or a redrive may take: more than a relay's three statements
and its send take together when each comes near its own timeout."""
LAST_WORDS = 2.0


@asynccontextmanager
async def turn(name: str, within: float = TURN) -> AsyncIterator[None]:
    """One turn of what goes on for ever; raises `Halt` when it does not come to its end."""
    try:
        async with asyncio.timeout(within) as limit:
            yield
    except TimeoutError as problem:
        if not limit.expired():
            raise
        raise Halt(f"{name} has not come to the end of its turn for {within:g} s") from problem


def watch_loop(patience: float) -> None:
    """Ends the process, with status 1 and the stacks on stderr, when the running loop stands still.

    A thread of its own looks: a loop in which something computes for ever cannot look itself.
    """
    loop = asyncio.get_running_loop()
    threading.Thread(target=_watch, args=(loop, patience), daemon=True, name="watchdog").start()


def _watch(loop: asyncio.AbstractEventLoop, patience: float) -> None:
    turned = threading.Event()
    while True:
        turned.clear()
        try:
            loop.call_soon_threadsafe(turned.set)
        except RuntimeError:  # the loop is closed: the process ends
            return
        # counted in waits, not read off a clock: who was stopped for an hour has missed one of them
        if not any(turned.wait(patience / LOOKS) for _ in range(LOOKS)):
            _end(f"the event loop has not turned for {patience:g} s")
        threading.Event().wait(1.0)


def _end(reason: str) -> NoReturn:
    in_any_case = threading.Timer(LAST_WORDS, os._exit, (1,))  # also if nobody reads what we say
    in_any_case.daemon = True
    in_any_case.start()
    structlog.get_logger().critical("worker.failed", name="loop", reason=reason)
    sys.stderr.write(f"loop stopped: {reason}\n")
    faulthandler.dump_traceback(sys.stderr)  # files, lines and names; no values
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(1)
