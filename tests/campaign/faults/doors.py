"""Doors: somebody at the broker without a name, or with one service's, tries what is another's."""

from itertools import cycle

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    TopicAuthorizationFailedError,
)

from shared.bus.access import Access
from tests.campaign.scene import Fault, Must, Scene

TRIES = 24
_KEPT_OUT = (
    KafkaConnectionError,
    TopicAuthorizationFailedError,
    GroupAuthorizationFailedError,
)


async def _write(access: Access) -> None:
    producer = AIOKafkaProducer(**access.client(), acks="all")
    try:
        await producer.start()
        await producer.send_and_wait("tirek.intake", b"anything", partition=0)
    finally:
        await producer.stop()


async def _join(access: Access) -> None:
    consumer = AIOKafkaConsumer("tirek.intake", **access.client(), group_id="referral")
    try:
        await consumer.start()
    finally:
        await consumer.stop()


async def _move_offsets(access: Access) -> None:
    places = [TopicPartition("tirek.intake", number) for number in range(6)]
    consumer = AIOKafkaConsumer(**access.client(), group_id="referral", enable_auto_commit=False)
    try:
        await consumer.start()
        consumer.assign(places)
        await consumer.commit(dict.fromkeys(places, 1_000_000))
    finally:
        await consumer.stop()


async def knocking(scene: Scene) -> int:
    """Each of these, without a name and with console's, all the time."""
    comes = (Access(scene.stack.kafka), scene.stack.bus("console"))
    tries = cycle([(attempt, who) for attempt in (_write, _join, _move_offsets) for who in comes])
    kept_out = 0

    async def once(_number: int) -> None:
        nonlocal kept_out
        attempt, who = next(tries)
        try:
            await attempt(who)
        except _KEPT_OUT:
            kept_out += 1

    made = await scene.spread(TRIES, once)
    scene.measured["kept out"] = kept_out
    scene.require(kept_out == made, f"{made - kept_out} of {made} tries were let in")
    return made


TABLE = (
    Fault(
        "knocking",
        "Somebody without a name, or with another service's, writes, joins and moves offsets.",
        knocking,
        Must(late=10.0),
    ),
)
"""Faults of who comes to the broker."""
