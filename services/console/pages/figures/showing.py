"""Showing: shares, times and counts as a page has them."""

from collections.abc import Mapping
from typing import Any

from services.console.frame.moments import span
from services.console.frame.texts import say
from services.console.pages.committee.registers import spaced

SIGN = "*"
MINUTE = 60
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


def share(line: Line) -> str:
    """``62,5 %``."""
    found = line["in_time"]
    if found is None:
        return SIGN
    return f"{percent(found['part'] / found['whole'])} %" if found["whole"] else "–"


def interval(line: Line) -> str:
    """``30,6–86,3``; empty of nothing."""
    found = line["in_time"]
    if found is None or not found["whole"]:
        return ""
    return f"{percent(found['low'])}–{percent(found['high'])}"


def within(times: Mapping[str, Any] | None, name: str) -> str:
    """``4 min``, or that it was not reached, and how far it went."""
    if times is None:
        return SIGN
    if times[name] is None:
        return say("not reached (%(share)s %%)") % {"share": percent(times["reached"])}
    return took(times[name])


def took(seconds: int | None) -> str:
    """``45 s``, ``4 min``, ``1 h 5 min``: rounded up, for nobody looks faster for it."""
    if seconds is None:
        return ""
    if seconds < MINUTE:
        return say("%(n)s s") % {"n": seconds}
    return span(-(-seconds // MINUTE) * MINUTE)
