"""The inbox: an event is handled once, by the same transaction that does what it asks.

An event is known by its id and by who said it. One id said by two services is a forgery: whoever
reads an id on the bus could otherwise have a service's event passed over as if it were known.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

from shared.bus import parked
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
BEGIN = f"""
WITH at AS (SELECT ({{clock}}) AS now), behind AS (
    SELECT DISTINCT key FROM parked WHERE {parked.BLOCKS} AND key = ANY($4::bytea[])
), marked AS (
    INSERT INTO inbox (event_id, source, received_at)
    SELECT id, source, now
    FROM at, unnest($2::text[], $3::text[], $4::bytea[]) AS new(id, source, key)
    WHERE key NOT IN (SELECT key FROM behind)
    ON CONFLICT DO NOTHING
    RETURNING event_id
)
SELECT set_config('app.actor', $1, true), set_config('lock_timeout', '500ms', true), now,
       ARRAY(SELECT key FROM behind) AS behind, ARRAY(SELECT event_id FROM marked) AS marked FROM at
"""
"""Begins a batch (`shared.db.BEGIN`): which keys have a parked record that later ones wait behind,
and which events of the others were new. A round trip for three, several times an incident."""
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
    said = _once(events)
    rows = await tx.fetch(MARK, list(said), _sources(said), tx.now)
    return await _new(tx, said, {row["event_id"] for row in rows})


def asked(events: Sequence[Event[Any]]) -> tuple[list[str], list[str], list[bytes]]:
    """What `BEGIN` is asked with, behind the actor."""
    envelopes = [event.envelope for event in events]
    return (
        [envelope.id for envelope in envelopes],
        [envelope.source for envelope in envelopes],
        [envelope.key.encode() for envelope in envelopes],
    )


async def marked(
    tx: Fetches, events: Iterable[Event[Any]], new: Collection[str]
) -> list[Event[Any]]:
    """Of events that `BEGIN` marked those that were ``new``, in their order; raises as `mark`."""
    return await _new(tx, _once(events), new)


def _once(events: Iterable[Event[Any]]) -> dict[str, Event[Any]]:
    said: dict[str, Event[Any]] = {}
    for event in events:
        if said.setdefault(event.id, event).envelope.source != event.envelope.source:
            raise Forged(ID_TAKEN)
    return said


def _sources(said: Mapping[str, Event[Any]]) -> list[str]:
    return [event.envelope.source for event in said.values()]


async def _new(
    tx: Fetches, said: Mapping[str, Event[Any]], new: Collection[str]
) -> list[Event[Any]]:
    if len(new) < len(said) and await tx.fetch(ANOTHERS, list(said), _sources(said)):
        raise Forged(ID_TAKEN)
    return [event for event in said.values() if event.id in new]
