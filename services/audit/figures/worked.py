"""Worked: how much of a wait was working time, for many waits at once. Pure."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

SECOND = timedelta(seconds=1)
NEVER = datetime.min.replace(tzinfo=UTC)


def seconds(start: datetime, end: datetime) -> int:
    """How long it was, in whole seconds; what is begun counts, so that nobody looks faster."""
    took = end - start
    return took.days * 86_400 + took.seconds + (took.microseconds > 0)


class Meter:
    """Working time between any two instants that lie within ``spans``: those of a
    `WorkingCalendar`, in order and apart. It says what `WorkingCalendar.between` does, sooner."""

    def __init__(self, spans: Iterable[tuple[datetime, datetime]]) -> None:
        opens, closes, before = [], [NEVER], [timedelta(0)]
        for start, end in spans:
            opens.append(start)
            closes.append(end)
            before.append(before[-1] + (end - start))
        self._opens, self._closes, self._before = opens, closes, before

    def between(self, start: datetime, end: datetime) -> int:
        """In whole seconds, as `seconds` counts."""
        return -((self._until(start) - self._until(end)) // SECOND)

    def _until(self, at: datetime) -> timedelta:
        """How much was worked until then."""
        count = bisect_right(self._opens, at)
        closed = self._closes[count]
        return self._before[count] if at >= closed else self._before[count] - (closed - at)
