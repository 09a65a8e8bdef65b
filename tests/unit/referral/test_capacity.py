"""Places that are counted: who may take one that another only asked for."""

from dataclasses import replace

import pytest

from services.referral.store.capacity import Capacity, Hold
from shared.events.words import Urgency
from tests.support.referral import BLANK


@pytest.mark.parametrize(("free", "taken"), [(0, {"shelter"}), (-1, set())])
def test_a_hold_is_taken_only_where_that_makes_room(free: int, taken: set[str]) -> None:
    """A directory that lowers its places leaves more held than there are: one less is no room."""
    lower = Hold("another", "offer", Urgency.STANDARD)
    capacity = Capacity({"shelter": free}, {"shelter": [lower]})
    urgent = replace(BLANK, urgency=Urgency.IMMEDIATE)
    assert capacity.takeable_by(urgent) == taken


def test_nobody_takes_a_place_from_an_equal() -> None:
    """Higher risk alone, and never from itself."""
    capacity = Capacity({"shelter": 0}, {"shelter": [Hold("another", "offer", Urgency.HIGH)]})
    assert not capacity.takeable_by(replace(BLANK, urgency=Urgency.HIGH))
    own = Capacity({"shelter": 0}, {"shelter": [Hold(BLANK.id, "offer", Urgency.STANDARD)]})
    assert not own.takeable_by(replace(BLANK, urgency=Urgency.IMMEDIATE))
