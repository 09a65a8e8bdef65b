"""What a restored database must forget about the bus, so that nobody misses and nobody repeats.

The outbox and every inbox are of one snapshot, but the topics have gone on since. So all that the
outboxes hold is made unpublished, as after any loss of the bus (docs/decisions/0008), with the
numbers and digests it had; readers pass over what their restored inboxes know. These marks begin
their 35 days anew: an old backup's would be swept while what they guard against is on its way.
"""

from datetime import datetime

import asyncpg

from deploy.topology import SERVICES
from shared.bus.cluster_state import FORGET
from shared.clock import reading
from shared.settings import Environment

TURNED = reading(Environment.TEST)
"""In use nobody turns the clock, and both readings are one."""
TAKE_BACK = """
UPDATE outbox SET published_at = NULL, partition = NULL, "offset" = NULL
WHERE published_at IS NOT NULL
"""
WAITING = "SELECT count(*) FROM outbox"
GUARD = "UPDATE inbox SET received_at = greatest(received_at, $1)"
SEARCH_PATH = "SELECT set_config('search_path', $1, true)"


async def say_again(data: asyncpg.Connection) -> int:
    """Prepares every service's schema; answers how many events will be published."""
    count = 0
    async with data.transaction():
        now: datetime = await data.fetchval(TURNED)
        for service in SERVICES:
            await data.execute(SEARCH_PATH, service)
            await data.execute(FORGET)
            await data.execute(TAKE_BACK)
            await data.execute(GUARD, now)
            count += await data.fetchval(WAITING)
    return count
