"""The proof finds what was done to a chain, and nothing in one that was left alone."""

from dataclasses import replace

import pytest

from shared.bus.proof import Finding, Kind, Link, check, one, together
from shared.events.envelope import GENESIS


def links(count: int, first: int = 1) -> list[Link]:
    """An outbox in order; digests are words here."""
    return [
        Link(seq, GENESIS if seq == 1 else f"d{seq - 1}", f"d{seq}", f"d{seq}")
        for seq in range(first, first + count)
    ]


def found(rows: list[Link]) -> list[Finding]:
    """What the proof says of them."""
    return check(rows)[0]


def test_an_outbox_in_order_has_no_findings() -> None:
    """From its first event, and from a later one when the earlier were swept."""
    assert found(links(9)) == []
    assert found(links(9, first=40)) == []
    assert found([]) == []


def test_pages_are_held_together() -> None:
    """A gap between two pages is found as one within."""
    rows = links(10)
    first, before = check(rows[:4])
    assert (first, check(rows[4:], before)[0]) == ([], [])
    assert check(rows[6:], before)[0] == [Finding(Kind.MISSING, 5, 6)]


def test_missing_rows_are_named_by_their_numbers() -> None:
    """One, or several in a row; those at the end only the topic can tell."""
    rows = links(10)
    assert found(rows[:3] + rows[4:]) == [one(Kind.MISSING, 4)]
    assert found(rows[:3] + rows[7:]) == [Finding(Kind.MISSING, 4, 7)]
    assert found(rows[:-1]) == []


def test_an_altered_row_is_named() -> None:
    """Its content no longer gives its digest."""
    rows = links(5)
    rows[2] = replace(rows[2], recomputed="other")
    assert found(rows) == [one(Kind.ALTERED, 3)]


def test_an_altered_row_with_a_new_digest_breaks_the_link_of_the_next() -> None:
    """Whoever makes the digest fit must do so to the end of the outbox."""
    rows = links(5)
    rows[2] = replace(rows[2], digest="other", recomputed="other")
    assert found(rows) == [one(Kind.REPLACED, 4)]
    rows[3] = replace(rows[3], prev="other", digest="another", recomputed="another")
    assert found(rows) == [one(Kind.REPLACED, 5)]


@pytest.mark.parametrize("forged_first", [True, False])
def test_a_number_that_stands_twice_is_named(forged_first: bool) -> None:
    """Whichever of the two comes first, the true row's follower is not accused."""
    rows, forged = links(5), Link(3, "d2", "forged", "forged")
    rows.insert(2 if forged_first else 3, forged)
    assert found(rows) == [one(Kind.INSERTED, 3)]


def test_what_stands_before_the_first_event_was_inserted() -> None:
    """Numbers begin at 1, and the first event links to nothing."""
    assert found([Link(0, GENESIS, "d0", "d0"), *links(2)]) == [
        one(Kind.INSERTED, 0),
        one(Kind.REPLACED, 1),
    ]
    assert found([Link(1, "other", "d1", "d1")]) == [one(Kind.REPLACED, 1)]


def test_neighbours_are_told_in_one_line() -> None:
    """A rewritten outbox is one finding, not thousands."""
    several = [one(Kind.DIFFERENT, seq) for seq in (7, 5, 6, 9)]
    assert [str(each) for each in together([*several, one(Kind.ALTERED, 8)])] == [
        "number 8 altered: the digest does not fit the content",
        "numbers 5 to 7 not what was published: the topic holds another digest or key",
        "number 9 not what was published: the topic holds another digest or key",
    ]
