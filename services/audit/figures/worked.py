"""Worked: how much of a wait was working time, for many waits at once. Pure."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import accumulate

SECOND = timedelta(seconds=1)


def seconds(start: datetime, end: datetime) -> int:
    """How long it was, in whole seconds; what is begun counts, so that nobody looks faster."""
    took = end - start
    return took.days * 86_400 + took.seconds + (took.microseconds > 0)


class Meter:
    """Working time between any two instants that lie within ``spans``: those of a
    `WorkingCalendar`, in order and apart. It says what `WorkingCalendar.between` does, sooner."""

    def __init__(self, spans: Iterable[tuple[datetime, datetime]]) -> None:
        self._spans = tuple(spans)
        self._opens = [opens for opens, _ in self._spans]
        self._before = [
            timedelta(0),
            *accumulate(closes - opens for opens, closes in self._spans),
        ]

    def between(self, start: datetime, end: datetime) -> int:
        """In whole seconds, as `seconds` counts."""
        return -((self._until(start) - self._until(end)) // SECOND)

    def _until(self, at: datetime) -> timedelta:
        count = bisect_right(self._opens, at)
        if not count:
            return self._before[0]
        opens, closes = self._spans[count - 1]
        return self._before[count - 1] + min(at, closes) - opens
