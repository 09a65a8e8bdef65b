"""Checks of a contact: a code that was sent there, tried a few times. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

HOLDS = timedelta(minutes=10)
"""How long a code is taken."""
TRIES = 5
"""So often; then another one has to be sent."""
SENDINGS, SPAN = 5, timedelta(hours=1)
"""So many codes to a contact in a time: nobody's telephone is rung to exhaustion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The last code that was sent to somebody by a channel.

    ``message_id`` is the message that carries it, from which it is derived. ``destination``: where
    it went; a code for a number that has changed since proves nothing.
    """

    message_id: str
    destination: str
    sent_at: datetime
    tries: int = 0
    sendings: int = 1
    counted_since: datetime

    def holds(self, destination: str | None, now: datetime) -> bool:
        """Whether a code is taken now for a contact that goes there."""
        in_time = self.sent_at <= now < self.sent_at + HOLDS
        return in_time and self.tries < TRIES and self.destination == destination


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a code: ``tries`` is how many more may be made with it."""

    verified: bool
    tries: int
