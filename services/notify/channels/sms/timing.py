"""Timing of the SMPP session: how long each wait may last, and how waits grow."""

from dataclasses import dataclass

from shared.backoff import Backoff


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

    def backoff(self) -> Backoff:
        """Growing pauses, each cut by up to half at random."""
        return Backoff(self.first_pause, self.longest_pause, jitter=0.5)
