"""Monthly: the figures of one month and one place, all clocks side by side, by a cut that is fixed
by rule: whoever asks for it gets the same. Pure.

Times are by the clock on the wall alone: working hours change when a holiday is moved later.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from services.audit.figures.clocks import Clock
from services.audit.figures.facts import OfferFact, RequestFact
from services.audit.figures.funnel import Point
from services.audit.figures.lines import Line
from services.audit.figures.lists import Unmet, unmet
from services.audit.figures.period import DECEMBER, JANUARY, Period
from services.audit.figures.report import Asked, Axis, report

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
    parts: dict[Axis, dict[Clock, Sequence[Line]]] = {
        axis: {
            clock: report(_of(facts, clock), replace(asked, clock=clock, axis=axis)).parts
            for clock in Clock
        }
        for axis in BY
    }
    silence = replace(asked, clock=SILENCE, axis=Axis.ORGANISATION)
    return Monthly(
        asked=asked,
        standing=standing(asked.period, asked.zone, asked.cut),
        lines=lines(facts, asked),
        parts=parts,
        silence=report(_of(facts, SILENCE), silence).silence,
        unmet=unmet(facts[0], replace(asked, clock=Clock.HER_ACCEPTANCE)),
        before=before,
    )


def lines(facts: Both, asked: Asked) -> dict[Clock, Line]:
    """The line of all by each clock."""
    return {
        clock: report(_of(facts, clock), replace(asked, clock=clock, axis=None)).whole
        for clock in Clock
    }


def _of(facts: Both, clock: Clock) -> Iterable[RequestFact] | Iterable[OfferFact]:
    return facts[0 if clock.hers else 1]
