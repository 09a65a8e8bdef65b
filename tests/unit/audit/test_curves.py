"""Curves say what the published examples say, exactly; and what they promise of any waits."""

from collections.abc import Iterable
from fractions import Fraction
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.figures.curves import MEDIAN, P90, Curve, End, wilson

OPEN, ANSWERED, OTHERWISE = End
WAITS = st.lists(st.tuples(st.integers(0, 12), st.sampled_from(End)), max_size=24)
SHARES = st.fractions(Fraction(1, 100), 1, max_denominator=100)

BEWICK = "1 1 4 5 6+ 9 9+ 22"
"""Bewick, Cheek, Ball, Statistics review 12: survival analysis, 2004."""
FREIREICH = "6 6 6 7 10 13 16 22 23 6+ 9+ 10+ 11+ 17+ 19+ 20+ 25+ 32+ 32+ 34+ 35+"
"""Freireich and others, 6-MP in acute leukemia, 1963."""
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"
MAINTAINED = "9 13 13+ 18 23 28+ 31 34 45+ 48 161+"
"""Acute myelogenous leukemia (Miller, Survival Analysis, 1981)."""
NOT_MAINTAINED = "5 5 8 8 12 16+ 23 27 30 33 43 45"
POLICE = "1 1 2 3 4 9 5x 5x 2+ 3+"
"""Ten offers with a limit of five: two expired, two are open."""
COMPETING = list(
    zip(
        (3, 5, 8, 12, 15, 20, 22, 30, 41, 60), map(End, (1, 1, 2, 1, 0, 1, 2, 1, 0, 0)), strict=True
    )
)


def curve(each: Iterable[tuple[int, End]]) -> Curve:
    """Of waits in any order."""
    told = list(each)
    return Curve([[at for at, end in told if end is wanted] for wanted in End])


def waits(text: str) -> list[tuple[int, End]]:
    """Times as they are printed: ``+`` is still open, ``x`` ended otherwise."""
    signs = {"+": OPEN, "x": OTHERWISE}
    return [(int(each.rstrip("+x")), signs.get(each[-1], ANSWERED)) for each in text.split()]


def answered_only(text: str) -> float:
    """The median that leaves out whoever was not answered: what others boast with."""
    return median(at for at, end in waits(text) if end is ANSWERED)


@pytest.mark.parametrize(
    ("text", "survival"),
    [
        (BEWICK, {1: "3/4", 4: "5/8", 5: "1/2", 9: "1/3", 22: "0"}),
        (
            FREIREICH,
            {
                6: "6/7",
                7: "96/119",
                10: "64/85",
                13: "176/255",
                16: "32/51",
                22: "64/119",
                23: "160/357",
            },
        ),
        (PLACEBO, {10: "8/21"}),
        (
            MAINTAINED,
            {
                9: "10/11",
                13: "9/11",
                18: "63/88",
                23: "27/44",
                31: "27/55",
                34: "81/220",
                48: "81/440",
            },
        ),
        ("1+ 2+ 3+ 4+ 5+ 6+ 7+", {0: "1", 7: "1", 9: "1"}),
    ],
)
def test_survival_is_as_printed(text: str, survival: dict[int, str]) -> None:
    """Kaplan and Meier's steps, as exact fractions."""
    made = curve(waits(text))
    assert {at: made.waiting(at) for at in survival} == {
        at: Fraction(share) for at, share in survival.items()
    }
    assert all(made.answered(at) == 1 - made.waiting(at) for at in survival)


@pytest.mark.parametrize(
    ("text", "middle", "p90", "reached"),
    [
        (BEWICK, 5, 22, "1"),
        (FREIREICH, 23, None, "197/357"),
        (PLACEBO, 8, 17, "1"),
        (MAINTAINED, 31, None, "359/440"),
        (NOT_MAINTAINED, 23, 43, "1"),
        (POLICE, 4, None, "17/24"),
        ("1+ 2+ 3+ 4+ 5+ 6+ 7+", None, None, "0"),
        ("7", 7, 7, "1"),
        ("1 2 3 4", 2, 4, "1"),
        ("4 7 9 15 22 61", 9, 61, "1"),
        ("", None, None, "0"),
    ],
)
def test_quantiles_are_the_smallest_time_or_not_reached(
    text: str, middle: int | None, p90: int | None, reached: str
) -> None:
    """The textbook's rule: on the first set lifelines says 9 and R 7, on ``1 2 3 4`` R 2.5; of
    ``4 7 9 15 22 61`` other rules have a P90 of 41.5 and of 22."""
    made = curve(waits(text))
    assert (made.quantile(MEDIAN), made.quantile(P90)) == (middle, p90)
    assert made.reached == Fraction(reached)


