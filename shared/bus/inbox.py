"""The inbox: an event is handled once, by the same transaction that does what it asks.

An event is known by its id and by who said it. One id said by two services is a forgery: whoever
reads an id on the bus could otherwise have a service's event passed over as if it were known.
"""

from collections.abc import Iterable
from typing import Any, Protocol

from shared.errors import Forged
from shared.events import Event

KEPT_DAYS = 35
"""Longer than any record can come again: topics keep 7 days, outboxes 14."""

MARK = """
INSERT INTO inbox (event_id, source, received_at)
SELECT id, source, $3 FROM unnest($1::text[], $2::text[]) AS new(id, source)
ON CONFLICT DO NOTHING
RETURNING event_id
"""
ANOTHERS = """
SELECT FROM inbox JOIN unnest($1::text[], $2::text[]) AS new(event_id, source) USING (event_id)
WHERE inbox.source <> new.source
"""
ID_TAKEN = "an id of another service's event"
SWEEP = "DELETE FROM inbox WHERE received_at < $1"


class Fetches(Protocol):
    """Anything that can query: a transaction."""

    now: Any

    async def fetch(self, query: str, *args: Any) -> list[Any]:
        """All rows."""
        ...


async def mark(tx: Fetches, events: Iterable[Event[Any]]) -> list[Event[Any]]:
    """Marks events as handled; returns those that were new to this consumer, in their order.

    Raises `Forged` when one of them bears the id of another service's event.
    """
    said: dict[str, Event[Any]] = {}
    for event in events:
        if said.setdefault(event.id, event).envelope.source != event.envelope.source:
            raise Forged(ID_TAKEN)
    sources = [event.envelope.source for event in said.values()]
    rows = await tx.fetch(MARK, list(said), sources, tx.now)
    if len(rows) < len(said) and await tx.fetch(ANOTHERS, list(said), sources):
        raise Forged(ID_TAKEN)
    fresh = {row["event_id"] for row in rows}
    return [event for event in said.values() if event.id in fresh]
