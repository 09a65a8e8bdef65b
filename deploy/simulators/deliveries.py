"""What waits to be delivered to the client: replies first, receipts behind, each until taken."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import NoReturn

from deploy.simulators.smpp import OK, QUEUE_FULL, THROTTLED, TRY_AGAIN, Deliver

MOST_WAITING = 1000
_AGAIN = frozenset({None, TRY_AGAIN, QUEUE_FULL, THROTTLED})
"""Nobody there, no answer, or a request to come again: kept. Any other refusal is final."""

Send = Callable[[Deliver, int], Awaitable[int | None]]
"""Delivers one part, given how often it was tried; the answer's status, None without an answer."""


class Full(Exception):
    """Too much waits to be delivered already."""


@dataclass(slots=True)
class Delivery:
    """One reply or receipt, in one part or several."""

    parts: list[Deliver]
    tell: Callable[[int | None, bool], None]
    """Called after each try with the last status, and whether that was the end of it."""
    due: float = field(default_factory=monotonic)
    earliest: float = 0.0
    """Not before this, even if somebody binds meanwhile."""
    tries: int = 0


class Deliveries:
    """A queue that outlives the client's absence, but not the simulator."""

    def __init__(self, retry_after: float = 1.0) -> None:
        self._retry_after = retry_after
        self._waiting: list[Delivery] = []
        self._changed = asyncio.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, delivery: Delivery) -> None:
        """Keeps it for delivery; raises `Full`."""
        self.must_have_room()
        self._waiting.append(delivery)
        self._changed.set()

    def must_have_room(self) -> None:
        """Raises `Full` if no more can be kept."""
        if len(self._waiting) >= MOST_WAITING:
            raise Full(f"{MOST_WAITING} deliveries wait already")

    def hurry(self) -> None:
        """Somebody has bound: all that waits is due now."""
        for delivery in self._waiting:
            delivery.due = max(min(delivery.due, monotonic()), delivery.earliest)
        self._changed.set()

    async def run(self, send: Send) -> NoReturn:
        """Delivers what is due, one part at a time, without end."""
        while True:
            due = [delivery for delivery in self._waiting if delivery.due <= monotonic()]
            if due:
                await self._try(min(due, key=lambda one: (one.parts[0].is_receipt, one.due)), send)
            else:
                await self._wait()

    async def _try(self, delivery: Delivery, send: Send) -> None:
        status = await send(delivery.parts[0], delivery.tries)
        delivery.tries += 1
        if status == OK:
            del delivery.parts[0]
        again = status in _AGAIN
        if again:
            delivery.due = monotonic() + self._retry_after
        ended = not again and (status != OK or not delivery.parts)
        if ended:
            self._waiting.remove(delivery)
        delivery.tell(status, ended)

    async def _wait(self) -> None:
        self._changed.clear()
        first = min((delivery.due for delivery in self._waiting), default=None)
        left = None if first is None else max(first - monotonic(), 0.0)
        try:
            async with asyncio.timeout(left):
                await self._changed.wait()
        except TimeoutError:
            return
