"""Moments and spans in words: always the country's clock, never the machine's."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from services.console.frame.texts import later, say

DAY, HOUR, MINUTE = 86_400, 3_600, 60
UNITS = (later("%(n)s d"), later("%(n)s h"), later("%(n)s min"))


def read(moment: str | datetime) -> datetime:
    """A moment as a service answers it."""
    return moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)


def when(moment: str | datetime, zone: ZoneInfo) -> Markup:
    """``23.11.2026 14:05`` in a ``time`` element with the moment itself."""
    local = read(moment).astimezone(zone)
    stamp = local.isoformat(timespec="seconds")
    return Markup('<time datetime="{}">{}</time>').format(stamp, local.strftime("%d.%m.%Y %H:%M"))


def short(moment: str | datetime, zone: ZoneInfo, now: datetime) -> Markup:
    """``14:05`` on the same day, else ``23.11. 14:05``; the whole moment in the element."""
    local, today = read(moment).astimezone(zone), now.astimezone(zone)
    shown = local.strftime("%H:%M" if local.date() == today.date() else "%d.%m. %H:%M")
    stamp = local.isoformat(timespec="seconds")
    return Markup('<time datetime="{}">{}</time>').format(stamp, shown)


def day(of: str | date) -> Markup:
    """``23.11.2026`` of a day of the calendar, in a ``time`` element."""
    read = of if isinstance(of, date) else date.fromisoformat(of)
    return Markup('<time datetime="{}">{}</time>').format(read, read.strftime("%d.%m.%Y"))


def span(seconds: float) -> str:
    """``1 h 47 min``, ``3 d 4 h``, ``12 min``: two units at most, never less than a minute."""
    whole = max(int(abs(seconds)), 0)
    counts = (whole // DAY, whole % DAY // HOUR, whole % HOUR // MINUTE)
    said = [say(unit) % {"n": count} for count, unit in zip(counts, UNITS, strict=True) if count]
    return " ".join(said[:2]) or say(UNITS[-1]) % {"n": 1}


def left(moment: str | datetime, now: datetime) -> Markup:
    """How long until then, or how late it is; what is late is marked."""
    ahead: timedelta = read(moment) - now
    if ahead.total_seconds() < 0:
        words = say("late by %(span)s") % {"span": span(ahead.total_seconds())}
        return Markup('<b class="late">{}</b>').format(words)
    return escape(say("%(span)s left") % {"span": span(ahead.total_seconds())})
