"""Kafka's brokers gone for a while, or with everything they had."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Iterable
from contextlib import asynccontextmanager

from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.stack import Stack


@asynccontextmanager
async def down(stack: Stack, *brokers: str) -> AsyncIterator[None]:
    """``kill -9`` of these (all, unless named); up again at the end, ready when this returns."""
    parts = [stack.part(name) for name in brokers or stack.brokers]
    await _together(part.stop(by=signal.SIGKILL) for part in parts)
    try:
        yield
    finally:
        await _together(part.start(within=60) for part in parts)


async def wipe(stack: Stack) -> None:
    """All records and offsets of all brokers gone; a new cluster, with its topics, on their ports.

    As after the loss of every disk. Ready when this returns.
    """
    async with down(stack):
        stack.cluster.forget()
        await stack.cluster.create(stack.log("kafka"))
    await stack.make_topics()


async def cluster_id(stack: Stack) -> str:
    """What the brokers call their cluster."""
    admin = AIOKafkaAdminClient(**stack.bus().client(), request_timeout_ms=10_000)
    await admin.start()
    try:
        described = await admin.describe_cluster()
    finally:
        await admin.close()
    return str(described["cluster_id"])


async def _together(acts: Iterable[Awaitable[None]]) -> None:
    # each to its end, whatever becomes of the others: none may be left down
    results = await asyncio.gather(*acts, return_exceptions=True)
    for result in results:
        if result is not None:
            raise result
