"""What a job does in one transaction, and which rows it leaves out for a while."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from time import monotonic

from shared.db import Tx

Step = Callable[[Tx], Awaitable[datetime | None]]
"""Does some of what is due at ``tx.now`` and answers when the next thing is due, if any. A time
that has passed already means: there is more, call again."""

FIRST_WAIT, LONGEST_WAIT = 5.0, 300.0
"""Seconds that a row which failed is left out, the longer the more often it has."""


class Quarantine:
    """Rows that a job cannot do: left out for a while, so that all others are done in time.

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
            wait = self._waits.get(each, FIRST_WAIT)
            self._until[each] = monotonic() + wait
            self._waits[each] = min(wait * 2, LONGEST_WAIT)
        return hand
