"""Hearing: the outside of every event is kept, whoever said it, and whatever is in it."""

from collections.abc import Callable, Sequence
from typing import Any

from services.audit.ledger.hashes import leaf_hash
from services.audit.store import heard
from services.audit.store.heard import Outside
from shared.bus.handling import Handler
from shared.db import Tx
from shared.events import Event
from shared.events.canonical import canonical


def hearing(*then: Handler, worded: Callable[[Event[Any]], bool] | None = None) -> Handler:
    """A handler that keeps what it is given. What was new of it, each of ``then`` is given;
    ``worded``: of which of it these keep words."""

    async def on_anything(tx: Tx, events: Sequence[Event[Any]]) -> None:
        outsides = [outside(event, worded is not None and worded(event)) for event in events]
        new = await heard.keep(tx, outsides)
        fresh = [event for event, each in zip(events, outsides, strict=True) if each.hash in new]
        if not fresh:
            return
        for each in then:
            await each(tx, fresh)

    return on_anything


def outside(event: Event[Any], worded: bool = False) -> Outside:
    """What is kept of an event: its attributes with the digest, and two times."""
    entry = canonical(event.envelope.attributes() | {"digest": event.digest})
    received = event.act if event.envelope.causation_id is None else None
    said_at = received.received_at if received else event.time
    return Outside(
        event.envelope, event.digest, said_at, event.appended_at, entry, leaf_hash(entry), worded
    )
