"""Time-driven passes: what is due is done, and then the pass sleeps until the next thing is due."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from shared import crash, metrics
from shared.clock import pause
from shared.crash import Point
from shared.db import Database, Tx
from shared.wakeup import Wakeup
from shared.watchdog import turn

LONGEST_SLEEP = 5.0
"""Seconds. A notification may be lost; a deadline may not be late by more than this."""

GATHER = 0.1
"""Seconds between a notification and the look: commits come in crowds, one look serves them all."""

Step = Callable[[Tx], Awaitable[datetime | None]]
"""Does some of what is due at ``tx.now`` and answers when the next thing is due, if any. A time
that has passed already means: there is more, call again."""


async def run_pass(
    name: str, db: Database, step: Step, *, channel: str = "wake", longest: float = LONGEST_SLEEP
) -> None:
    """Runs ``step`` for ever, each call in a transaction; raises when the database is lost, and
    `Halt` when a call hangs.

    Replicas need no election: a step claims its rows ``FOR UPDATE SKIP LOCKED``.
    """
    log = structlog.get_logger()
    async with Wakeup(db, f"{db.source}_{channel}") as wakeup:
        log.info("pass.started", pass_name=name)
        while True:
            with metrics.PASS_SECONDS.labels(name).time():
                async with turn(name), db.transaction() as tx:
                    due = await step(tx)
                    if tx.speaks:
                        crash.passing(Point.CLOCK_CLAIMED)
                    now = tx.now
            seconds = (due - now).total_seconds() if due else longest
            if seconds > 0 and await wakeup.wait(min(seconds, longest)):
                await pause(GATHER)
