"""The SMSC of a running stack misbehaves on request."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from deploy.local.stack import Stack
from deploy.simulators.faults import Mode
from deploy.simulators.receipts import Receipts


@asynccontextmanager
async def smsc(
    stack: Stack, mode: Mode, *, count: int | None = None, seconds: float | None = None
) -> AsyncIterator[None]:
    """See `Mode`: for the next ``count`` texts, or until the block ends.

    ``seconds`` is the delay of `Mode.SLOW`; with `Mode.DROP_BIND` and no count how long nobody may
    bind; else how long the mode lasts at most.
    """
    await _post(stack, "/api/faults", {"mode": mode, "count": count, "seconds": seconds})
    try:
        yield
    finally:
        await _post(stack, "/api/faults", {"mode": Mode.NONE})


@asynccontextmanager
async def receipts(
    stack: Stack, kind: Receipts, *, seconds: float | None = None
) -> AsyncIterator[None]:
    """See `Receipts`: for texts taken until the block ends; ``seconds`` for `Receipts.LATE`."""
    await _post(stack, "/api/receipts", {"kind": kind, "seconds": seconds})
    try:
        yield
    finally:
        await _post(stack, "/api/receipts", {"kind": Receipts.ONCE})


async def _post(stack: Stack, path: str, body: dict[str, object]) -> None:
    async with httpx.AsyncClient(timeout=5) as http:
        (await http.post(stack.url("phones") + path, json=body)).raise_for_status()
