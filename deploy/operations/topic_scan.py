"""Reads a topic once, from its beginning to where it ends now, in no group: nothing is committed.

Only what anybody on the bus may see is read: headers, and whose key a record names as its seal's.
"""

from array import array
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import UnknownTopicOrPartitionError

from deploy.operations.topic_reader import Span
from shared.bus import cluster_state, wire
from shared.bus.access import Access
from shared.bus.raw_batches import tolerate
from shared.errors import Forged, Unavailable, Unprocessable
from shared.events import Envelope
from shared.security.sealing import sealed_by

_GONE, _STRANGE = 0, -1


@dataclass(frozen=True, slots=True)
class Claim:
    """What a record says of itself; ``seq`` is none for a record that is no event.

    ``envelope`` is none where it cannot be read. ``forged``: another service than the topic's says
    it, or has sealed it.
    """

    partition: int
    offset: int
    seq: int | None
    digest: str
    envelope: Envelope | None = None
    forged: bool = False

    @classmethod
    def of(cls, record: Any) -> Self:
        """Reads the headers of a record."""
        headers = dict(record.headers)
        seq: int | None
        try:
            seq, digest = int(headers["ce_producerseq"]), headers["ce_digest"].decode()
        except (KeyError, ValueError, AttributeError):
            seq, digest = None, ""
        envelope, forged = None, False
        try:
            envelope = wire.decode_envelope(record.topic, record.key, record.headers)
            forged = sealed_by(record.value or b"") != envelope.source
        except Forged:
            forged = True
        except Unprocessable:
            pass  # it has a number at most, which is held against the outbox
        return cls(record.partition, record.offset, seq, digest, envelope, forged)


class TopicScan:
    """One reading. It remembers which number lies at which offset: eight bytes a record."""

    def __init__(self, consumer: AIOKafkaConsumer, places: Sequence[TopicPartition]) -> None:
        self._consumer = consumer
        self._places = places
        self._starts: dict[int, int] = {}
        self._numbers: dict[int, array[int]] = {}

    @classmethod
    @asynccontextmanager
    async def opened(cls, kafka: Access, topic: str) -> AsyncIterator[Self]:
        """Connects; raises what aiokafka does, and `Unavailable` without the topic."""
        try:
            seen = await cluster_state.look(kafka, topic)
        except UnknownTopicOrPartitionError as problem:
            raise Unavailable(f"topic {topic}") from problem
        tolerate()
        consumer = AIOKafkaConsumer(**kafka.client(), auto_offset_reset="earliest")
        await consumer.start()
        try:
            yield cls(consumer, [TopicPartition(topic, each) for each in sorted(seen.ends)])
        finally:
            await consumer.stop()

    async def ends(self) -> dict[int, int]:
        """By partition the next offset."""
        found = await self._consumer.end_offsets(self._places)
        return {place.partition: end for place, end in found.items()}

    async def pages(self) -> AsyncIterator[list[Claim]]:
        """All records up to where the topic ends now; raises `Unavailable` when it is silent."""
        span = await Span.of(self._consumer, self._places)
        for place, start in span.starts.items():
            self._starts[place.partition] = start
            self._numbers[place.partition] = array("q")
        async for _, records in span.pages(self._consumer):
            page = [Claim.of(record) for record in records]
            self._remember(page)
            yield page

    def _remember(self, page: Sequence[Claim]) -> None:
        for claim in page:
            numbers = self._numbers[claim.partition]
            here = claim.offset - self._starts[claim.partition]
            numbers.extend([_GONE] * (here - len(numbers)))  # swept while we read
            numbers.append(_STRANGE if claim.seq is None else claim.seq)

    def lacks(self, seq: int, partition: int | None, offset: int | None) -> bool:
        """Whether that place holds something else, or never was. Of what was swept nobody knows."""
        if partition not in self._numbers or offset is None:
            return True
        here, numbers = offset - self._starts[partition], self._numbers[partition]
        return here >= len(numbers) or (here >= 0 and numbers[here] not in (_GONE, seq))
