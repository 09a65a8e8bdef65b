"""Commits of offsets: what cannot be committed is tried ever more rarely, and nothing is lost."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from aiokafka import TopicPartition

from shared.bus import offsets
from shared.bus.offsets import EVERY, LONGEST_WAIT, Offsets
from tests.support.eventually import eventually

HERE, THERE = TopicPartition("tirek.notify", 0), TopicPartition("tirek.intake", 0)


class Consumer:
    """Its commits do not return while a topic is missing, as aiokafka's do not."""

    def __init__(self) -> None:
        self.missing = True
        self.asked: list[dict[TopicPartition, int]] = []

    def assignment(self) -> set[TopicPartition]:
        """Both partitions."""
        return {HERE, THERE}

    async def commit(self, wanted: Mapping[TopicPartition, int]) -> None:
        """As `AIOKafkaConsumer.commit`."""
        self.asked.append(dict(wanted))
        if self.missing:
            await asyncio.get_running_loop().create_future()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was paused; nobody waits."""
    found: list[float] = []

    async def pause(seconds: float) -> None:
        found.append(seconds)

    monkeypatch.setattr(offsets, "pause", pause)
    monkeypatch.setattr(offsets, "WITHIN", 0.001)
    return found


async def test_a_missing_topic_is_asked_for_ever_more_rarely(pauses: list[float]) -> None:
    """Ten times a second, with a line for each partition, fills a disk."""
    consumer: Any = Consumer()
    committing = Offsets()
    committing.put({HERE: 7}, consumer)
    await eventually(lambda: len(pauses) >= 12)
    assert pauses[:3] == [EVERY, 2 * EVERY, 4 * EVERY]
    assert pauses[-1] == LONGEST_WAIT
    consumer.missing = False
    await eventually(lambda: committing._at_work is None)
    assert consumer.asked[-1] == {HERE: 7}
    await committing.close()


async def test_what_could_not_be_committed_goes_with_what_comes_later(pauses: list[float]) -> None:
    """The furthest of each partition, and none is forgotten."""
    consumer: Any = Consumer()
    committing = Offsets()
    committing.put({HERE: 7, THERE: 3}, consumer)
    await eventually(lambda: len(consumer.asked) >= 2)
    committing.put({HERE: 9}, consumer)
    await eventually(lambda: consumer.asked[-1] == {HERE: 9, THERE: 3})
    consumer.missing = False
    await eventually(lambda: committing._at_work is None)
    assert consumer.asked[-1] == {HERE: 9, THERE: 3}
    assert pauses
    await committing.close()
