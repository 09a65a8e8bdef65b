"""When a service answers. RRULE is dateutil's: a calendar of our own would be wrong in new ways."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from services.referral.model.directory import Service, Window

_EPOCH = datetime(2024, 1, 1)  # noqa: DTZ001 - a wall-clock date; zones are applied by the caller


def open_now(service: Service, now: datetime, zone: ZoneInfo) -> bool:
    """Whether any window of the service is open at ``now``, by the clock on the wall there."""
    if not service.windows:
        return True
    local = now.astimezone(zone).replace(tzinfo=None)
    return any(_in_window(window, local) for window in service.windows)


def _in_window(window: Window, local: datetime) -> bool:
    """A window that closes at or before it opens runs past midnight."""
    opens, closes = time.fromisoformat(window.opens_at), time.fromisoformat(window.closes_at)
    for day in (local.date(), local.date() - timedelta(days=1)):
        start = datetime.combine(day, opens)
        end = datetime.combine(day, closes)
        if end <= start:
            end += timedelta(days=1)
        if start <= local < end and _runs_on(window.rrule, start):
            return True
    return False


def _runs_on(rule: str, start: datetime) -> bool:
    midnight = datetime.combine(start.date(), time())
    days = rrulestr(rule, dtstart=_EPOCH)
    return bool(days.between(midnight, midnight, inc=True))
