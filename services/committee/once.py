"""Once: what callers give an id of their own is done one request at a time, and so not twice."""

from shared import locks
from shared.db import Tx


async def alone(tx: Tx, thing_id: str) -> None:
    """Waits for whoever is at the same thing; ours until the transaction ends.

    A thing that is not there yet has no row to lock.
    """
    await locks.hold(tx, locks.slot("thing", thing_id))
