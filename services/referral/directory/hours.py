"""Opening hours of a service, by the clock on the wall there."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.referral.directory.model import Service, Window
from shared.jurisdiction.recurrence import names_day


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
        if start <= local < end and names_day(window.rrule, day):
            return True
    return False
