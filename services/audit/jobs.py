"""Jobs of the audit service, driven by time."""

from datetime import datetime, timedelta

from services.audit import metrics
from services.audit.deps import Deps
from services.audit.handlers import growing, missing, signing
from services.audit.store import heard, tree
from shared.db import Tx
from shared.runtime.jobs import Look
from shared.runtime.quarantine import Step

GROWING = Look(heard.CHANNEL, due=heard.FIRST_WAITING)
MISSING_EVERY = timedelta(seconds=30)
MISSING = Look("missing", longest=MISSING_EVERY.total_seconds())
"""Nobody notifies it."""
SIGNING = Look("signing", longest=15.0)
"""Nobody notifies it: nobody waits for the second."""


async def grow(tx: Tx) -> datetime | None:
    """A step of the tree; when to come again."""
    if await growing.grow(tx) == growing.AT_ONCE:
        return tx.now
    metrics.SIZE.set(await tree.size(tx))
    return None


async def look_for_missing(tx: Tx) -> datetime | None:
    """A step of looking for numbers that nobody can show."""
    await missing.look(tx)
    return tx.now + MISSING_EVERY


def signing_job(deps: Deps) -> Step:
    """A step of signing; when to look again."""

    async def step(tx: Tx) -> datetime | None:
        return await signing.sign(tx, deps)

    return step
