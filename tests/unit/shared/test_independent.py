"""Batches fall into groups that a handler may take together."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.bus.consume import independent
from shared.events import Body, Envelope, Event, event_type
from shared.events.notify import AlertSent, AnswerReceived

KINDS: tuple[type[Body], ...] = (AlertSent, AnswerReceived)


def event(number: int, key: str, kind: type[Body]) -> Event[Any]:
    """The ``number``-th event of a batch."""
    envelope = Envelope(
        id=str(number),
        type=event_type(kind),
        source="notify",
        subject="s",
        key=key,
        time=datetime(2026, 1, 1, tzinfo=UTC),
        correlation_id=key,
        aggregate_version=1,
    )
    return Event(envelope, kind.model_construct())


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(KINDS)), max_size=30))
def test_every_event_once_no_key_twice_and_in_order(batch: list[tuple[str, type[Body]]]) -> None:
    """A group has one type and no key twice; across groups each key keeps its order."""
    events = [event(number, key, kind) for number, (key, kind) in enumerate(batch)]
    groups = independent(events)
    for group in groups:
        keys = [each.envelope.key for each in group]
        assert len(set(keys)) == len(keys)
        assert len({type(each.body) for each in group}) == 1
    flat = [each for group in groups for each in group]
    assert sorted(int(each.id) for each in flat) == list(range(len(batch)))
    for key in "abc":
        assert [int(one.id) for one in flat if one.envelope.key == key] == [
            number for number, (of, _) in enumerate(batch) if of == key
        ]


def test_one_type_and_many_keys_is_one_group() -> None:
    """The common case: a burst of reports is one call."""
    events = [event(number, str(number), AlertSent) for number in range(500)]
    assert independent(events) == [events]
