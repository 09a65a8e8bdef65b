"""More processes like one of a stack's workers, in its consumer group, and who reads what."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment

from deploy.local.probes import http_ok
from deploy.local.processes import Part, Report
from deploy.local.stack import Stack
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


async def shares(kafka: str, group: str) -> list[int]:
    """How many partitions each member of a consumer group reads, most first.

    Raises `AssertionError` if two members read the same one.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka, request_timeout_ms=10_000)
    await admin.start()
    try:
        (answer,) = await admin.describe_consumer_groups([group])
    finally:
        await admin.close()
    assigned = [
        ConsumerProtocolMemberAssignment.decode(member[-1]).partitions()
        for described in answer.groups
        for member in described[5]
        if member[-1]
    ]
    readers = Counter(partition for each in assigned for partition in each)
    if twice := [partition for partition, count in readers.items() if count > 1]:
        raise AssertionError(f"{group}: two members read {twice[0]}")
    return sorted((len(each) for each in assigned), reverse=True)
