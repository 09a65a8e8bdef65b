"""Weekdays of a rule (RFC 5545) in words: what people say of hours, where they can."""

from collections.abc import Sequence
from datetime import date

from services.console.frame.texts import later, say

CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
NAMES = (
    later("Mon"),
    later("Tue"),
    later("Wed"),
    later("Thu"),
    later("Fri"),
    later("Sat"),
    later("Sun"),
)


def days_of(rule: str, starts: date) -> tuple[str, ...] | None:
    """The days of every week that a rule from ``starts`` names; none for a rule that says more."""
    parts = dict(part.split("=", 1) for part in rule.upper().split(";"))
    frequency, named = parts.pop("FREQ", ""), parts.pop("BYDAY", "")
    if parts or frequency not in ("DAILY", "WEEKLY") or (frequency == "DAILY" and named):
        return None
    if frequency == "DAILY":
        return CODES
    days = named.split(",") if named else [CODES[starts.weekday()]]
    return tuple(each for each in CODES if each in days) if set(days) <= set(CODES) else None


def in_words(days: Sequence[str]) -> str:
    """``Mon–Fri``, ``Sat, Sun``; "every day" for all of them."""
    if len(days) == len(CODES):
        return say("every day")
    numbers = [CODES.index(each) for each in days]
    names = [say(NAMES[each]) for each in numbers]
    in_a_row = len(days) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1))
    return f"{names[0]}–{names[-1]}" if in_a_row else ", ".join(names)
