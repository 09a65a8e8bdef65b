"""Private parts of aiokafka that we cannot do without, all in one place: look here at an upgrade.

`shared.bus.raw_batches` has those of its unpacking.
"""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from weakref import WeakSet

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient, ConnectionGroup
from aiokafka.protocol.produce import ProduceRequest


def client_of(admin: AIOKafkaAdminClient) -> AIOKafkaClient:
    """The admin's own connections: it has no public way to ask for offsets of a log."""
    return admin._client


def positions(consumer: AIOKafkaConsumer) -> Iterator[tuple[TopicPartition, int]]:
    """Partitions that have a position, with it. The public way waits for one that is not there."""
    for where in consumer.assignment():
        state = consumer._subscription.subscription.assignment.state_value(where)
        if state is not None and state.has_valid_position:
            yield where, state.position


def hold_back(consumer: AIOKafkaConsumer, seconds: float) -> None:
    """Has it ask for nothing new so long while some of what has come waits to be taken.

    It asks a broker one thing at a time. What it asked meanwhile would be without the partition
    that waits, whose next records would come only after that has been answered.
    """
    consumer._fetcher._prefetch_backoff = seconds


def raise_errors(consumer: AIOKafkaConsumer) -> None:
    """Raises what the consumer's group failed with, as a poll does."""
    consumer._coordinator.check_errors()


def guard(client: AIOKafkaClient, check: Callable[[], Awaitable[None]]) -> None:
    """Makes a producer's client ``check`` before it produces over a connection that is new.

    A broker is not emptied without its connections breaking, and the producer would send again
    what was in flight by itself: on an emptied cluster it would stand before all that is older.
    """
    plain, checked = client.send, WeakSet[Any]()

    async def send(node: int, request: Any, *, group: Any = ConnectionGroup.DEFAULT) -> Any:
        if isinstance(request, ProduceRequest):
            # aiokafka has no public word for "a new connection"; `send` makes it the same way
            connection = await client._get_conn(node, group=group)
            if connection is not None and connection not in checked:
                await check()
                checked.add(connection)
        return await plain(node, request, group=group)

    client.send = send
