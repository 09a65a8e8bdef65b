"""More processes like one of a stack's workers, in its consumer group."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from deploy.local.processes import Part, Report
from deploy.local.stack import Stack
from deploy.provision.probes import http_ok
from deploy.topology import HOST

_WITHIN = 60.0


@asynccontextmanager
async def replica(stack: Stack, name: str, number: int, report: Report) -> AsyncIterator[Part]:
    """One more worker like the part ``name``, ready; it leaves in peace at the end.

    It has a health port, a log and a name (``referral.work-2``) of its own and is started again
    when it dies, as every part is. Raises `StackError`.
    """
    port = stack.spare_port()
    usual = stack.part(name).launch
    launch = replace(
        usual,
        name=f"{name}-{number}",
        log=stack.log(f"{name}-{number}"),
        environment={**usual.environment, "TIREK_HEALTH_PORT": str(port)},
    )
    part = Part(launch, lambda: http_ok(HOST, port, "/health/ready"), report, stack.variant.backoff)
    await part.start(_WITHIN)
    try:
        yield part
    finally:
        await part.stop()


@asynccontextmanager
async def scaled(
    stack: Stack, names: Sequence[str], count: int, report: Report
) -> AsyncIterator[None]:
    """Each of these workers ``count`` times in all."""
    async with AsyncExitStack() as life:
        for name in names:
            for number in range(2, count + 1):
                await life.enter_async_context(replica(stack, name, number, report))
        yield
