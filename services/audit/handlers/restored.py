"""Restored: a service that came back from a backup is on record."""

from collections.abc import Sequence

from services.audit.store import restores
from services.audit.store.restores import Restore
from shared.db import Tx
from shared.events import Event
from shared.events.restores import ServiceRestored


async def on_service_restored(tx: Tx, events: Sequence[Event[ServiceRestored]]) -> None:
    """Keeps what each says of itself."""
    for event in events:
        body = event.body
        what = Restore(event.envelope.source, body.backup_at, body.goes_on_from, event.time)
        await restores.add(tx, event.id, what)
