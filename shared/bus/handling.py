"""Handler: what a service does with events of one type. No broker is needed to name one."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from shared.db import Tx
from shared.events import Event

Handler = Callable[[Tx, Sequence[Event[Any]]], Awaitable[None]]
"""``async def on_incidents_reported(tx, events)``: load, decide, save, emit. No two of the events
have one key. What is emitted for one is emitted in ``with tx.because(event):``."""


def each(handler: Callable[[Tx, Any, Any], Awaitable[None]]) -> Handler:
    """A handler of one event, ``async def on_offer_changed(tx, event, body)``, as one of many."""

    async def for_each(tx: Tx, events: Sequence[Event[Any]]) -> None:
        for event in events:
            with tx.because(event):
                await handler(tx, event, event.body)

    return for_each
