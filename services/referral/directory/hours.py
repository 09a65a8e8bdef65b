"""Opening hours of a service, by the clock on the wall there."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from services.referral.directory.model import Service, Window

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
        if start <= local < end and _runs_on(window.rrule, day):
            return True
    return False


@lru_cache(maxsize=4096)
def _runs_on(rule: str, day: date) -> bool:
    """Kept, because dateutil counts up from the first day, and all ask about the same few."""
    midnight = datetime.combine(day, time())
    return bool(_days(rule).between(midnight, midnight, inc=True))


def names_days(rule: str) -> bool:
    """Whether an RRULE names any day at all. Raises ValueError for what is no RRULE."""
    return _days(rule).after(_EPOCH, inc=True) is not None


def _days(rule: str) -> rrule:
    parsed = rrulestr(rule, dtstart=_EPOCH)
    if not isinstance(parsed, rrule):
        raise ValueError("one rule, please, and no set of them")  # noqa: TRY004 - no wrong type
    return parsed
