"""Which records on the topics still need a sealing key: every record that is retained is read."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, UnknownTopicOrPartitionError

from deploy.operations.key_use import Look, Need, Tally, Told
from deploy.operations.topic_reader import SILENCE_MS, Span
from shared.bus import cluster_state
from shared.bus.access import Access
from shared.bus.raw_batches import tolerate
from shared.errors import Unavailable
from shared.events.topics import TOPICS

ROLLED = timedelta(days=7)
"""Kafka removes whole segments and begins a new one at least so often: a record may outstay its
retention by that much."""
STOP = 5.0


class Silent(Exception):
    """Kafka does not answer, or gives nothing more of what it has."""


async def on_topics(look: Look, kafka: Access, told: Told) -> list[Need]:
    """What on the topics needs the key. Raises `Silent`."""
    tallies = {
        topic.name: Tally(topic.name, topic.retention + ROLLED, "") for topic in TOPICS.values()
    }
    tolerate()
    consumer = AIOKafkaConsumer(
        **kafka.client(), auto_offset_reset="earliest", request_timeout_ms=SILENCE_MS
    )
    try:
        places = [place for name in tallies for place in await _places(kafka, name)]
        await consumer.start()
        await _read(consumer, places, look, tallies, told)
    except UnknownTopicOrPartitionError as problem:
        raise Silent(f"a topic is missing at {kafka}: is that the right broker?") from problem
    except Unavailable as problem:
        raise Silent("Kafka gives nothing more of what it has: try again") from problem
    except (KafkaError, OSError, TimeoutError) as problem:
        raise Silent(f"Kafka does not answer at {kafka}: {type(problem).__name__}") from problem
    finally:
        with suppress(TimeoutError):  # what was read is read
            await asyncio.wait_for(consumer.stop(), STOP)
    return [need for tally in tallies.values() for need in tally.needs()]


async def _places(kafka: Access, topic: str) -> list[TopicPartition]:
    seen = await cluster_state.look(kafka, topic)
    return [TopicPartition(topic, partition) for partition in seen.ends]


async def _read(
    consumer: AIOKafkaConsumer,
    places: Sequence[TopicPartition],
    look: Look,
    tallies: dict[str, Tally],
    told: Told,
) -> None:
    """From the first record that is retained to the last one there is now."""
    span = await Span.of(consumer, places)
    totals, done = Counter[str](), Counter[str]()
    for place in places:
        totals[place.topic] += span.ends[place] - span.starts[place]
    async for place, records in span.pages(consumer):
        for record in records:
            at = datetime.fromtimestamp(record.timestamp / 1000, UTC)
            tallies[place.topic].add(look.needs(record.value or b""), at)
        done[place.topic] += len(records)
        told(place.topic, done[place.topic], totals[place.topic])
