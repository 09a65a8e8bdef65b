"""Duty: who serves at an instant. Pure, without a clock of its own."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from services.notify.rosters.model import Roster, Window
from shared.jurisdiction.recurrence import beginnings

_SLACK = timedelta(days=1)
"""No wall clock strays further from even time than this within a watch."""


def on_duty(
    rosters: Iterable[Roster], organisation: str, tier: int, now: datetime, zone: ZoneInfo
) -> tuple[str, ...]:
    """The staff ids on duty at ``now``, in the rosters' order, each once."""
    serving: dict[str, None] = {}
    for roster in running(rosters, organisation, tier, now, zone):
        serving.update(dict.fromkeys(roster.people))
    return tuple(serving)


def running(
    rosters: Iterable[Roster], organisation: str, tier: int, now: datetime, zone: ZoneInfo
) -> Iterator[Roster]:
    """The rosters of a tier of which a watch is running at ``now``, in order."""
    for roster in rosters:
        if (roster.organisation, roster.tier) == (organisation, tier) and any(
            covers(window, now, zone) for window in roster.windows
        ):
            yield roster


def covers(window: Window, now: datetime, zone: ZoneInfo) -> bool:
    """Whether a watch is running at ``now``; its first instant belongs to it, its last does not."""
    return any(begins <= now < ends for begins, ends in _watches(window, now, zone))


def _watches(window: Window, now: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    local = now.astimezone(zone).replace(tzinfo=None)
    earliest, latest = local - window.duration - _SLACK, local + _SLACK
    near = beginnings(window.rrule, window.starts, earliest, latest)
    for begins in (window.starts, *near):  # by RFC 5545 the start counts, whatever the rule says
        yield _instant(begins, zone), _instant(begins + window.duration, zone)


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which a wall clock shows ``wall``.

    A time shown twice is its first showing; one left out lies as far behind the gap's beginning.
    So a watch ends where the next begins, whatever the clocks do.
    """
    return wall.replace(tzinfo=zone).astimezone(UTC)
