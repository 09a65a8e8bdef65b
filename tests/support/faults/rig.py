"""A stack with its links, from beginning to end."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.processes import Report
from deploy.local.stack import Stack
from deploy.local.variant import Variant
from shared.settings import Environment
from tests.support.faults.link import Link, opened


@dataclass(frozen=True, slots=True)
class Rig:
    """What can be broken."""

    stack: Stack
    links: dict[str, Link]
    """By their names in the variant."""


@asynccontextmanager
async def rig(
    state: Path, *parts: str, variant: Variant, report: Report | None = None
) -> AsyncIterator[Rig]:
    """The links listen before anybody starts, and until everybody has ended."""
    stack = Stack(
        state, ports="free", env=Environment.TEST, parts=(), report=report, variant=variant
    )
    async with AsyncExitStack() as life:
        await stack.__aenter__()
        try:
            links = await life.enter_async_context(opened(stack.links))
            await stack.ensure(*parts)
            yield Rig(stack, links)
        finally:
            await stack.__aexit__()
