"""Channels to a person. Each kind is a package here and satisfies `Channel`; app wires them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from services.notify.channels.outcomes import (
    SendFailed,
    SendOutcomeUnknown,
    SendRefused,
    SendUnavailable,
)

__all__ = [
    "Channel",
    "Content",
    "OnTrouble",
    "Receipt",
    "SendFailed",
    "SendOutcomeUnknown",
    "SendRefused",
    "SendUnavailable",
]


@dataclass(frozen=True, slots=True)
class Content:
    """What a person will read. A channel without subjects (SMS) leaves the subject out.

    ``lasts``: how long it is worth delivering, for a channel that keeps what it cannot deliver yet.
    """

    text: str
    subject: str = ""
    lasts: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider took the message over. It says nothing about a person having seen it."""

    provider_id: str
    """How the provider calls it in later delivery receipts, in one spelling; may be empty."""


OnTrouble = Callable[[str | None], None]
"""Told why a provider cannot be reached, in words of a closed list, and None when it can again."""


def tell_nobody(_trouble: str | None) -> None:
    """The `OnTrouble` of who has no health to show it in."""


class Channel(Protocol):
    """Hands one message to a provider."""

    async def send(self, destination: str, content: Content, reference: str) -> Receipt:
        """Send once, under ``reference`` (our opaque message id, the same on a retry).

        Ends in a `Receipt`, `SendRefused`, `SendUnavailable` or `SendOutcomeUnknown`, within the
        channel's own time limits.
        """
        ...
