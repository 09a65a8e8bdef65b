"""A funnel plot accuses nobody whom chance explains, and finds who is silent beyond it."""

from fractions import Fraction
from itertools import pairwise
from math import comb

from hypothesis import given
from hypothesis import strategies as st

from services.audit.figures.funnel import INNER, OUTER, edges, funnel, limits


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


def test_lines_are_smooth_and_part_what_the_exact_limits_part() -> None:
    """A dot lies outside a line where its count lies outside the limit; no line jumps."""
    points = funnel({f"o{due}": (due, due // 8) for due in (3, 16, 40, 200)})
    lines, share = edges(points), sum(each.silent for each in points) / 259
    assert (lines[0].due, lines[-1].due) == (1, 200)
    for line in lines:
        for drawn, level in ((line.inner, INNER), (line.outer, OUTER)):
            low, high = limits(line.due, share, level)
            assert max(0, low - 1) <= drawn[0] * line.due <= low
            assert high <= drawn[1] * line.due <= min(high + 1, line.due) + 1e-9
    late = [line for line in lines if line.due >= 40]
    for one, other in pairwise(late):
        assert other.inner[1] - one.inner[1] < 0.01, "towards the share of all"
    assert edges([]) == edges(funnel({"a": (9, 0)})) == []
