"""Background tasks that are held on to: asyncio forgets a task that nobody keeps."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Tasks:
    """Keeps started tasks until they end."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Starts ``work``; its failure is reported by asyncio's own handler."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
