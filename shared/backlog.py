"""Backlog: what of a service's outbox is not published, measured by each of its processes.

So it shows also while the one that would publish it hangs, or is gone.
"""

from contextlib import suppress

from shared import metrics
from shared.clock import pause
from shared.db import Database
from shared.errors import Unavailable
from shared.runtime.health import Health

EVERY = 10.0
"""Seconds between looks."""
COUNT = """
SELECT set_config('app.actor', $1, true), at.now, waiting.count, waiting.refused,
       coalesce(extract(epoch FROM at.now - waiting.oldest), 0)::float AS age
FROM (SELECT ({clock}) AS now) AS at,
     (SELECT count(*) FILTER (WHERE refused_at IS NULL),
             min(time) FILTER (WHERE refused_at IS NULL) AS oldest, count(refused_at) AS refused
      FROM outbox WHERE published_at IS NULL) AS waiting
"""
"""Begins a transaction (`shared.db.BEGIN`) that has nothing else to do."""


async def watch(db: Database, health: Health) -> None:
    """Sets the gauges, and what health says of it, for ever; while the database is away all stay as
    they were."""
    while True:
        with suppress(Unavailable):
            async with db.transaction(begin=COUNT) as tx:
                metrics.OUTBOX_UNPUBLISHED.set(tx.begun["count"])
                metrics.OUTBOX_REFUSED.set(tx.begun["refused"])
                health.forged = tx.begun["refused"]
                metrics.OUTBOX_AGE.set(max(0.0, tx.begun["age"]))
        await pause(EVERY)
