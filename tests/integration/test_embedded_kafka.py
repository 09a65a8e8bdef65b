"""The broker under the suite is Apache Kafka, with the topics of the one table."""

from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError
from rich.console import Console

from deploy.local.java import class_path
from deploy.local.kafka import Kafka, Node
from deploy.local.kafka_identity import identify
from deploy.local.stack import JARS, Stack
from deploy.topology import HOST
from shared.events.topics import TOPICS
from tests.stack import scratch
from tests.support.eventually import eventually

SHARE_GROUPS, RAFT_VOTERS = 78, 80
"""API keys of ShareFetch and AddRaftVoter: Apache Kafka's own, which no other broker implements."""


async def test_the_broker_is_apache_kafka_4_4(stack: Stack) -> None:
    """Not something that speaks its protocol: KRaft's metadata level and APIs nobody else has."""
    broker = await identify(HOST, stack.port("kafka"))
    assert broker.release == "4.4"
    assert {SHARE_GROUPS, RAFT_VOTERS} <= broker.apis.keys()


async def test_the_cluster_is_the_one_this_stack_made(stack: Stack) -> None:
    """Its id is the one its own folder was formatted with."""
    admin = AIOKafkaAdminClient(**stack.bus().client())
    await admin.start()
    try:
        cluster = await admin.describe_cluster()
    finally:
        await admin.close()
    assert cluster["cluster_id"] == (stack.state / "kafka" / "formatted").read_text()
    assert [broker["node_id"] for broker in cluster["brokers"]] == [1]


async def test_topics_are_exactly_those_of_the_table(stack: Stack) -> None:
    """Partitions, retention, and the broker's own time; a second provisioning changes nothing."""
    await stack.make_topics()
    admin = AIOKafkaAdminClient(**stack.bus().client())
    await admin.start()
    try:
        described = await admin.describe_topics([topic.name for topic in TOPICS.values()])
        partitions = {each["topic"]: len(each["partitions"]) for each in described}
        assert partitions == {topic.name: topic.partitions for topic in TOPICS.values()}
        for topic in TOPICS.values():
            resource = ConfigResource(ConfigResourceType.TOPIC, topic.name)
            (answer,) = await admin.describe_configs([resource])
            config = {name: value for name, value, *_more in answer.resources[0][4]}
            assert topic.config().items() <= config.items()
    finally:
        await admin.close()


async def test_a_topic_that_is_there_gets_the_tables_settings(stack: Stack) -> None:
    """One that an older release made, or somebody altered; what else was set for it stays."""
    topic = TOPICS["intake"]
    old = topic.config() | {"compression.type": "uncompressed", "min.insync.replicas": "1"}
    admin = AIOKafkaAdminClient(**stack.bus().client())
    await admin.start()

    async def own() -> dict[str, str]:
        """What is set for the topic itself: a broker follows the controller a moment later."""
        described = [ConfigResource(ConfigResourceType.TOPIC, topic.name)]
        (answer,) = await admin.describe_configs(described)
        return {name: value for name, value, _, source, *_ in answer.resources[0][4] if source == 1}

    async def becomes(wanted: dict[str, str]) -> None:
        async def shown() -> bool:
            return await own() == wanted

        await eventually(shown, within=20)

    try:
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name, old)])
        await becomes(old)
        await stack.make_topics()
        await becomes(topic.config() | {"min.insync.replicas": "1"})
    finally:
        await admin.close()


async def test_a_mistyped_topic_is_not_made(stack: Stack) -> None:
    """Auto-creation is off: publishing to it fails."""
    producer = AIOKafkaProducer(**stack.bus().client(), request_timeout_ms=2000)
    await producer.start()
    try:
        with pytest.raises(KafkaError):
            await producer.send_and_wait("tirek.intak", b"lost")
    finally:
        await producer.stop()


async def test_a_broker_that_was_killed_comes_back_with_what_it_acknowledged() -> None:
    """The same port, the same records."""
    async with scratch("topics") as own:
        producer = AIOKafkaProducer(**own.bus().client(), acks="all")
        await producer.start()
        await producer.send_and_wait("tirek.intake", b"kept", partition=0)
        await producer.stop()
        await own.part("kafka").kill()
        await own.part("kafka").ready()
        consumer = AIOKafkaConsumer(
            "tirek.intake", **own.bus().client(), auto_offset_reset="earliest"
        )
        await consumer.start()
        try:
            record = await consumer.getone()
        finally:
            await consumer.stop()
        assert record.value == b"kept"


async def test_classes_that_were_kept_for_another_java_are_read_out_of_the_jars(
    stack: Stack, tmp_path: Path
) -> None:
    """An archive spares time; one that does not fit, or was damaged, stops nobody."""
    damaged = tmp_path / "classes.jsa"
    damaged.write_bytes(b"no archive" * 1000)
    jars = class_path(JARS, Console())
    node = Node(1, tmp_path, stack.spare_port(), stack.spare_port())
    await Kafka(tmp_path, (node,), jars, damaged, "secret").create(tmp_path / "log")
    assert (tmp_path / "data" / "meta.properties").exists()
    assert "cds" not in (tmp_path / "log").read_text()
