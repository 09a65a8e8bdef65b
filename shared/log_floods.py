"""Log floods: a happening that repeats is written so often a minute; what is left out is counted.

Whatever goes wrong for ever goes wrong in a loop, and a disk full of one line holds no other.
"""

from collections.abc import MutableMapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

import structlog

from shared import metrics

MOST = 60
"""Lines of one happening within `WINDOW`: of one event and name, topic or route."""
WINDOW = 60.0
"""Seconds."""
LEFT_OUT = "log.left_out"
_TELLS_APART = ("event", "level", "name", "topic", "route")
_HAPPENINGS = 1000


@dataclass(slots=True)
class _Count:
    """Lines of one happening since ``began``."""

    began: float
    lines: int = 0


class Floods:
    """A structlog processor: lets the first `MOST` of each happening a minute through.

    How many were left out is said, by a line of its own, with the first line of any kind after
    that minute; at once by a metric.
    """

    def __init__(self) -> None:
        self._counts: dict[tuple[str, ...], _Count] = {}
        self._next_look = 0.0

    def __call__(
        self, _logger: object, _method: str, entry: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """The entry; raises `structlog.DropEvent` for one that is left out."""
        if entry.get("event") == LEFT_OUT:
            return entry
        now = monotonic()
        if now >= self._next_look or len(self._counts) > _HAPPENINGS:
            self._next_look = now + WINDOW
            self._say_what_was_left_out(now)
        happening = tuple(str(entry.get(key, "")) for key in _TELLS_APART)
        count = self._counts.setdefault(happening, _Count(now))
        if now - count.began >= WINDOW:
            self._say(happening, count)
            self._counts[happening] = count = _Count(now)
        count.lines += 1
        if count.lines > MOST:
            metrics.LOG_LEFT_OUT.inc()
            raise structlog.DropEvent
        return entry

    def _say_what_was_left_out(self, now: float) -> None:
        over = {key: each for key, each in self._counts.items() if now - each.began >= WINDOW}
        for key in over:
            del self._counts[key]
        if len(self._counts) > _HAPPENINGS:  # names without end: nobody is told apart any more
            over, self._counts = over | self._counts, {}
        for key, count in over.items():
            self._say(key, count)

    def _say(self, happening: tuple[str, ...], count: _Count) -> None:
        if count.lines > MOST:
            which = " ".join(each for each in happening if each)
            structlog.get_logger().warning(LEFT_OUT, name=which, count=count.lines - MOST)
