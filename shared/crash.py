"""Crash points: ``CRASH_AT=<point>:<n>`` makes a process kill itself when it passes one.

For tests alone: a process that is not told ``TIREK_ENV=test`` refuses to start with it. The n-th
time that this process passes the point it dies by SIGKILL: nothing is flushed, rolled back or said
to anybody; one line on stderr, `last_word`, tells a test that it was here. Whoever starts it again
with the same environment sees it die again at the n-th time.
"""

import os
import re
import signal
from collections.abc import Mapping
from enum import StrEnum

from shared.settings import Environment, SettingsError

VARIABLE = "CRASH_AT"
_FORM = re.compile(r"(?P<point>[a-z.-]+):(?P<n>[1-9][0-9]{0,8})")


class Point(StrEnum):
    """Every crash point, and where a process stands when it passes it.

    The points of a commit are passed by transactions that say an event: in an HTTP process a
    person's command, in a worker whatever is said there.
    """

    INTAKE_BEFORE_COMMIT = "intake.before-commit"
    """All is written, and the COMMIT is not sent."""
    INTAKE_AFTER_COMMIT = "intake.after-commit"
    """It is committed, and nobody has been answered."""
    REFERRAL_BEFORE_COMMIT = "referral.before-commit"
    """The same in referral."""
    REFERRAL_AFTER_COMMIT = "referral.after-commit"
    """The same in referral."""
    NOTIFY_BEFORE_COMMIT = "notify.before-commit"
    """The same in notify."""
    NOTIFY_AFTER_COMMIT = "notify.after-commit"
    """The same in notify: what it has taken from a phone is not confirmed to the gateway."""
    RELAY_AFTER_CLAIM = "relay.after-claim"
    """Rows of the outbox are numbered, and none of them is sent."""
    RELAY_AFTER_ACK = "relay.after-ack"
    """Kafka has acknowledged rows that are not marked."""
    CONSUMER_BEFORE = "consumer.before-transaction"
    """A batch is in hand, untouched."""
    CONSUMER_IN = "consumer.in-transaction"
    """A handler has written its state, and nothing is committed."""
    CONSUMER_AFTER = "consumer.after-transaction"
    """All is committed but the offsets."""
    NOTIFY_BEFORE_SUBMIT = "notify.before-submit"
    """A message is claimed, and not yet given to its gateway."""
    NOTIFY_AFTER_SUBMIT = "notify.after-submit"
    """The gateway has taken a message, and no row says so."""
    CLOCK_CLAIMED = "pass.claimed"
    """A time-driven job holds its rows and has said something, and nothing is committed."""


class _Armed:
    """What this process dies at: set once, before anything runs."""

    point: Point | None = None
    left = 0


def arm(environment: Mapping[str, str]) -> None:
    """Reads ``CRASH_AT``; raises `SettingsError`, one line, for one that cannot be honoured."""
    asked = environment.get(VARIABLE)
    if asked is None:
        return
    found = _FORM.fullmatch(asked)
    honoured = environment.get("TIREK_ENV") == Environment.TEST
    if not honoured or found is None or found["point"] not in set(Point):
        raise SettingsError(
            f"{VARIABLE} must be <point>:<n>, n from 1, and TIREK_ENV must be test; "
            f"a point is one of {', '.join(Point)}"
        )
    _Armed.point, _Armed.left = Point(found["point"]), int(found["n"])


def passing(point: str) -> None:
    """This process is at one of the points now. Does not return if it is to die here."""
    if point != _Armed.point:
        return
    _Armed.left -= 1
    if _Armed.left <= 0:
        os.write(2, last_word(point).encode())  # no buffer: a test must know that it was here
        os.kill(os.getpid(), signal.SIGKILL)


def last_word(point: str) -> str:
    """What a process that dies at a point leaves on stderr, with the line's end."""
    return f"{VARIABLE}: dies at {point}\n"
