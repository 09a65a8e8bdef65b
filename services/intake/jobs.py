"""Intake's time-driven jobs."""

from datetime import datetime, timedelta

import structlog

from services.intake.deps import Deps
from services.intake.store import drafts, persons, requests
from shared.db import Tx
from shared.errors import Unavailable
from shared.runtime.jobs import Look

ANSWERS_KEPT = timedelta(days=30)
"""How long a request may be repeated under its key."""
ORPHAN_AFTER = timedelta(hours=1)
"""A key with no person or draft by then belongs to a transaction that never committed."""
AT_ONCE = 500
_MORE_IN = timedelta(hours=1)
HOURLY = Look("sweep", _MORE_IN.total_seconds())
"""Nobody notifies it: keys and requests are looked at by the hour, and when the clock is turned."""
DRAFTS = Look(due=drafts.FIRST_OVER)


async def sweep_keys(
    deps: Deps, tx: Tx, *, older_than: timedelta = ORPHAN_AFTER
) -> datetime | None:
    """Forgets keys of people who never came to be; when there are more, at once again.

    A key store that is away is asked again later: the bus must not stop for a sweep.
    """
    try:
        async with deps.keys.unsettled(older_than, AT_ONCE) as sweep:
            living = await persons.living(tx, sweep.person_ids)
            living |= await drafts.living(tx, sweep.person_ids)
            orphans = await sweep.settle(living)
    except Unavailable as problem:
        structlog.get_logger().warning("keys.sweep_failed", part=problem.part)
        return tx.now + _MORE_IN
    if orphans:
        structlog.get_logger().warning("keys.orphans_swept", count=orphans)
    return tx.now if len(sweep.person_ids) == AT_ONCE else tx.now + _MORE_IN


async def sweep_requests(tx: Tx) -> datetime | None:
    """Forgets the answers to requests that nobody will repeat."""
    await requests.sweep(tx, tx.now - ANSWERS_KEPT)
    return tx.now + _MORE_IN


async def sweep_drafts(deps: Deps, tx: Tx) -> datetime | None:
    """Destroys the keys of drafts that ended or are too old, then what is left of them."""
    over = await drafts.over(tx, AT_ONCE)
    if not over:
        return None
    try:
        await deps.keys.destroy(over)
    except Unavailable as problem:
        structlog.get_logger().warning("drafts.sweep_failed", part=problem.part)
        return None
    await drafts.forget(tx, over)
    return tx.now
