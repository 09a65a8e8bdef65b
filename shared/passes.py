"""Time-driven passes: what is due is done, and then the pass sleeps until the next thing is due."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from time import monotonic

import structlog

from shared import crash, metrics
from shared.clock import pause
from shared.crash import Point
from shared.db import Database, Tx
from shared.errors import Halt, RolledBack, Unavailable
from shared.wakeup import Wakeup
from shared.watchdog import turn

LONGEST_SLEEP = 5.0
"""Seconds. A notification may be lost; a deadline may not be late by more than this."""

GATHER = 0.1
"""Seconds between a notification and the look: commits come in crowds, one look serves them all."""

Step = Callable[[Tx], Awaitable[datetime | None]]
"""Does some of what is due at ``tx.now`` and answers when the next thing is due, if any. A time
that has passed already means: there is more, call again."""


AGAIN = 0.1
"""Seconds until a step that the database undid is tried again."""
FIRST_ASIDE, LONGEST_ASIDE = 5.0, 300.0
"""Seconds that a row which failed is left out, the longer the more often it has."""


class Aside:
    """Rows that a pass cannot do: left out for a while, so that all others are done in time.

    It is remembered here and nowhere else: a new process tries each of them once more.
    """

    def __init__(self) -> None:
        self._hand: dict[str, str] = {}
        self._until: dict[str, float] = {}
        self._waits: dict[str, float] = {}

    @property
    def ids(self) -> list[str]:
        """Which rows a step leaves out now."""
        now = monotonic()
        return [each for each, until in self._until.items() if until > now]

    def takes(self, **ids: str) -> None:
        """A step has this row in hand from now on, as ``service_request_id="…"``."""
        self._hand = ids

    def succeeds(self) -> None:
        """What was in hand is committed."""
        for each in self._hand.values():
            self._until.pop(each, None)
            self._waits.pop(each, None)
        self._hand = {}

    def fails(self) -> dict[str, str]:
        """Leaves out what was in hand; it, or nothing if nothing was."""
        hand, self._hand = self._hand, {}
        for each in hand.values():
            wait = self._waits.get(each, FIRST_ASIDE)
            self._until[each] = monotonic() + wait
            self._waits[each] = min(wait * 2, LONGEST_ASIDE)
        return hand


async def run_pass(
    name: str,
    db: Database,
    step: Step,
    *,
    channel: str = "wake",
    longest: float = LONGEST_SLEEP,
    aside: Aside | None = None,
) -> None:
    """Runs ``step`` for ever, each call in a transaction; raises when the database is lost, and
    `Halt` when a call hangs.

    A step that the database undid is taken again. One that says which row it has in hand
    (``aside``) goes on without the one that fails; what another fails with is raised.

    Replicas need no election: a step claims its rows ``FOR UPDATE SKIP LOCKED``.
    """
    aside = aside or Aside()
    metrics.PASS_FAILURES.labels(name)  # 0: an alert sees the first one only if it was less before
    log = structlog.get_logger()
    async with Wakeup(db, f"{db.source}_{channel}") as wakeup:
        log.info("pass.started", pass_name=name)
        while True:
            with metrics.PASS_SECONDS.labels(name).time():
                try:
                    async with turn(name), db.transaction() as tx:
                        due = await step(tx)
                        if tx.speaks:
                            crash.passing(Point.CLOCK_CLAIMED)
                        now = tx.now
                except RolledBack:  # as in a deadlock: nothing of it stands
                    log.warning("pass.rolled_back", pass_name=name)
                    await pause(AGAIN)
                    continue
                except (Unavailable, Halt):
                    raise
                except Exception:
                    hand = aside.fails()
                    if not hand:
                        raise
                    log.exception("pass.put_aside", pass_name=name, **hand)
                    metrics.PASS_FAILURES.labels(name).inc()
                    continue
                aside.succeeds()
            seconds = (due - now).total_seconds() if due else longest
            if seconds > 0 and await wakeup.wait(min(seconds, longest)):
                await pause(GATHER)
