"""One-time passwords (TOTP, RFC 6238), and codes that people read and type: once each."""

import hmac
import re
from datetime import datetime
from secrets import choice

import pyotp

from shared.symbols import SYMBOLS, fold, meant

STEP = 30
"""Seconds of one one-time password. The ones before and after are taken too: clocks differ."""
_DIGITS = re.compile(r"[0-9]{6}")
_LENGTH, _DEVICE_LENGTH, _GROUP = 15, 10, 5
_BLANK = re.compile(r"[\W_]+")


def new_seed() -> str:
    """160 random bits, base32."""
    return pyotp.random_base32()


def uri(seed: str, issuer: str, staff_id: str) -> str:
    """What an authenticator reads out of a QR code; it shows both names."""
    return pyotp.TOTP(seed).provisioning_uri(name=staff_id, issuer_name=issuer)


def one_time(typed: str) -> str | None:
    """The one-time password that somebody typed, if it looks like one."""
    code = _BLANK.sub("", typed)
    return code if _DIGITS.fullmatch(code) else None


def recovery(typed: str) -> str:
    """A code as it is compared, however it was set apart and in either alphabet."""
    return meant(_BLANK.sub("", fold(typed)))


def step_of(seed: str, code: str, now: datetime, after: int) -> int | None:
    """Which step a one-time password is of, later than ``after``; None if it is of none.

    What was taken once is refused for ever, whoever saw it typed.
    """
    current, otp, found = int(now.timestamp()) // STEP, pyotp.TOTP(seed), None
    for step in (current - 1, current, current + 1):
        if hmac.compare_digest(otp.at(step * STEP), code) and step > after:
            found = step
    return found


def new_recovery_code() -> str:
    """58 random bits, in groups for people to write down."""
    return _random(_LENGTH)


def new_device_code() -> str:
    """39 random bits, for ten minutes: in groups to be read off one screen into another."""
    return _random(_DEVICE_LENGTH)


def _random(length: int) -> str:
    signs = "".join(choice(SYMBOLS) for _ in range(length))
    return "-".join(signs[at : at + _GROUP] for at in range(0, length, _GROUP))
