"""Monthly: the figures of one month and one place, all clocks side by side, by a cut that is fixed
by rule: whoever asks for it gets the same. Pure.

Times are by the clock on the wall alone: working hours change when a holiday is moved later.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from services.audit.figures.clocks import Clock
from services.audit.figures.facts import OfferFact, RequestFact
from services.audit.figures.funnel import Point
from services.audit.figures.lines import Line
from services.audit.figures.lists import Unmet, unmet
from services.audit.figures.packed import Names, pack
from services.audit.figures.period import DECEMBER, JANUARY, Period
from services.audit.figures.report import Asked, Axis, Report, of_packed, packing

FINAL_ON = 10
"""Day of the month after on which a report is final: answers that come later are late by days."""
BY = (Axis.PLACE, Axis.SERVICE, Axis.URGENCY)
SILENCE = Clock.ACKNOWLEDGEMENT
"""Whoever said "seen" was not silent."""
PASSED_ON = Clock.DECISION
"""Of each offer whether a further tier was asked."""
Both = tuple[Iterable[RequestFact], Iterable[OfferFact]]


class Standing(StrEnum):
    """What a cut is to a month: before, at, or after the one that is fixed."""

    PRELIMINARY = "preliminary"
    FINAL = "final"
    LATER = "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """Another month for comparison, as of its own cut: its lines of all by clock, none where
    nothing is on record of it. ``heard_since``: words said by then, and heard later."""

    month: Period
    cut: datetime
    lines: Mapping[Clock, Line] | None
    heard_since: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Monthly:
    """``asked`` is what all parts have in common. ``parts``: by axis, the lines of each clock.
    ``passed_on``: offers by service, of which ``escalated`` counts."""

    asked: Asked
    standing: Standing
    lines: Mapping[Clock, Line]
    parts: Mapping[Axis, Mapping[Clock, Sequence[Line]]]
    silence: Sequence[Point]
    unmet: Sequence[Unmet]
    before: Sequence[Before]

    @property
    def passed_on(self) -> Sequence[Line]:
        """Offers by service: of which so many were passed on to a further tier."""
        return self.parts[Axis.SERVICE][PASSED_ON]


def fixed_cut(month: Period, zone: ZoneInfo) -> datetime:
    """Midnight there, at the beginning of the tenth of the month after: UTC."""
    day = month.after.replace(day=FINAL_ON)
    return Period(month.after, day).instants(zone)[1]


def cut_of(month: Period, zone: ZoneInfo, now: datetime) -> datetime:
    """The cut that is fixed, or now while that has not come."""
    return min(fixed_cut(month, zone), now)


def standing(month: Period, zone: ZoneInfo, cut: datetime) -> Standing:
    """Of a report as of ``cut``."""
    fixed = fixed_cut(month, zone)
    if cut < fixed:
        return Standing.PRELIMINARY
    return Standing.FINAL if cut == fixed else Standing.LATER


def compared(month: Period) -> tuple[Period, Period]:
    """The month before, and the same of the year before."""
    first = month.first
    before = (first.year, first.month - 1) if first.month > JANUARY else (first.year - 1, DECEMBER)
    return Period.month(*before), Period.month(first.year - 1, first.month)


def months(first: date, last: date, at_most: int) -> list[Period]:
    """The newest first, from that of ``last`` back to that of ``first``."""
    found = [Period.month(last.year, last.month)]
    while found[-1].first > first and len(found) < at_most:
        found.append(compared(found[-1])[0])
    return found


def monthly(facts: Both, asked: Asked, before: Sequence[Before]) -> Monthly:
    """The report of a month; ``asked`` by whichever clock."""
    of = _reports(facts, asked)
    return Monthly(
        asked=asked,
        standing=standing(asked.period, asked.zone, asked.cut),
        lines={clock: of(clock, None).whole for clock in Clock},
        parts={axis: {clock: of(clock, axis).parts for clock in Clock} for axis in BY},
        silence=of(SILENCE, Axis.ORGANISATION).silence,
        unmet=unmet(facts[0], replace(asked, clock=Clock.HER_ACCEPTANCE)),
        before=before,
    )


def lines(facts: Both, asked: Asked) -> dict[Clock, Line]:
    """The line of all by each clock."""
    of = _reports(facts, asked)
    return {clock: of(clock, None).whole for clock in Clock}


def _reports(facts: Both, asked: Asked) -> Callable[[Clock, Axis | None], Report]:
    """Of the same facts by any clock and axis, packed once for each clock."""
    names = Names()
    packs = {
        clock: pack(_of(facts, clock), names, packing(replace(asked, clock=clock)))
        for clock in Clock
    }
    return lambda clock, axis: of_packed(
        [packs[clock]], names, replace(asked, clock=clock, axis=axis)
    )


def _of(facts: Both, clock: Clock) -> Iterable[RequestFact] | Iterable[OfferFact]:
    return facts[0 if clock.hers else 1]
