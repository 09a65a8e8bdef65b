"""A loop that fails for ever fills no disk, hides nothing else, and says how much it left out."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import structlog

from shared import log_floods, metrics
from shared import logging as narrow
from shared.log_floods import LEFT_OUT, MOST, WINDOW


class Minute:
    """A clock that the test turns, and what was written."""

    def __init__(self, stream: StringIO) -> None:
        self.now = 1000.0
        self._stream = stream

    @property
    def lines(self) -> list[dict[str, Any]]:
        """All that was written."""
        return [json.loads(line) for line in self._stream.getvalue().splitlines()]

    def of(self, event: str) -> list[dict[str, Any]]:
        """The lines of one event."""
        return [each for each in self.lines if each["event"] == event]


@pytest.fixture
def minute(monkeypatch: pytest.MonkeyPatch) -> Iterator[Minute]:
    """A process configured like ours."""
    stream = StringIO()
    made = Minute(stream)
    monkeypatch.setattr(log_floods, "monotonic", lambda: made.now)
    narrow.configure("intake", "test", stream)
    yield made
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    logging.getLogger().handlers.clear()


def left_out() -> float:
    """The metric."""
    return float(metrics.LOG_LEFT_OUT._value.get())


@pytest.mark.parametrize("level", ["info", "warning", "error", "critical"])
def test_a_flood_is_cut_and_counted(minute: Minute, level: str) -> None:
    """17,265 lines a minute of one happening: the first ones, and one that says how many more."""
    before = left_out()
    log = structlog.get_logger()
    for _ in range(17_265):
        getattr(log, level)("relay.waiting", name="topic", topic="tirek.notify")
    assert len(minute.lines) == MOST
    assert left_out() - before == 17_265 - MOST
    minute.now += WINDOW
    getattr(log, level)("relay.waiting", name="topic", topic="tirek.notify")
    [said] = minute.of(LEFT_OUT)
    assert said["count"] == 17_265 - MOST
    assert said["name"].startswith("relay.waiting ")
    assert len(minute.of("relay.waiting")) == MOST + 1


def test_what_a_flood_left_out_is_said_with_the_next_line_of_any_kind(minute: Minute) -> None:
    """Also when it has ended by itself."""
    log = structlog.get_logger()
    for _ in range(MOST + 5):
        log.error("http.failed", route="/offers")
    minute.now += WINDOW
    log.info("reply.taken")
    assert [each["count"] for each in minute.of(LEFT_OUT)] == [5]
    minute.now += WINDOW
    log.info("reply.taken")
    assert len(minute.of(LEFT_OUT)) == 1


def test_a_flood_hides_no_other_happening(minute: Minute) -> None:
    """Another topic, another route, another level, another library."""
    log = structlog.get_logger()
    for _ in range(2 * MOST):
        log.warning("consume.waiting", name="database", topic="tirek.notify")
        logging.getLogger("aiokafka.cluster").warning("Topic not found")
    log.warning("consume.waiting", name="database", topic="tirek.intake")
    log.critical("worker.failed", name="relay")
    log.error("consume.waiting", name="database", topic="tirek.notify")
    assert len(minute.of("consume.waiting")) == MOST + 2
    assert len(minute.of("library.warned")) == MOST
    assert len(minute.of("worker.failed")) == 1


def test_names_without_end_are_a_flood_of_memory_too(minute: Minute) -> None:
    """What is remembered has a bound."""
    log = structlog.get_logger()
    for number in range(5_000):
        log.info("x", name=str(number))
    floods = next(
        each for each in structlog.get_config()["processors"] if isinstance(each, log_floods.Floods)
    )
    assert len(floods._counts) <= 1_001
    assert len(minute.lines) == 5_000
