"""Curves: how many were answered by when, while some still wait. Exact, and pure.

One estimator serves all: Aalen-Johansen's cumulative incidence, which without competing ends is one
less Kaplan-Meier's survival. It is worked out by Efron's redistribution: everybody weighs 1/n, and
the weight of whoever is still open passes to those who have waited longer. So a fraction grows with
those that are open alone, not with all (B. Efron, The two sample problem with censored data, 1967;
O. Aalen and S. Johansen, 1978).

Times are whole units of any length, from nought. At one time, answers come before what is open.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from fractions import Fraction
from itertools import accumulate, pairwise
from math import sqrt
from typing import NamedTuple

MEDIAN, P90 = Fraction(1, 2), Fraction(9, 10)
Z95 = 1.959963984540054
"""The 97.5th percentile of the normal distribution."""


class End(IntEnum):
    """How a wait ended."""

    OPEN = 0
    """It has not, at the cut: this alone is censored."""
    ANSWERED = 1
    OTHERWISE = 2
    """By something after which no answer is awaited: it competes, and is not censored."""


class _Stretch(NamedTuple):
    """Times by whose weight nothing changed: from index ``first`` to before ``last``.

    What was answered before is ``answered / below``, what had ended otherwise ``otherwise /
    below``, and each who waits weighs ``above / below``; not reduced, for that would take longer
    than all else.
    """

    first: int
    last: int
    answered: int
    otherwise: int
    above: int
    below: int


class Curve:
    """The share answered by each time, out of how long each has waited, by `End`.

    ``n``: how many waits there are; their order does not matter.
    """

    def __init__(self, waits: Sequence[Iterable[int]]) -> None:
        counts = [Counter(waits[end]) for end in End]
        self.times = sorted(set().union(*counts))
        self._open, self._answered, self._otherwise = (
            [0, *accumulate(map(count.__getitem__, self.times))] for count in counts
        )
        self.n = self._open[-1] + self._ended(len(self.times))

    def answered(self, by: int) -> Fraction:
        """The share of all that was answered within ``by``."""
        return self._shares(bisect_right(self.times, by))[0]

    def otherwise(self, by: int) -> Fraction:
        """The share of all that ended otherwise within ``by``."""
        return self._shares(bisect_right(self.times, by))[1]

    def waiting(self, by: int) -> Fraction:
        """The share that waits longer than ``by``: Kaplan-Meier's S(t), of every end alike."""
        return self._shares(bisect_right(self.times, by))[2]

    @property
    def reached(self) -> Fraction:
        """The share that was ever answered: a quantile beyond it is not reached."""
        return self._shares(len(self.times))[0]

    def quantile(self, share: Fraction) -> int | None:
        """The smallest t by which at least ``share`` was answered; none where that is not reached.

        Without competing ends that is the smallest t with S(t) <= 1 - share, in exact fractions.
        """
        up, down = share.as_integer_ratio()
        for each in self._stretches(len(self.times)):
            more = -((each.answered * down - up * each.below) // (each.above * down))
            wanted = self._answered[each.first] + more
            if wanted <= self._answered[each.last]:
                return self.times[bisect_left(self._answered, wanted) - 1]
        return None

    @property
    def steps(self) -> list[int]:
        """The times at which somebody was answered."""
        both = zip(self.times, pairwise(self._answered), strict=True)
        return [at for at, (before, after) in both if after > before]

    def along(self, times: Iterable[int]) -> Iterator[float]:
        """`answered` by each of ``times``, which rise, in one go: the nearest floats, to draw."""
        counts = deque(bisect_right(self.times, by) for by in times)
        for each in self._stretches(len(self.times)):
            while counts and counts[0] <= each.last:
                more = self._answered[counts.popleft()] - self._answered[each.first]
                yield (each.answered + each.above * more) / each.below

    def _shares(self, count: int) -> tuple[Fraction, Fraction, Fraction]:
        """Answered, ended otherwise, waiting: after so many times."""
        *_, each = self._stretches(count)
        answered = self._answered[each.last] - self._answered[each.first]
        otherwise = self._otherwise[each.last] - self._otherwise[each.first]
        weighing = self.n - self._ended(each.last) - self._open[each.first]
        return (
            Fraction(each.answered + each.above * answered, each.below),
            Fraction(each.otherwise + each.above * otherwise, each.below),
            Fraction(each.above * weighing, each.below),
        )

    def _stretches(self, count: int) -> Iterator[_Stretch]:
        """The first ``count`` times. Weight moves only where somebody ends after somebody open."""
        answered = otherwise = 0
        above, below = 1, max(self.n, 1)
        for first, last in pairwise((*self._moves(count), count)):
            yield _Stretch(first, last, answered, otherwise, above, below)
            waiting = self.n - self._ended(last) - self._open[last]
            answered += above * (self._answered[last] - self._answered[first])
            otherwise += above * (self._otherwise[last] - self._otherwise[first])
            answered, otherwise, below = answered * waiting, otherwise * waiting, below * waiting
            above *= waiting + self._open[last] - self._open[first]

    def _moves(self, count: int) -> Iterator[int]:
        """Where a stretch begins, by the index of its first time."""
        yield 0
        still_open = 0
        for index in range(count):
            if self._open[index] > still_open and self._ended(index + 1) > self._ended(index):
                still_open = self._open[index]
                yield index

    def _ended(self, count: int) -> int:
        return self._answered[count] + self._otherwise[count]


class Share(NamedTuple):
    """So many of so many, and between what the true share lies at 95 %: both none of nothing."""

    part: int
    whole: int
    low: float | None
    high: float | None


def wilson(part: int, whole: int) -> Share:
    """A share with its interval (E. B. Wilson, 1927), which holds for small numbers as well."""
    if not whole:
        return Share(part, whole, None, None)
    share, spread = part / whole, Z95**2 / whole
    middle = share + spread / 2
    reach = sqrt(spread * (share * (1 - share) + spread / 4))
    low = 0.0 if not part else (middle - reach) / (1 + spread)
    high = 1.0 if part == whole else (middle + reach) / (1 + spread)
    return Share(part, whole, low, high)
