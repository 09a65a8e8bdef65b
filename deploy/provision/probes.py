"""Asking a part whether it is ready, and waiting until it is."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

Probe = Callable[[], Awaitable[bool]]
_ATTEMPT = 2.0


async def until(probe: Probe, within: float, *, every: float = 0.05) -> bool:
    """Whether the probe answered true within so many seconds."""
    deadline = monotonic() + within
    while not await probe():
        if monotonic() >= deadline:
            return False
        await asyncio.sleep(every)
    return True


async def http_ok(host: str, port: int, path: str) -> bool:
    """Whether ``GET path`` answers 200."""
    try:
        async with asyncio.timeout(_ATTEMPT):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(f"GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
            status = await reader.readline()
            writer.close()
    except (OSError, TimeoutError):
        return False
    return b" 200 " in status
