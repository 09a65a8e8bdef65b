"""What becomes of a record that is not handled now: where it is kept, and if it is tried again."""

from typing import Any

import structlog

from shared import metrics
from shared.bus import parked
from shared.bus.reading import KeyToCome, TooLarge, Unproven
from shared.db import Tx
from shared.errors import Unprocessable


class SetAside(Unprocessable):
    """Not now, and soon: it is tried again by itself."""


async def put(tx: Tx, record: Any, why: Unprocessable, *, limit: int) -> None:
    """Parks a record of aiokafka's. Of what nothing proves, ``limit`` at most are kept."""
    kept, as_it_came = True, parked.Record.read(record)
    if isinstance(why, Unproven):
        if isinstance(why, TooLarge):
            as_it_came = as_it_came.emptied()
        again = isinstance(why, KeyToCome)
        kept = await parked.park_apart(tx, as_it_came, why.reason, again=again, limit=limit)
    else:
        again = isinstance(why, SetAside)
        await parked.park(tx, as_it_came, why.reason, again=again)
    tx.wake(parked.CHANNEL)
    metrics.CONSUMED.labels("any", "parked" if kept else "dropped").inc()
    structlog.get_logger().error(
        "consume.parked" if kept else "consume.dropped",
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        reason=why.reason,
    )
