"""Showing: shares, times and counts as a page has them."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from services.console.frame.moments import span
from services.console.frame.texts import say
from services.console.pages.committee.registers import spaced

SIGN, NOTHING = "*", "–"
MINUTE = 60
BRIEF = 10
"""Minutes below which seconds are told."""
Line = Mapping[str, Any]


def count(number: int | None) -> str:
    """A number, or the sign of what is held back."""
    return SIGN if number is None else spaced(number)


def percent(share: float | None) -> str:
    """``62,5``, with the country's comma; empty of nothing."""
    return "" if share is None else f"{100 * share:.1f}".replace(".", ",")


def month(code: str) -> str:
    """``11.2026`` of ``2026-11``."""
    year, _, number = code.partition("-")
    return f"{number}.{year}"


def months(first: str, last: str, today: date) -> tuple[str, str]:
    """The month before a time, and the one after it, which is empty until it has begun:
    ``2026-11``."""
    before = date.fromisoformat(first).replace(day=1) - timedelta(days=1)
    after = (date.fromisoformat(last).replace(day=1) + timedelta(days=32)).replace(day=1)
    return f"{before:%Y-%m}", f"{after:%Y-%m}" if after <= today else ""


def share(line: Line) -> str:
    """``62,5 %``."""
    found = line["in_time"]
    if found is None:
        return SIGN
    return f"{percent(found['part'] / found['whole'])} %" if found["whole"] else NOTHING


def interval(line: Line) -> str:
    """``30,6–86,3``; empty of nothing."""
    found = line["in_time"]
    if found is None or not found["whole"]:
        return ""
    return f"{percent(found['low'])}–{percent(found['high'])}"


def within(line: Line, name: str, by: str = "wall") -> str:
    """``4 min``, or that it was not reached, and how far it went; ``–`` of nobody. ``by``: the
    clock on the wall, or that of working hours."""
    times = line[by]
    if line["n"] == 0:
        return NOTHING
    if times is None:
        return SIGN
    if times[name] is None:
        return say("not reached (%(share)s %%)") % {"share": percent(times["reached"])}
    return took(times[name])


def took(seconds: int | None) -> str:
    """``45 s``, ``4 min``, ``1 min 30 s``, ``1 h 5 min``: longer ones rounded up, for nobody looks
    faster for it."""
    if seconds is None:
        return ""
    minutes, rest = divmod(seconds, MINUTE)
    if rest and minutes < BRIEF:
        told = say("%(n)s s") % {"n": rest}
        return f"{span(minutes * MINUTE)} {told}" if minutes else told
    if not seconds:
        return say("%(n)s s") % {"n": 0}
    return span(-(-seconds // MINUTE) * MINUTE)
