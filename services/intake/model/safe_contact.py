"""Safe hours: when a survivor may be called without harm. Pure: time and zone are arguments."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

WEEKDAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
DAY = timedelta(days=1)
NEAR = range(-1, 9)
"""Days round today on which a window may begin that is open now, or is the next."""
SHOWN = 2
"""Digits of a masked number: enough to know again a number that one has, and to call nobody."""


class OutsideHours(StrEnum):
    """Why a number is wanted although it is not safe to call. There is no other reason."""

    DANGER_TO_LIFE = "danger-to-life"


@dataclass(frozen=True, slots=True)
class Hours:
    """Local hours of some weekdays; those that end earlier than they begin run past midnight."""

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
    if hours is None:
        return NEVER
    for begins, ends in _windows(hours, now, zone):
        last = min(ends, expires_at)
        if begins <= now < last:
            return Reach(safe=True, until=last)
        if now < begins < last:
            return Reach(safe=False, next=begins)
    return NEVER


def _windows(hours: Hours, now: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """The windows near ``now``, in order."""
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    for number in NEAR:
        day = today + number * DAY
        if WEEKDAYS[day.weekday()] in hours.days:
            last = day + DAY if hours.closes <= hours.opens else day
            yield _instant(day, hours.opens, zone), _instant(last, hours.closes, zone)


def _instant(day: datetime, at: time, zone: ZoneInfo) -> datetime:
    wall = datetime.combine(day.date(), at, zone)
    return wall.astimezone(UTC)


def mask(phone: str) -> str:
    """A number that nobody can call."""
    return f"…{phone[-SHOWN:]}"
