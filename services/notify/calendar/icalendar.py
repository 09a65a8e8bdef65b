"""iCalendar (RFC 5545): watches as a calendar that telephones subscribe to. Pure.

Whoever looks over a shoulder reads a neutral title and times: no name, place or organisation.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

_FOLD = 75
"""Octets of a line, without its end."""
_PRODUCT = "-//Calendar//EN"


@dataclass(frozen=True, slots=True)
class Entry:
    """A time of duty. ``uid`` is the same as long as it begins at the same time."""

    uid: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is written: entries from ``starts`` until ``ends``, each under the same title."""

    title: str
    starts: datetime
    ends: datetime
    entries: tuple[Entry, ...]


def written(outlook: Outlook, feed_id: str) -> str:
    """The calendar as text, lines folded and ended as the standard has it."""
    return "".join(f"{_folded(line)}\r\n" for line in _lines(outlook, feed_id))


def _lines(outlook: Outlook, feed_id: str) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{_PRODUCT}", "METHOD:PUBLISH")
    yield f"X-WR-CALNAME:{_escaped(outlook.title)}"
    yield "REFRESH-INTERVAL;VALUE=DURATION:PT1H"
    stamp = f"DTSTAMP:{_utc(outlook.starts)}"
    for entry in outlook.entries:
        yield from ("BEGIN:VEVENT", f"UID:{entry.uid}", stamp)
        yield from (f"DTSTART:{_utc(entry.starts)}", f"DTEND:{_utc(entry.ends)}")
        yield f"SUMMARY:{_escaped(outlook.title)}"
        yield from ("CLASS:PRIVATE", "END:VEVENT")
    if not outlook.entries:  # a calendar has one component at least: nothing is taken
        yield from ("BEGIN:VFREEBUSY", f"UID:{feed_id}", stamp)
        yield from (f"DTSTART:{_utc(outlook.starts)}", f"DTEND:{_utc(outlook.ends)}")
        yield "END:VFREEBUSY"
    yield "END:VCALENDAR"


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for sign in "\\;,":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """In lines of 75 octets at most, each next one behind a space; no character is cut in two."""
    return "\r\n ".join(_pieces(line))


def _pieces(line: str) -> Iterable[str]:
    piece, room = "", _FOLD
    for sign in line:
        size = len(sign.encode())
        if size > room:
            yield piece
            piece, room = "", _FOLD - 1
        piece, room = piece + sign, room - size
    yield piece
