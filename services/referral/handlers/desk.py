"""Desk: an operator looks a case up by the public id that a caller says. Recorded, and rationed."""

from datetime import timedelta

from services.referral.store import lookups
from shared.db import Tx
from shared.errors import TooMany
from shared.events.words import SYSTEM
from shared.security.visibility import Viewer, act_as

PER_HOUR = 60
HOUR = timedelta(hours=1)


async def record(tx: Tx, viewer: Viewer, public_id: str) -> None:
    """Writes down that an operator asks, before they are told anything; raises `TooMany` after
    `PER_HOUR` in an hour. In a transaction of its own: what is not found was asked about too."""
    await act_as(tx, SYSTEM)
    times, first = await lookups.asked(tx, viewer.staff_id, tx.now - HOUR)
    if times >= PER_HOUR and first is not None:
        wait = int((first + HOUR - tx.now).total_seconds()) + 1
        raise TooMany(f"cases were looked up {PER_HOUR} times in an hour", wait)
    await lookups.keep(tx, viewer.staff_id, public_id)
