"""Who is on duty at an instant. Pure: RFC 5545 through python-dateutil, no clock of its own."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from services.notify.rosters.model import Roster, Window
from shared.errors import Invalid

_PARTS = {
    "FREQ": r"DAILY|WEEKLY|MONTHLY",
    "INTERVAL": r"[1-9][0-9]{0,2}",
    "COUNT": r"[1-9][0-9]{0,4}",
    "UNTIL": r"[0-9]{8}(T[0-9]{6})?",
    "BYDAY": r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU))*",
    "WKST": r"MO|TU|WE|TH|FR|SA|SU",
}
"""The parts of a rule that a roster needs. Others (BYMONTHDAY=31 with BYMONTH=2) can make a rule
that never comes true, and dateutil would look for it until the year 9999."""
_SLACK = timedelta(days=1)
"""No wall clock strays further from even time than this within a watch."""


def on_duty(
    rosters: Iterable[Roster], organisation: str, tier: int, now: datetime, zone: ZoneInfo
) -> tuple[str, ...]:
    """The staff ids on duty at ``now``, in the rosters' order, each once."""
    serving: dict[str, None] = {}
    for roster in rosters:
        if (roster.organisation, roster.tier) == (organisation, tier) and any(
            covers(window, now, zone) for window in roster.windows
        ):
            serving.update(dict.fromkeys(roster.people))
    return tuple(serving)


def covers(window: Window, now: datetime, zone: ZoneInfo) -> bool:
    """Whether a watch is running at ``now``; its first instant belongs to it, its last does not."""
    return any(begins <= now < ends for begins, ends in _watches(window, now, zone))


def _watches(window: Window, now: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    local = now.astimezone(zone).replace(tzinfo=None)
    near = _rule(window.rrule, window.starts).between(
        local - window.duration - _SLACK, local + _SLACK, inc=True
    )
    for begins in (window.starts, *near):  # by RFC 5545 the start counts, whatever the rule says
        yield _instant(begins, zone), _instant(begins + window.duration, zone)


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which a wall clock shows ``wall``.

    A time shown twice is its first showing; one left out lies as far behind the gap's beginning.
    So a watch ends where the next begins, whatever the clocks do.
    """
    return wall.replace(tzinfo=zone).astimezone(UTC)


def check_rule(window: Window, field: str) -> None:
    """Raises `Invalid` naming ``field`` for a rule that is none, or that no roster needs."""
    seen: set[str] = set()
    for part in window.rrule.split(";"):
        name, _, value = part.partition("=")
        if name in seen or name not in _PARTS or not re.fullmatch(_PARTS[name], value, re.ASCII):
            raise Invalid(field, f"{part[:40]!r} is no part of a rule that rosters know")
        seen.add(name)
    try:
        _rule(window.rrule, window.starts)
    except (ValueError, TypeError, KeyError):
        raise Invalid(field, "must be an RRULE of RFC 5545") from None


@lru_cache(maxsize=4096)
def _rule(rule: str, starts: datetime) -> rrule:
    parsed = rrulestr(rule, dtstart=starts, cache=True)
    if not isinstance(parsed, rrule):
        raise TypeError("a set of rules")
    return parsed
