"""Reader of whole topics: from the first record that is kept to the last one now, in no group."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.errors import Unavailable

SILENCE_MS = 15_000
"""So long a topic that has more may give nothing."""
PAGE = 500


@dataclass(frozen=True, slots=True)
class Span:
    """What is to be read: of each place the first offset, and the one behind the last."""

    starts: Mapping[TopicPartition, int]
    ends: Mapping[TopicPartition, int]

    @classmethod
    async def of(cls, consumer: AIOKafkaConsumer, places: Sequence[TopicPartition]) -> Self:
        """As it is now; raises what aiokafka does."""
        return cls(await consumer.beginning_offsets(places), await consumer.end_offsets(places))

    async def pages(
        self, consumer: AIOKafkaConsumer
    ) -> AsyncIterator[tuple[TopicPartition, list[Any]]]:
        """Every record, some of one place at a time. Raises `Unavailable` when Kafka is silent."""
        # once for all topics: aiokafka may hang when it stops after a second assignment
        consumer.assign(list(self.starts))
        for place, start in self.starts.items():
            consumer.seek(place, start)
        behind = {place for place, start in self.starts.items() if start < self.ends[place]}
        while behind:
            fetched = await consumer.getmany(*behind, timeout_ms=SILENCE_MS, max_records=PAGE)
            if not fetched:
                raise Unavailable("Kafka")
            for place, records in fetched.items():
                yield place, [record for record in records if record.offset < self.ends[place]]
                if await consumer.position(place) >= self.ends[place]:
                    behind.discard(place)
