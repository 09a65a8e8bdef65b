"""Waiting for something to become true: polled against a deadline, never slept for."""

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from time import monotonic
from typing import Any, TypeVar, overload

T = TypeVar("T")


@overload
async def eventually(
    probe: Callable[[], Awaitable[T]], *, within: float = 60.0, every: float = 0.02
) -> T: ...
@overload
async def eventually(probe: Callable[[], T], *, within: float = 60.0, every: float = 0.02) -> T: ...
async def eventually(probe: Callable[[], Any], *, within: float = 60.0, every: float = 0.02) -> Any:
    """The first truthy result of ``probe``; fails with its last result after ``within`` seconds."""
    deadline = monotonic() + within
    while True:
        result = probe()
        value = await result if isawaitable(result) else result
        if value:
            return value
        assert monotonic() < deadline, f"not within {within} s: last was {value!r}"
        await asyncio.sleep(every)
