"""What audit judges an event by: its neighbours in the chain, in its aggregate and in time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.model.findings import Finding, Kind, gaps
from services.audit.model.judging import PROMPT, TRANSACTION, Around, is_excused, judge, late
from shared.events.envelope import GENESIS

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def event(**fields: object) -> Around:
    """The second one of a producer, as all is well; and then some of it otherwise."""
    named: dict[str, object] = {
        "producer": "notify",
        "seq": 2,
        "event_id": "e2",
        "prev": "d1",
        "digest": "d2",
        "time": NOON,
        "said_at": NOON,
        "appended_at": NOON + SECOND,
        "same": frozenset({"d2"}),
        "before": frozenset({"d1"}),
        "after": frozenset({"d2"}),
        "older": NOON - SECOND,
        "newer": NOON + SECOND,
    }
    return Around(**(named | fields))  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(
    ("otherwise", "found"),
    [
        ({}, []),
        ({"seq": 1, "prev": GENESIS, "before": frozenset()}, []),
        ({"before": frozenset(), "after": frozenset(), "older": None, "newer": None}, []),
        ({"before": frozenset({"d0", "d1"})}, []),
        ({"older": NOON + TRANSACTION, "said_at": NOON + PROMPT}, []),
        ({"appended_at": None}, []),
        ({"same": frozenset({"d2", "x"})}, [(Kind.FORK, 2)]),
        ({"before": frozenset({"x"})}, [(Kind.BROKEN, 2)]),
        ({"seq": 1, "before": frozenset()}, [(Kind.BROKEN, 1)]),
        ({"after": frozenset({"d2", "x"})}, [(Kind.BROKEN, 3)]),
        ({"older": NOON + TRANSACTION + SECOND}, [(Kind.BACKWARDS, 2)]),
        ({"newer": NOON - TRANSACTION - SECOND}, [(Kind.BACKWARDS, 2)]),
        ({"said_at": NOON + PROMPT + 2 * SECOND}, [(Kind.AHEAD, 2)]),
    ],
)
def test_each_thing_that_does_not_fit_is_found_and_nothing_else(
    otherwise: dict[str, object], found: list[tuple[Kind, int]]
) -> None:
    """Two that meet in one row of the database are no matter, nor is what is not known yet."""
    assert [(each.kind, each.first) for each in judge(event(**otherwise))] == found


def test_what_came_late_is_excused_by_a_silence_and_by_nothing_else() -> None:
    """Nothing of its producer came in time after what it says, and nothing before it is younger."""
    waited = event(said_at=NOON - 10 * PROMPT)
    assert waited.is_late
    assert not event(appended_at=NOON + PROMPT).is_late
    told = waited.said_at
    assert is_excused(waited, None, None)
    assert is_excused(waited, told + PROMPT, told + PROMPT)
    assert not is_excused(waited, told + PROMPT + SECOND, None)
    assert not is_excused(waited, None, told + PROMPT + SECOND)
    assert late(waited) == Finding(Kind.LATE, "notify", 2, 2, "e2")


def test_what_is_said_of_a_finding_makes_none_by_its_time() -> None:
    """With audit's own clock an hour wrong each would be one more, for ever; a second event of its
    number is found all the same."""
    hour = timedelta(hours=1)
    for apart in (hour, -hour):
        echo = event(producer="audit", said_at=NOON + apart, same=frozenset({"d2", "x"}), echo=True)
        assert not echo.is_late
        assert [each.kind for each in judge(echo)] == [Kind.FORK]


@given(st.integers(0, 50), st.sets(st.integers(1, 100)))
def test_gaps_are_the_numbers_between_and_no_others(known_to: int, numbers: set[int]) -> None:
    """All that is missing up to the last one is in one of them, once."""
    missing = [
        number
        for first, last in gaps(known_to, sorted(numbers))
        for number in range(first, last + 1)
    ]
    upto = max(numbers, default=0)
    assert missing == [each for each in range(known_to + 1, upto) if each not in numbers]
