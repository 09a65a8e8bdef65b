"""The broker asks who one is: nobody comes in without a name, and a name opens its own row only."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    TopicAuthorizationFailedError,
)

from deploy.local.stack import Stack
from deploy.provision import kafka_requests
from deploy.provision.bus_rules import Operation, Resource, Rule, rules
from deploy.topology import SERVICES
from shared.bus.access import GONE, REFUSED, Access
from shared.bus.aiokafka_private import client_of
from shared.bus.relay import Relay
from shared.bus.subscriber import await_kafka
from shared.db import Database
from shared.events.topics import TOPICS
from shared.runtime.health import Health
from tests.support.bus import NotifyLike, sealer, settings
from tests.support.eventually import eventually


@asynccontextmanager
async def writing(access: Access) -> AsyncIterator[AIOKafkaProducer]:
    """A producer like a relay's."""
    producer = AIOKafkaProducer(
        **access.client(), acks="all", enable_idempotence=True, request_timeout_ms=5000
    )
    await producer.start()
    try:
        yield producer
    finally:
        with suppress(TimeoutError):  # after a refusal it may not end
            await asyncio.wait_for(producer.stop(), 2)


@asynccontextmanager
async def administering(access: Access) -> AsyncIterator[AIOKafkaAdminClient]:
    """An admin client."""
    admin = AIOKafkaAdminClient(**access.client(), request_timeout_ms=5000)
    try:
        await admin.start()
        yield admin
    finally:
        await admin.close()


@pytest.mark.parametrize(
    "stranger",
    [
        lambda stack: Access(stack.kafka),
        lambda stack: replace(stack.bus("referral"), password="guessed"),
        lambda stack: replace(stack.bus("referral"), user="nobody"),
        lambda stack: replace(stack.bus("referral"), mechanism="PLAIN"),
    ],
    ids=["no name", "another password", "another name", "a password shown"],
)
async def test_whoever_is_not_known_sees_and_writes_nothing(
    stack: Stack, stranger: Callable[[Stack], Access]
) -> None:
    """Not even which topics there are; and it can be told why."""
    access = stranger(stack)
    with pytest.raises(KafkaConnectionError):
        async with administering(access) as admin:
            await admin.list_topics()
    with pytest.raises(KafkaConnectionError):
        async with writing(access):
            pass
    assert await access.absence() == REFUSED


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_writes_on_its_own_topic_alone(stack: Stack, service: str) -> None:
    """Whoever has its password, too."""
    async with administering(stack.bus(service)) as admin:
        seen = set(await admin.list_topics())
    for owner, topic in TOPICS.items():
        if owner != service:
            async with writing(stack.bus(service)) as producer:
                with pytest.raises(TopicAuthorizationFailedError):
                    await producer.send_and_wait(topic.name, b"x", partition=0)
    assert TOPICS[service].name in seen


async def test_nobody_joins_anothers_group_or_moves_its_offsets(stack: Stack) -> None:
    """With the password of a service that reads the same topic: it would take partitions."""
    place = TopicPartition("tirek.referral", 0)
    joining = AIOKafkaConsumer(
        "tirek.referral", **stack.bus("intake").client(), group_id="committee"
    )
    with pytest.raises(GroupAuthorizationFailedError):
        await joining.start()
    await joining.stop()
    moving = AIOKafkaConsumer(
        **stack.bus("intake").client(), group_id="committee", enable_auto_commit=False
    )
    await moving.start()
    try:
        moving.assign([place])
        with pytest.raises(GroupAuthorizationFailedError):
            await moving.commit({place: 1000})
    finally:
        await moving.stop()
    async with administering(stack.bus("intake")) as admin:
        with pytest.raises(GroupAuthorizationFailedError):
            await admin.list_consumer_group_offsets("committee")


async def test_what_the_table_does_not_name_is_not_read(stack: Stack) -> None:
    """Sealed as it is."""
    reading = AIOKafkaConsumer("tirek.console", **stack.bus("intake").client())
    with pytest.raises(TopicAuthorizationFailedError):
        await reading.start()
    await reading.stop()


async def test_another_password_has_a_name_in_health(stack: Stack) -> None:
    """The broker's refusal is told apart from its absence, and nothing hangs."""
    await stack.ensure("notify.migrate")
    refused = replace(stack.bus("notify"), password="of last year")
    db = Database(settings(stack, NotifyLike))
    await db.open()
    health = Health()
    relay = Relay(db, sealer(stack, "notify"), refused, health)
    works = [
        asyncio.create_task(relay.run()),
        asyncio.create_task(await_kafka(refused, health, "consumer")),
    ]

    async def named() -> bool:
        return health.waiting == dict.fromkeys(("relay", "consumer"), REFUSED)

    try:
        await eventually(named, within=30)
    finally:
        for work in works:
            work.cancel()
        await asyncio.wait(works, timeout=15)
        await db.close()
    assert await Access("127.0.0.1:1").absence() == GONE


async def test_a_rule_that_the_table_no_longer_has_goes(stack: Stack) -> None:
    """And one of somebody who is no service of ours stays."""
    surplus = Rule(Resource.TOPIC, "tirek.console", "intake", Operation.READ)
    others = Rule(Resource.TOPIC, "tirek.console", "somebody", Operation.READ)
    async with administering(stack.bus()) as admin:
        client = client_of(admin)
        await kafka_requests.allow(client, [surplus, others])

        async def shows(wanted: frozenset[Rule]) -> bool:
            return await kafka_requests.allowed(client, 1) == wanted

        def becomes(wanted: frozenset[Rule]) -> Awaitable[bool]:
            return eventually(lambda: shows(wanted), within=20)

        await becomes(rules() | {surplus, others})
        await stack.make_topics()
        await becomes(rules() | {others})
        await kafka_requests.forbid(client, [others])
        await becomes(rules())
