"""Opening hours of a service, by the clock on the wall there."""

from datetime import datetime
from zoneinfo import ZoneInfo

from services.referral.directory.model import Service, Window
from shared.jurisdiction.hours import clock, closing, running
from shared.jurisdiction.recurrence import names_day


def open_now(service: Service, now: datetime, zone: ZoneInfo) -> bool:
    """Whether any window of the service is open at ``now``, by the clock on the wall there."""
    return not service.windows or any(_runs(each, now, zone) for each in service.windows)


def _runs(window: Window, now: datetime, zone: ZoneInfo) -> bool:
    opens, closes = clock(window.opens_at), closing(window.closes_at)
    return any(names_day(window.rrule, day) for day in running(now, opens, closes, zone))
