"""Times as text: instants, times on the wall, days and durations, each read in one way everywhere.

Whoever writes one, in a body, a file or a command, may write it as the standard says, and hears the
same words where it cannot be read: RFC 3339 for what is fixed in time, ISO 8601 (as RFC 5545 has
it) for durations. Nothing is guessed: a week date, a month's length and a number are refused, with
`ValueError` in words for a person, which never repeat what was written.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator

from shared.pasted import as_seen

INSTANT = "must be a time with its zone, like 2026-11-23T14:05:00+06:00"
WALL = "must be a local time without a zone, like 2026-01-01T20:00"
DAY = "must be a date like 2026-11-23"
DURATION = "must be a duration like PT12H"
NEVER = "must be a time that exists"

_DAY = r"(\d{4})-(\d{2})-(\d{2})"
_CLOCK = r"(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?"
_WALL = re.compile(rf"{_DAY}[Tt ]{_CLOCK}", re.ASCII)
_INSTANT = re.compile(rf"{_DAY}[Tt ]{_CLOCK}(?:[Zz]|([+-])(\d{{2}}):(\d{{2}}))", re.ASCII)
_DURATION = re.compile(
    r"P(?:(\d{1,6})W)?(?:(\d{1,7})D)?"
    r"(?:T(?=\d)(?:(\d{1,8})H)?(?:(\d{1,8})M)?(?:(\d{1,8})(?:\.(\d+))?S)?)?",
    re.ASCII,
)


def instant(text: str) -> datetime:
    """An instant of RFC 3339, with any number of fraction digits, cut to microseconds.

    ``t``, ``z`` and a space for the ``T`` are its spellings too, and seconds may be left out. A
    leap second is the one after it.
    """
    parts = _INSTANT.fullmatch(as_seen(text))
    if parts is None:
        raise ValueError(INSTANT)
    sign, hours, minutes = parts.groups()[7:]
    if int(hours or 0) > 23 or int(minutes or 0) > 59:
        raise ValueError(NEVER)
    ahead = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    zone = timezone(-ahead if sign == "-" else ahead) if ahead else UTC
    return _moment(parts).replace(tzinfo=zone)


def wall(text: str) -> datetime:
    """A time on the clock on the wall: as `instant`, without a zone."""
    parts = _WALL.fullmatch(as_seen(text))
    if parts is None:
        raise ValueError(WALL)
    return _moment(parts)


def day(text: str) -> date:
    """A day, ``YYYY-MM-DD``."""
    parts = re.fullmatch(_DAY, as_seen(text), re.ASCII)
    if parts is None:
        raise ValueError(DAY)
    try:
        return date(*map(int, parts.groups()))
    except ValueError:
        raise ValueError(NEVER) from None


def duration(text: str) -> timedelta:
    """Weeks, days, hours, minutes and seconds, like ``P1W`` or ``P1DT12H30M``.

    Years and months have no length of their own, and are none.
    """
    parts = _DURATION.fullmatch(as_seen(text))
    if parts is None or not any(parts.groups()):
        raise ValueError(DURATION)
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in parts.groups()[:5])
    return timedelta(
        weeks=weeks,
        days=days,
        hours=hours,
        minutes=minutes,
        seconds=seconds,
        microseconds=_micro(parts.group(6)),
    )


def iso_duration(lasts: timedelta) -> str:
    """A duration of whole seconds as `duration` reads it, in its largest unit: ``PT12H``."""
    seconds = int(lasts.total_seconds())
    size, unit = next(each for each in ((3600, "H"), (60, "M"), (1, "S")) if not seconds % each[0])
    return f"PT{seconds // size}{unit}"


def _moment(parts: re.Match[str]) -> datetime:
    year, month, day_, hour, minute, second = (int(part or 0) for part in parts.groups()[:6])
    leap = second == 60
    try:
        found = datetime(year, month, day_, hour, minute, second - leap, _micro(parts.group(7)))  # noqa: DTZ001 - its caller knows the zone
        return found + timedelta(seconds=leap)
    except (ValueError, OverflowError):
        raise ValueError(NEVER) from None


def _micro(fraction: str | None) -> int:
    return int((fraction or "")[:6].ljust(6, "0"))


def written(read: Callable[[str], Any], otherwise: str) -> BeforeValidator:
    """For pydantic: text is read by ``read``, what was read already stays; ``otherwise`` is said of
    anything else, above all of a number, which would be taken for seconds."""

    def reading(value: Any) -> Any:
        if isinstance(value, str):
            return read(value)
        if isinstance(value, (date, timedelta)):
            return value
        raise ValueError(otherwise)

    return BeforeValidator(reading)


Instant = Annotated[AwareDatetime, written(instant, INSTANT)]
"""An instant, as RFC 3339 text."""
Day = Annotated[date, written(day, DAY)]
"""A day, as ISO 8601 text."""
Duration = Annotated[timedelta, written(duration, DURATION)]
"""A duration, as ISO 8601 text."""
