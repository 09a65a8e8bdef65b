"""Jobs of the committee service, driven by time."""

from datetime import datetime, timedelta

from services.committee.progress import store as progress
from shared.db import Tx
from shared.runtime.jobs import Look

UNLINKED_KEPT = timedelta(days=35)
"""Longer than a report may be repeated under its key (intake's ``ANSWERS_KEPT``, 30 days): until
then a page that was cut off may still learn which incident it opened, and link it."""
EVERY = timedelta(hours=1)
RETENTION = Look("retention", longest=EVERY.total_seconds())
"""Nobody notifies it: it looks by the hour."""
AT_ONCE = 1000


async def forget(tx: Tx) -> datetime | None:
    """Forgets how far incidents have come that are no committee's; when to look again."""
    forgotten = await progress.forget(tx, tx.now - UNLINKED_KEPT, AT_ONCE)
    return tx.now if forgotten == AT_ONCE else tx.now + EVERY
