"""Tasks that are held on to, which asyncio does not do, and a work that cannot hold its waiter."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
HASTE = 1.0
"""Seconds that a work has to tidy up when nobody waits for it any more."""


class Tasks:
    """Keeps started tasks until they end."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Starts ``work``; its failure is reported by asyncio's own handler."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def cancel(self) -> None:
        """Cancels what still runs."""
        for task in self._running:
            task.cancel()


async def apart(work: Coroutine[Any, Any, T]) -> T:
    """``work``'s result, from a task of its own; who waits here can be cancelled in any case.

    A library that closes something swallows a cancellation that comes at that moment
    (aiokafka's client does, one in five of those that meet its first connection; so does
    `asyncio.wait_for` before Python 3.12, when its result comes in the same turn). Whoever was
    to end would then go on for ever.
    """
    task = asyncio.create_task(work)
    try:
        await asyncio.wait([task])
    except asyncio.CancelledError:
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=HASTE)
        if done and not task.cancelled():
            task.exception()  # looked at, so that asyncio does not report it
        raise
    return task.result()
