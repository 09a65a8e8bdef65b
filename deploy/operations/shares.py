"""Shares of a consumer group, by member: ``python -m deploy.operations.shares KAFKA GROUP``."""

import asyncio
import sys
from collections import Counter

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment

from deploy.operations import running_demo
from shared.bus.access import Access


async def shares(kafka: Access, group: str) -> list[int]:
    """How many partitions each member of a consumer group reads, most first.

    Raises `AssertionError` if two members read the same one.
    """
    admin = AIOKafkaAdminClient(**kafka.client(), request_timeout_ms=10_000)
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


if __name__ == "__main__":
    sys.stdout.write(f"{asyncio.run(shares(running_demo.kafka(sys.argv[1]), sys.argv[2]))}\n")
