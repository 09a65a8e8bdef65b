"""The model of devices: how long a telephone is one, and which PIN opens it."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared.errors import Invalid

CODE_FOR = timedelta(minutes=10)
"""How long a one-time code can be typed into the telephone."""
KEPT_FOR = timedelta(days=90)
"""How long a telephone opens anything; then it is registered anew."""
GUESSES = 5
"""Wrong PINs in a row that end a device: it, and not the person's account."""
_PIN = re.compile(r"[0-9]{6}")
_ROWS = "01234567890", "09876543210"


class End(StrEnum):
    """Why a device opens nothing any more."""

    REVOKED = "revoked"
    GUESSED = "guessed"
    """Too many wrong PINs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One telephone that opens the console for one person. ``device_id`` opens nothing."""

    device_id: str
    staff_id: str
    registered_at: datetime
    used_at: datetime | None
    expires_at: datetime


def check_pin(pin: str) -> str:
    """A PIN; raises `Invalid` for one of those that are tried first."""
    if not _PIN.fullmatch(pin):
        raise Invalid("pin", "must be 6 digits")
    if len(set(pin)) < 3 or any(pin in row for row in _ROWS) or pin[:3] == pin[3:]:
        raise Invalid("pin", "is too easy to guess: take other digits")
    return pin
