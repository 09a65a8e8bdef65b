"""Recurrence rules of RFC 5545. Pure; RRULE is dateutil's, no calendar of our own.

All times are read off the clock on the wall: they have no zone, and the caller applies one. What a
person wrote is checked once, when it is taken: a rule that raises, or is searched for without end,
must not be met in the night when somebody is needed.
"""

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from dateutil.rrule import rrule, rrulestr

EPOCH = datetime(2024, 1, 1)  # noqa: DTZ001 - the clock on the wall
"""Where rules without a beginning of their own begin; only ``INTERVAL`` can tell."""

_NUMBERS = "[+-]?[1-9][0-9]{0,2}(,[+-]?[1-9][0-9]{0,2})*"
_WEEKDAY = "([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)"
_VALUES = {
    "FREQ": "DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": "[1-9][0-9]{0,2}",
    "COUNT": "[1-9][0-9]{0,2}",
    "UNTIL": "[0-9]{8}(T[0-9]{6})?",
    "WKST": "MO|TU|WE|TH|FR|SA|SU",
    "BYDAY": f"{_WEEKDAY}(,{_WEEKDAY})*",
    **dict.fromkeys(("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"), _NUMBERS),
}
WATCHES = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY"})
"""The parts of a rule that begins at a time of its own. They make no rule that never comes true (as
``BYMONTH=2;BYMONTHDAY=30``), for which dateutil would look through every day until 9999."""
DAYS = frozenset(_VALUES) - {"COUNT"}
"""The parts of a rule that names days, without a first one to count from."""
_OF_LONGER = frozenset({"BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"})
_STRIDE = {"DAILY": timedelta(days=1), "WEEKLY": timedelta(weeks=1)}


def check_rule(rule: str, parts: frozenset[str], starts: datetime = EPOCH) -> None:
    """Raises `ValueError`, for a person to read, unless ``rule`` is an RRULE made of ``parts``."""
    values: dict[str, str] = {}
    for part in rule.upper().split(";"):
        name, _, value = part.partition("=")
        if name not in parts:
            raise ValueError(f"may be made of {', '.join(sorted(parts))} alone")
        if name in values or not re.fullmatch(_VALUES[name], value, re.ASCII):
            raise ValueError(f"{name} stands twice, or with a value that it cannot have")
        values[name] = value
    if "FREQ" not in values:
        raise ValueError("FREQ is missing")
    if values["FREQ"] == "DAILY" and "BYDAY" in values and not int(values.get("INTERVAL", 1)) % 7:
        raise ValueError("a weekday every so many weeks is FREQ=WEEKLY: this may never be one")
    if values["FREQ"] in _STRIDE and not _OF_LONGER.isdisjoint(values):
        raise ValueError("a day of a month or of a year is FREQ=MONTHLY or FREQ=YEARLY")
    try:
        _parsed(rule, starts)
    except (ValueError, TypeError, KeyError, IndexError):
        raise ValueError("must be an RRULE of RFC 5545") from None


def check_days(rule: str) -> str:
    """``rule``; raises `ValueError`, for a person to read, unless it names days, one at least.

    For files alone: one that never comes true is looked for through all months until 9999.
    """
    check_rule(rule, DAYS)
    if _parsed(rule, EPOCH).after(EPOCH, inc=True) is None:
        raise ValueError("names no day at all")
    return rule


def beginnings(rule: str, starts: datetime, after: datetime, before: datetime) -> list[datetime]:
    """Every date of ``rule`` from ``after`` to ``before``, both included.

    However long ago it began: dateutil would count up from there.
    """
    return _parsed(rule, _near(rule, starts, after)).between(after, before, inc=True)


def _near(rule: str, starts: datetime, after: datetime) -> datetime:
    """The last time not behind ``after`` from which the rule goes on as it does from ``starts``."""
    values = dict(part.split("=") for part in rule.upper().split(";"))
    if "COUNT" in values or after <= starts:
        return starts
    stride, interval = _STRIDE.get(values["FREQ"]), int(values.get("INTERVAL", 1))
    if stride is not None:
        return starts + (after - starts) // (stride * interval) * (stride * interval)
    years = 4 * interval  # whole intervals of months too, and 29 February is there again
    whole = (after.year - 1 - starts.year) // years * years
    try:
        return starts.replace(year=starts.year + max(whole, 0))
    except ValueError:  # but in 2100
        return starts


@lru_cache(maxsize=4096)
def names_day(rule: str, day: date) -> bool:
    """Whether ``rule`` names ``day``. Kept, because all ask about the same few."""
    midnight = datetime.combine(day, time())
    return bool(beginnings(rule, EPOCH, midnight, midnight))


@lru_cache(maxsize=4096)
def _parsed(rule: str, starts: datetime) -> rrule:
    parsed = rrulestr(rule, dtstart=starts, cache=True)
    if not isinstance(parsed, rrule):
        raise TypeError("a set of rules")
    return parsed
