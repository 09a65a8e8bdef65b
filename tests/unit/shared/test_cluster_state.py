"""A loss is seen from what Kafka shows and acknowledges, and nothing else is taken for one."""

import pytest

from shared.bus.cluster_state import Known, Lost, Seen, loss, risen

SEEN = Seen("ours", {0: 10, 1: 0})


@pytest.mark.parametrize("known", [[], [Known(0, "ours", 10)], [Known(0, "ours", 4)]])
def test_a_log_that_holds_at_least_what_was_acknowledged_is_whole(known: list[Known]) -> None:
    """It may hold more: what was sent and not marked yet."""
    assert loss(SEEN, known) is None


def test_another_cluster_holds_nothing_of_ours() -> None:
    """However much lies on it."""
    assert loss(SEEN, [Known(0, "another", 1)]) == "another-cluster"


@pytest.mark.parametrize("known", [Known(0, "ours", 11), Known(1, "ours", 1), Known(2, "ours", 1)])
def test_a_shorter_log_has_lost_something(known: Known) -> None:
    """Also if the partition is not there at all."""
    assert loss(SEEN, [Known(0, "ours", 1), known]) == "shorter-log"


def test_offsets_rise_within_each_partition() -> None:
    """From where the log ended."""
    assert risen(SEEN.ends, [(0, 10), (1, 0), (0, 11), (0, 15)]) == {0: 16, 1: 1}


@pytest.mark.parametrize("acks", [[(0, 9)], [(1, 0), (1, 0)], [(0, 12), (0, 11)], [(1, -1)]])
def test_an_offset_that_was_given_before_is_a_loss(acks: list[tuple[int, int]]) -> None:
    """Nothing of that batch may be marked as published."""
    with pytest.raises(Lost):
        risen(SEEN.ends, acks)
