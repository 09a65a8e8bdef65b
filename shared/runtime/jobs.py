"""Jobs driven by time: what is due is done, and then the job sleeps until the next thing is due."""

from dataclasses import dataclass
from datetime import datetime

import structlog

from shared import crash, metrics
from shared.clock import pause
from shared.crash import Point
from shared.db import Database
from shared.errors import Halt, RolledBack, Unavailable
from shared.runtime.quarantine import Quarantine, Step
from shared.runtime.stalls import turn
from shared.runtime.wakeup import Wakeup

LONGEST_SLEEP = 5.0
"""Seconds. A notification may be lost; a deadline may not be late by more than this."""
GATHER = 0.1
"""Seconds between a notification and the look: commits come in crowds, one look serves them all."""
AGAIN = 0.1
"""Seconds until what the database undid, as in a deadlock, is tried again."""


@dataclass(frozen=True, slots=True)
class Look:
    """When a job looks, and for what."""

    channel: str = "wake"
    """Suffix of the notification that wakes it."""
    longest: float = LONGEST_SLEEP
    """Seconds between two looks at most."""
    due: str = "SELECT at.now"
    """A SELECT of the first time at which a step finds something to do, null if nothing is there.

    No transaction is opened before that time. So it may name one too early, and none too late.
    """


async def run_job(
    name: str,
    db: Database,
    step: Step,
    look: Look | None = None,
    *,
    quarantine: Quarantine | None = None,
) -> None:
    """Runs ``step`` for ever, each call in a transaction; raises when the database is lost, and
    `Halt` when a call hangs.

    A step that the database undid is taken again. One that says which row it has in hand
    (``quarantine``) goes on without the one that fails; what another fails with is raised.

    Replicas need no election: a step claims its rows ``FOR UPDATE SKIP LOCKED``.
    """
    look, quarantine = look or Look(), quarantine or Quarantine()
    metrics.PASS_FAILURES.labels(name)  # 0: an alert sees the first one only if it was less before
    log = structlog.get_logger()
    async with Wakeup(db, f"{db.source}_{look.channel}") as wakeup:
        log.info("pass.started", pass_name=name)
        while True:
            try:
                async with turn(name):
                    now, due = await wakeup.due(look.due)
                    if due is not None and due <= now:
                        now, due = await _pass(name, db, step)
            except RolledBack:  # as in a deadlock: nothing of it stands
                log.warning("pass.rolled_back", pass_name=name)
                await pause(AGAIN)
                continue
            except (Unavailable, Halt):
                raise
            except Exception:
                hand = quarantine.fails()
                if not hand:
                    raise
                log.exception("pass.put_aside", pass_name=name, **hand)
                metrics.PASS_FAILURES.labels(name).inc()
                continue
            quarantine.succeeds()
            seconds = (due - now).total_seconds() if due else look.longest
            if seconds > 0 and await wakeup.wait(min(seconds, look.longest)):
                await pause(GATHER)


async def _pass(name: str, db: Database, step: Step) -> tuple[datetime, datetime | None]:
    """One step; when it was, and when the next thing is due."""
    with metrics.PASS_SECONDS.labels(name).time():
        async with db.transaction() as tx:
            due = await step(tx)
            if tx.emits:
                crash.passing(Point.CLOCK_CLAIMED)
        return tx.now, due
