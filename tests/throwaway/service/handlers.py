"""Handlers of events: load, decide, save, emit."""

from shared.events.throwaway import Caught, Thrown

from shared.db import Tx
from shared.events import Event


async def on_thrown(tx: Tx, _event: Event[Thrown], body: Thrown) -> None:
    """Keeps it, and says so."""
    await tx.execute("INSERT INTO thrown (what) VALUES ($1)", body.what)
    tx.emit(Caught(what=body.what), subject=body.what, version=1)
