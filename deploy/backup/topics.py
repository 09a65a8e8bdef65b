"""Empty topics, so that a restored outbox may say everything again from its first number.

After a restore the topics know events that the database does not, and readers' offsets stand behind
events that it has not seen. So all records go; offsets of partitions and of readers only ever rise,
hence nobody passes over what is published next.
"""

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.errors import KafkaError

from deploy.backup.errors import BackupError
from shared.bus.access import Access
from shared.events.topics import TOPICS

_TO_THE_END = -1
_WITHIN_MS = 30_000


async def empty(kafka: Access) -> list[str]:
    """Empties our topics; answers which. Those that are missing stay so. Raises `BackupError`."""
    partitions = await there(kafka)
    admin = AIOKafkaAdminClient(**kafka.client(), request_timeout_ms=_WITHIN_MS)
    try:
        await admin.start()
        await admin.delete_records(
            {partition: RecordsToDelete(_TO_THE_END) for partition in partitions}
        )
    except (KafkaError, OSError, TimeoutError) as problem:
        raise BackupError(
            f"the topics could not be emptied ({type(problem).__name__}), and until they are the "
            "databases stay closed: run the same command again"
        ) from None
    finally:
        await admin.close()
    return sorted({each.topic for each in partitions})


async def there(kafka: Access) -> list[TopicPartition]:
    """All partitions of our topics; raises `BackupError` when Kafka does not answer."""
    admin = AIOKafkaAdminClient(**kafka.client(), request_timeout_ms=10_000)
    try:
        await admin.start()
        ours = {topic.name for topic in TOPICS.values()} & set(await admin.list_topics())
        described = await admin.describe_topics(sorted(ours)) if ours else []
    except (KafkaError, OSError, TimeoutError) as problem:
        raise BackupError(f"Kafka does not answer at {kafka}: {type(problem).__name__}") from None
    finally:
        await admin.close()
    return [
        TopicPartition(topic["topic"], partition["partition"])
        for topic in described
        for partition in topic["partitions"]
    ]
