"""Which records on the topics still need a sealing key: every record that is retained is read."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from deploy.local.key_use import Look, Need, Tally, Told
from shared.events.topics import TOPICS

ROLLED = timedelta(days=7)
"""Kafka removes whole segments and begins a new one at least so often: a record may outstay its
retention by that much."""
SILENCE_MS = 15_000


class Silent(Exception):
    """Kafka does not answer, or gives nothing more of what it has."""


async def on_topics(look: Look, kafka: str, told: Told) -> list[Need]:
    """What on the topics needs the key. Raises `Silent`."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=kafka, auto_offset_reset="earliest", request_timeout_ms=SILENCE_MS
    )
    try:
        await consumer.start()
        needs: list[Need] = []
        for topic in TOPICS.values():
            tally = Tally(topic.name, topic.retention + ROLLED, "")
            await _read(consumer, look, tally, told)
            needs += tally.needs()
    except (KafkaError, OSError, TimeoutError) as problem:
        raise Silent(f"Kafka does not answer at {kafka}: {type(problem).__name__}") from problem
    else:
        return needs
    finally:
        await consumer.stop()


async def _read(consumer: AIOKafkaConsumer, look: Look, tally: Tally, told: Told) -> None:
    starts, ends = await _span(consumer, tally.where)
    total, done = sum(ends[place] - starts[place] for place in starts), 0
    behind = {place for place in starts if starts[place] < ends[place]}
    while behind:
        fetched: Mapping[Any, Any] = await consumer.getmany(*behind, timeout_ms=SILENCE_MS)
        if not fetched:
            raise Silent(f"{tally.where} has more, and Kafka does not give it")
        for place, records in fetched.items():
            for record in records:
                at = datetime.fromtimestamp(record.timestamp / 1000, UTC)
                tally.add(look.needs(record.value or b""), at)
            done += len(records)
            if await consumer.position(place) >= ends[place]:
                behind.discard(place)
        told(tally.where, min(done, total), total)


async def _span(
    consumer: AIOKafkaConsumer, topic: str
) -> tuple[dict[TopicPartition, int], dict[TopicPartition, int]]:
    """Where the topic begins and ends now, by partition."""
    if topic not in await consumer.topics():
        raise Silent(f"there is no topic {topic} at this broker: is it the right one?")
    places = [TopicPartition(topic, each) for each in consumer.partitions_for_topic(topic) or ()]
    consumer.assign(places)
    starts = await consumer.beginning_offsets(places)
    ends = await consumer.end_offsets(places)
    for place in places:
        consumer.seek(place, starts[place])
    return starts, ends
