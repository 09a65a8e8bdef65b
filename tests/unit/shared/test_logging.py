"""A log line holds codes, counts and opaque ids; whatever else is handed to it is dropped."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog

from shared import logging as narrow
from shared.errors import Unavailable


@pytest.fixture
def written() -> Iterator[StringIO]:
    """What a process configured like ours writes."""
    stream, before = StringIO(), structlog.get_config()
    narrow.configure("intake", "test", stream)
    yield stream
    structlog.configure(**before)
    structlog.contextvars.clear_contextvars()
    logging.getLogger().handlers.clear()


def test_a_key_nobody_allowed_is_dropped_by_name(written: StringIO) -> None:
    """A careless argument cannot write somebody's number."""
    structlog.get_logger().info("intake.reported", incident_id="i-1", phone="+996000123456")
    line = json.loads(written.getvalue())
    assert line["incident_id"] == "i-1"
    assert "+996000123456" not in json.dumps(line)
    assert "phone" in line["name"]


def test_an_exception_leaves_its_type_and_place_and_not_its_words(
    written: StringIO,
) -> None:
    """Messages of libraries quote what they were given."""
    problem = Unavailable("database")
    problem.__cause__ = ValueError("Айсулуу Үлгү")
    structlog.get_logger().error("http.failed", exc_info=problem)
    said = written.getvalue()
    assert "Айсулуу" not in said
    assert json.loads(said)["exception"][0].startswith("Unavailable at ")
    assert json.loads(said)["exception"][1].startswith("ValueError at ")


def test_a_library_says_who_it_is_and_not_what_it_saw(written: StringIO) -> None:
    """Free text goes no further."""
    logging.getLogger("aiokafka.consumer").warning("record %s", "Айсулуу Үлгү")
    said = written.getvalue()
    assert "Айсулуу" not in said
    assert json.loads(said)["name"].startswith("aiokafka.consumer:")
