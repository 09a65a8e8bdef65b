"""Timing of the SMPP session: how long each wait may last, and how waits grow."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """All in seconds. The defaults suit an operator's SMSC; tests shorten them."""

    connect: float = 5.0
    answer: float = 10.0
    """For the peer to answer any request."""
    enquire_every: float = 15.0
    accept: float = 5.0
    """For the application to keep a reply or receipt before the peer is asked to repeat it."""
    patience: float = 20.0
    """For a text to get its turn: a bind, a place in the window, an end of throttling."""
    unbind: float = 1.0
    first_pause: float = 0.5
    longest_pause: float = 30.0


class Backoff:
    """Pauses that double from ``first`` to ``longest``, each cut by up to half at random."""

    def __init__(self, timing: Timing) -> None:
        self._first = timing.first_pause
        self._longest = timing.longest_pause
        self._next = timing.first_pause

    def pause(self) -> float:
        """The seconds to wait now; the next ones are longer."""
        whole = self._next
        self._next = min(whole * 2, self._longest)
        return whole * random.uniform(0.5, 1.0)  # noqa: S311  jitter is no secret

    def reset(self) -> None:
        """All is well again: the next pause is the first."""
        self._next = self._first
