"""What a report does not read is not fetched, and it says the same without it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.audit.facts.columns import REQUIRED, read_by
from services.audit.figures.clocks import Clock, run
from services.audit.figures.facts import OfferFact, RequestFact
from tests.support.lives import at

STAMPS = tuple(each for each in OfferFact._fields if each.endswith(("_at", "_by", "_now")))
HERS = tuple(each for each in RequestFact._fields if each.endswith(("_at", "_by", "_now")))
MINUTES = st.lists(st.integers(-9, 30), min_size=len(STAMPS), max_size=len(STAMPS))


def fact(clock: Clock, minutes: list[int]) -> Any:
    """With any stamps; one before the beginning is none, if it may be."""
    kind: Any = RequestFact if clock.hers else OfferFact
    values: dict[str, Any] = dict.fromkeys(REQUIRED & {*kind._fields}, "x")
    for name, minute in zip(HERS if clock.hers else STAMPS, minutes, strict=False):
        if minute >= 0 or name in REQUIRED:
            values[name] = at(minute)
    return kind(**values)


@pytest.mark.parametrize("clock", Clock)
@settings(max_examples=40)
@given(MINUTES, st.integers(0, 30), st.booleans())
def test_a_clock_says_the_same_without_what_it_does_not_read(
    clock: Clock, minutes: list[int], cut: int, now: bool
) -> None:
    """Whatever the stamps are, at any cut, by the first answers and by those that stand."""
    whole = fact(clock, minutes)
    unread = {*whole._fields} - read_by(clock, now=now)
    thin = whole._replace(**dict.fromkeys(unread))
    assert run(thin, clock, at(cut), now=now) == run(whole, clock, at(cut), now=now)
    assert len(unread) > 3
