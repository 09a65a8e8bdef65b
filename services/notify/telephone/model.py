"""A telephone PIN: two of its digits are asked for at a time, and a few wrong ones end it. Pure.

Why in this way: docs/decisions, "Two digits of a telephone PIN".
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import combinations, pairwise

from shared.errors import Invalid

LENGTH = 6
PAIRS = tuple(combinations(range(1, LENGTH + 1), 2))
"""The positions that can be asked for together; the first digit is at 1."""
WRONG, SPAN = 5, timedelta(hours=1)
"""So many wrong answers in a time end a PIN,"""
WRONG_EVER = 10
"""and so many since the last right one, however slowly they come."""
Pair = tuple[int, int]
Prove = Callable[[Pair, str], str]
"""The keyed hash of two digits at two positions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A PIN that nobody can read: ``proofs``, one a pair of positions, in the order of `PAIRS`.

    ``asked`` is the pair that is asked for until it is met; ``heard``: the one before it.
    ``wrong``: when wrong answers came since the last right one.
    """

    pin_id: str
    kid: str
    proofs: tuple[str, ...]
    asked: Pair | None = None
    heard: Pair | None = None
    wrong: tuple[datetime, ...] = ()

    def proof(self, pair: Pair) -> str:
        """What two right digits at these positions come to."""
        return self.proofs[PAIRS.index(pair)]

    @property
    def holds(self) -> bool:
        """Whether it is asked for at all, or has to be set anew."""
        return len(self.wrong) < WRONG_EVER and not _burst(self.wrong)

    def answered(self, *, right: bool, now: datetime) -> "Pin":
        """After an answer: a right one clears what was wrong, and its pair is not asked next."""
        if right:
            return replace(self, asked=None, heard=self.asked, wrong=())
        return replace(self, wrong=(*self.wrong, now))

    @property
    def choices(self) -> list[Pair]:
        """The pairs from which the next is drawn."""
        return [each for each in PAIRS if each != self.heard]


def _burst(wrong: tuple[datetime, ...]) -> bool:
    """Whether so many wrong answers came within the span, ever since the last right one."""
    return any(last - first < SPAN for first, last in zip(wrong, wrong[WRONG - 1 :], strict=False))


def checked(pin: str) -> str:
    """``pin``; raises `Invalid` for one that anybody would try first."""
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    if steps in ({0}, {1}, {9}):
        raise Invalid("pin", "is too easy: choose other digits")
    return pin


def proofs(pin: str, prove: Prove) -> tuple[str, ...]:
    """What is kept of a PIN instead of it."""
    return tuple(prove(pair, "".join(pin[at - 1] for at in pair)) for pair in PAIRS)