def test_whoever_leaves_out_the_unanswered_boasts() -> None:
    """The whole argument in one line: 10 where it is 23."""
    assert (answered_only(FREIREICH), curve(waits(FREIREICH)).quantile(MEDIAN)) == (10, 23)
    assert (answered_only(BEWICK), curve(waits(BEWICK)).quantile(MEDIAN)) == (4.5, 5)
    assert (answered_only(POLICE), curve(waits(POLICE)).quantile(MEDIAN)) == (2.5, 4)


def test_competing_ends_are_not_censored() -> None:
    """Aalen and Johansen's steps; who takes them for open finds 111/175 answered."""
    made = curve(COMPETING)
    told = {at: str(made.answered(at)) for at in (3, 5, 12, 20, 30, 60)}
    assert told == {3: "1/10", 5: "1/5", 12: "3/10", 20: "21/50", 30: "27/50", 60: "27/50"}
    assert (made.otherwise(8), made.otherwise(60)) == (Fraction(1, 10), Fraction(11, 50))
    assert made.waiting(60) == Fraction(6, 25)
    wrong = curve((at, OPEN if end is OTHERWISE else end) for at, end in COMPETING)
    assert wrong.answered(60) == Fraction(111, 175)


@given(WAITS, st.integers(0, 13))
def test_the_shares_are_all_there_is(each: list[tuple[int, End]], by: int) -> None:
    """Answered, ended otherwise and waiting make one, by any time; and of nobody, nothing is."""
    made = curve(each)
    shares = (made.answered(by), made.otherwise(by), made.waiting(by))
    assert sum(shares) == (1 if each else 0)
    assert all(0 <= share <= 1 for share in shares)


@given(WAITS, st.integers(0, 13))
def test_the_steps_are_those_of_the_textbooks(each: list[tuple[int, End]], by: int) -> None:
    """S is the product of (r - d) / r, and the share answered the sum of S before times d / r."""
    survival, answered = Fraction(1), Fraction(0)
    for time in sorted({at for at, _ in each if at <= by}):
        at_risk = sum(at >= time for at, _ in each)
        ended = [end for at, end in each if at == time and end is not OPEN]
        answered += survival * Fraction(ended.count(ANSWERED), at_risk)
        survival *= 1 - Fraction(len(ended), at_risk)
    made = curve(each)
    assert made.answered(by) == answered
    assert made.waiting(by) == (survival if each else 0)


@given(WAITS, st.randoms())
def test_the_order_of_rows_does_not_matter(each: list[tuple[int, End]], chance: object) -> None:
    """Nor what was written down first."""
    shuffled = list(each)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = curve(each), curve(shuffled)
    assert one.times == other.times
    assert all(one.answered(at) == other.answered(at) for at in one.times)


@given(st.lists(st.integers(0, 30), min_size=1), st.integers(0, 31), SHARES)
def test_without_anybody_open_it_is_plain_counting(
    times: list[int], by: int, share: Fraction
) -> None:
    """One less S is the part of all that is not above; a quantile is the inverse of that."""
    made = curve((at, ANSWERED) for at in times)
    assert made.answered(by) == Fraction(sum(at <= by for at in times), len(times))
    ranked = sorted(times)
    assert made.quantile(share) == ranked[-(-share.numerator * len(times) // share.denominator) - 1]


@given(WAITS, SHARES, SHARES)
def test_quantiles_rise_and_are_where_the_share_is_reached(
    each: list[tuple[int, End]], one: Fraction, other: Fraction
) -> None:
    """Not a unit earlier; and none where it never is."""
    made = curve(each)
    assert list(made.along(range(14))) == [float(made.answered(at)) for at in range(14)]
    low, high = (made.quantile(share) for share in sorted((one, other)))
    assert high is None or (low is not None and low <= high)
    at = made.quantile(one)
    if at is None:
        assert made.reached < one
    else:
        assert made.answered(at - 1) < one <= made.answered(at)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (104, 128, 0.7362, 0.8706),
        (24, 36, 0.5033, 0.7979),
        (9, 10, 0.5958, 0.9821),
        (3, 4, 0.3006, 0.9544),
        (0, 5, 0, 0.4345),
        (5, 5, 0.5655, 1),
        (1, 1, 0.2065, 1),
    ],
)
def test_intervals_are_as_printed(part: int, whole: int, low: float, high: float) -> None:
    """Wilson's, to four places."""
    share = wilson(part, whole)
    assert (share.low, share.high) == pytest.approx((low, high), abs=0.00005)


@given(st.integers(0, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share(counts: tuple[int, int]) -> None:
    """Between nothing and all; of nothing there is none."""
    share = wilson(*counts)
    if share.low is None or share.high is None:
        assert not share.whole
    else:
        assert 0 <= share.low <= share.part / share.whole <= share.high <= 1
