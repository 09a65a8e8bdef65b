"""How long a caller waits: a request is answered in time, whatever is silent behind it.

The HTTP edge sets it once a request; `shared.db` gives up when it is over, also in the middle of a
statement. A batch of a consumer has one too: its records can be taken one by one. A record, a job
and a sender have none: they have patience.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_until: ContextVar[float | None] = ContextVar("tirek_deadline", default=None)


def begin(seconds: float) -> None:
    """From now on this task, and those it starts, have so long."""
    _until.set(asyncio.get_running_loop().time() + seconds)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """The block has so long."""
    before = _until.set(asyncio.get_running_loop().time() + seconds)
    try:
        yield
    finally:
        _until.reset(before)


def until() -> float | None:
    """The loop's time at which it is over; none where nobody waits."""
    return _until.get()


def left(most: float) -> float:
    """Seconds that are left, and ``most`` at most; never nothing, so that a timeout is one."""
    end = until()
    if end is None:
        return most
    return max(0.001, min(most, end - asyncio.get_running_loop().time()))
