"""How long a partition waits: longer each time, until something of it is handled."""

from collections.abc import Sequence
from typing import Any, cast

import pytest
from aiokafka import ConsumerRecord, TopicPartition

from shared.bus import consume
from shared.errors import RetryLater
from shared.runtime.health import Health
from tests.support.eventually import eventually

WHERE = TopicPartition("tirek.notify", 3)
JITTER = 1.25


class Consumer:
    """Has one partition, and does nothing."""

    def assignment(self) -> set[TopicPartition]:
        """The one."""
        return {WHERE}

    def seek(self, where: TopicPartition, offset: int) -> None:
        """Nowhere."""

    def pause(self, where: TopicPartition) -> None:
        """Not at all."""

    def resume(self, where: TopicPartition) -> None:
        """The same."""

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        """Forgets it."""


class Flaky(consume.Consume):
    """Whatever is asked of it fails while ``fails``; of one by one, only what is ``bad``."""

    fails = False
    bad: frozenset[int] = frozenset()

    async def _together(self, records: Sequence[ConsumerRecord]) -> None:
        _ = records
        if self.fails:
            raise RetryLater("database")

    async def _one(self, record: ConsumerRecord) -> None:
        if record.offset in self.bad:
            raise RetryLater("database")


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long it would have waited, each time."""
    waited: list[float] = []

    async def at_once(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(consume, "pause", at_once)
    return waited


@pytest.fixture
def flaky() -> Flaky:
    """A consume wrapper without a database."""
    nothing = cast(Any, None)
    return Flaky(nothing, nothing, {}, Health())


async def batch(flaky: Flaky, *offsets: int, fails: bool, bad: Sequence[int] = ()) -> None:
    """Hands it these records."""
    flaky.fails, flaky.bad = fails, frozenset(bad)
    records = [
        ConsumerRecord(WHERE.topic, WHERE.partition, each, 0, 1, b"", b"", None, 0, 0, ())
        for each in offsets
    ]
    await flaky.batch(records, cast(Any, Consumer()))


async def test_what_fails_again_waits_longer(flaky: Flaky, waits: list[float]) -> None:
    """It is the same record each time: the world is no better."""
    for _ in range(3):
        await batch(flaky, 1, 2, fails=True, bad=[1])
    await eventually(lambda: len(waits) == 3)
    assert waits[1] > consume.FIRST_WAIT * JITTER < waits[2]


async def test_after_a_success_a_failure_is_the_first_again(
    flaky: Flaky, waits: list[float]
) -> None:
    """Together or alone: an alert must not wait for troubles that are over."""
    await batch(flaky, 1, fails=True, bad=[1])
    await batch(flaky, 1, fails=False)
    await batch(flaky, 2, 3, fails=True, bad=[2])
    await batch(flaky, 2, 3, fails=True, bad=[3])
    await eventually(lambda: len(waits) == 3)
    assert max(waits) <= consume.FIRST_WAIT * JITTER
