"""Topics as the one table has them; safe to repeat."""

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, for_code

from deploy.errors import StackError
from deploy.provision.probes import until
from shared.events.topics import TOPICS, Topic

_TOPICS_OWN = 1
"""How Kafka marks a setting that is the topic's, and neither the broker's nor a default."""


async def topics(admin: AIOKafkaAdminClient, replication: int) -> None:
    """Makes the topics as the table has them; raises `StackError` when the broker refuses.

    One that is missing is made; one that is there gets the table's settings and keeps its others.
    """
    there = set(await admin.list_topics())
    missing = [topic for topic in TOPICS.values() if topic.name not in there]
    for topic in TOPICS.values():
        if topic.name in there:
            await _configure(admin, topic)
    if not missing:
        return
    answer = await admin.create_topics(
        [
            NewTopic(topic.name, topic.partitions, replication, topic_configs=topic.config())
            for topic in missing
        ]
    )
    for name, code, *_message in answer.topic_errors:
        if code not in (0, TopicAlreadyExistsError.errno):
            raise StackError(f"Kafka did not make topic {name}: {for_code(code).__name__}")

    async def led() -> bool:
        described = await admin.describe_topics([topic.name for topic in missing])
        return all(
            each["error_code"] == 0 and all(part["leader"] >= 0 for part in each["partitions"])
            for each in described
        )

    if not await until(led, within=10):
        raise StackError("Kafka made the topics, but nobody leads their partitions")


async def _configure(admin: AIOKafkaAdminClient, topic: Topic) -> None:
    resource = ConfigResource(ConfigResourceType.TOPIC, topic.name)
    (answer,) = await admin.describe_configs([resource])
    entries = answer.resources[0][4]
    if topic.config().items() <= {name: value for name, value, *_ in entries}.items():
        return
    # whatever is not said again goes back to its default
    own = {name: value for name, value, _, source, *_ in entries if source == _TOPICS_OWN}
    resource.configs = own | topic.config()
    (answer,) = await admin.alter_configs([resource])
    for code, *_message in answer.resources:
        if code:
            raise StackError(f"Kafka did not alter {topic.name}: {for_code(code).__name__}")
