"""Fingerprint: the version of a monthly report, over every number in it. Pure.

A year later another release must find the same one, so what is covered is written out here, and
follows no shape of the code: a change here makes another `FORM`.
"""

import json
from collections.abc import Iterator
from hashlib import sha256

from services.audit.figures.lines import Line
from services.audit.figures.monthly import Monthly

FORM = 1
DIGITS = 12
"""Hexadecimal: enough to read out, and to tell two reports apart."""


def fingerprint(made: Monthly) -> str:
    """Two reports of a month that say the same have the same; their cuts are no part of it."""
    said = json.dumps([FORM, *_all(made)], separators=(",", ":"))
    return sha256(said.encode()).hexdigest()[:DIGITS]


def _all(made: Monthly) -> Iterator[object]:
    asked = made.asked
    yield [asked.period.name, asked.area, asked.outside]
    for clock, line in made.lines.items():
        yield ["all", clock, _line(line)]
    for axis, by_clock in made.parts.items():
        for clock, lines in by_clock.items():
            yield [axis, clock, [_line(each) for each in lines]]
    yield ["silence", [[each.key, each.due, each.silent] for each in made.silence]]
    yield ["unmet", [list(each) for each in made.unmet]]
    for before in made.before:
        found = (before.lines or {}).items()
        yield [before.month.name, [[clock, _line(line)] for clock, line in found]]


def _line(line: Line) -> list[object]:
    share, times = line.in_time, line.wall
    return [
        line.key,
        line.n,
        share and [share.part, share.whole],
        times and [times.median, times.p90, str(times.reached)],
        line.still_open,
        sorted((line.responses or {}).items()),
        sorted((line.excluded or {}).items()),
        [line.paused, line.escalated, line.voided],
    ]
