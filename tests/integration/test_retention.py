"""What has done its work goes, and never a day too early: a late repeat must still be known."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest_asyncio

from deploy.local.stack import Stack
from shared.bus.retention import sweep
from shared.db import Database
from tests.stack import scratch, turn_clock
from tests.support.bus import NotifyLike, answer, new_incident, settings

MARK = "INSERT INTO inbox (event_id, source, received_at) VALUES ('an-event', 'referral', $1)"
MARKS = "SELECT count(*) FROM inbox"
SAID = "SELECT count(*) FROM outbox"
PUBLISHED = """
UPDATE outbox SET published_at = $1, producer_seq = id, prev = '', digest = ''
"""


@pytest_asyncio.fixture
async def own() -> AsyncIterator[Stack]:
    """A database whose clock nobody else turns."""
    async with scratch("notify.migrate") as stack:
        yield stack


async def test_marks_stay_35_days_and_published_rows_14_but_the_last(own: Stack) -> None:
    """The last row stays for ever: the next event is chained to it."""
    db = Database(settings(own, NotifyLike))
    try:
        for number in range(3):
            await answer(db, new_incident(), number)
        async with db.transaction() as tx:
            await tx.execute(MARK, tx.now)
            await tx.execute(PUBLISHED, tx.now)
        kept = []
        for days in (13, 2, 19, 2):
            await turn_clock(own, timedelta(days=days))
            async with db.transaction() as tx:
                await sweep(tx)
                kept.append((await tx.fetchval(SAID), await tx.fetchval(MARKS)))
        assert kept == [(3, 1), (1, 1), (1, 1), (1, 0)]
    finally:
        await db.close()
