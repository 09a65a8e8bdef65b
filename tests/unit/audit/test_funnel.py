"""A funnel plot accuses nobody whom chance explains, and finds who is silent beyond it."""

from fractions import Fraction
from math import comb

from hypothesis import given
from hypothesis import strategies as st

from services.audit.figures.funnel import INNER, OUTER, funnel, limits


def outside(due: int, share: Fraction, counts: range) -> Fraction:
    """The chance of the counts, in exact fractions."""
    return sum(
        (comb(due, k) * share**k * (1 - share) ** (due - k) for k in counts), start=Fraction(0)
    )


@given(st.integers(1, 60), st.integers(1, 15), st.sampled_from((INNER, OUTER)))
def test_limits_are_the_exact_binomial_ones(due: int, sixteenths: int, out: float) -> None:
    """Not more than half of what may lie outside lies above them, or below; one step nearer, more
    does."""
    share, half = Fraction(sixteenths, 16), Fraction(out) / 2
    low, high = limits(due, float(share), out)
    assert outside(due, share, range(low)) <= half < outside(due, share, range(low + 1))
    assert outside(due, share, range(high + 1, due + 1)) <= half
    assert outside(due, share, range(high, due + 1)) > half


def test_who_is_silent_beyond_chance_stands_out() -> None:
    """Two of three are nothing; thirty of fifty, among people of whom one in ten is silent, are."""
    points = funnel({"few": (3, 2), "many": (50, 30), "most": (900, 60), "none": (0, 0)})
    assert [(point.key, point.beyond) for point in points] == [
        ("few", 0),
        ("many", 2),
        ("most", -2),
    ]


def test_where_all_are_alike_nobody_stands_out() -> None:
    """Nobody is silent, or everybody is."""
    for silent in (0, 1):
        assert [each.beyond for each in funnel({"a": (3, 3 * silent), "b": (9, 9 * silent)})] == [
            0,
            0,
        ]
    assert funnel({}) == []
