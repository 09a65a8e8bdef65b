"""Sweeping what has done its work: inbox marks, published outbox rows and strangers' records past
their keeping."""

from datetime import datetime, timedelta
from functools import partial

from shared import outbox
from shared.bus import inbox, parked, relay
from shared.db import Database, Tx
from shared.runtime.jobs import Look, run_job
from shared.runtime.worker import Work

EVERY = timedelta(hours=1)
LOOK = Look("sweep", EVERY.total_seconds())
"""Nobody notifies it: the job runs by the hour, and when the clock is turned."""
INBOX_KEPT = timedelta(days=inbox.KEPT_DAYS)
OUTBOX_KEPT = timedelta(days=outbox.KEPT_DAYS)


async def sweep(tx: Tx) -> datetime:
    """A step for `shared.runtime.jobs.run_job`; answers when to come again."""
    await tx.execute(inbox.SWEEP, tx.now - INBOX_KEPT)
    await tx.execute(parked.SWEEP, tx.now - INBOX_KEPT)
    await tx.execute(relay.SWEEP, tx.now - OUTBOX_KEPT)
    return tx.now + EVERY


def sweeping(db: Database) -> Work:
    """The job, for a worker to run beside its others."""
    return partial(run_job, "sweep", db, sweep, LOOK)
