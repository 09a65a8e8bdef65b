"""Backoff: pauses that grow while something does not go well."""

import random


class Backoff:
    """Pauses, in seconds, that double from ``first`` to ``longest``.

    ``jitter`` is the share that each may be shorter by, at random: so many do not come at once.
    """

    def __init__(self, first: float, longest: float, *, jitter: float = 0.0) -> None:
        self._first = first
        self._longest = longest
        self._jitter = jitter
        self._next = first

    def pause(self) -> float:
        """The seconds to wait now; the next pause is longer."""
        whole = self._next
        self._next = min(whole * 2, self._longest)
        return whole * random.uniform(1 - self._jitter, 1)  # noqa: S311 - jitter is no secret

    def reset(self) -> None:
        """All is well again: the next pause is the first."""
        self._next = self._first
