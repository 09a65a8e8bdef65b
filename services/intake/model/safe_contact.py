"""Safe hours: when a survivor may be called without harm. Pure: time and zone are arguments."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from itertools import count
from zoneinfo import ZoneInfo

from shared.jurisdiction.calendar import WEEKDAYS
from shared.jurisdiction.hours import DAY, on_day

SHOWN = 2
"""Digits of a masked number: enough to know again a number that one has, and to call nobody."""


class OutsideHours(StrEnum):
    """Why a number is wanted although it is not safe to call. There is no other reason."""

    DANGER_TO_LIFE = "danger-to-life"


@dataclass(frozen=True, slots=True)
class Hours:
    """Local hours of some weekdays; those that end at or before their beginning run past midnight,
    and belong to the day on which they begin."""

    days: Collection[str]
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether a call is safe now: then ``until`` when, else from when it is ``next``, if ever."""

    safe: bool
    until: datetime | None = None
    next: datetime | None = None


NEVER = Reach(safe=False)
"""No contact was allowed, no hour is known, or what was said is too old."""


def reach(hours: Hours | None, expires_at: datetime, now: datetime, zone: ZoneInfo) -> Reach:
    """How it stands at ``now``. A window's first instant belongs to it, its last does not.

    Nothing is safe from ``expires_at`` on, nor at any hour when none was given.
    """
    until: datetime | None = None
    for begins, ends in _windows(hours, expires_at, now, zone) if hours else ():
        if until is not None and begins <= until:
            until = ends  # one window ends where the next begins
        elif until is not None:
            break
        elif begins <= now < ends:
            until = ends
        elif now < begins:
            return Reach(safe=False, next=begins)
    return NEVER if until is None else Reach(safe=True, until=until)


def _windows(
    hours: Hours, expires_at: datetime, now: datetime, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    """The windows from yesterday's to the last one that begins before ``expires_at``, in order."""
    yesterday = now.astimezone(zone).date() - DAY
    for number in count():
        day = yesterday + number * DAY
        begins, ends = on_day(day, hours.opens, hours.closes, zone)
        if begins >= expires_at:
            return
        if WEEKDAYS[day.weekday()] in hours.days and begins < ends:
            yield begins, min(ends, expires_at)


def mask(phone: str) -> str:
    """A number that nobody can call."""
    return f"…{phone[-SHOWN:]}"
