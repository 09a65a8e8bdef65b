"""Figures: whose somebody asks for, what of them they may be shown, and of what they are made."""

from asyncio import to_thread
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from itertools import takewhile
from typing import TypeVar

from services.audit.deps import Deps
from services.audit.facts import store
from services.audit.facts.columns import read_by
from services.audit.facts.store import Begun
from services.audit.figures.behind import Number, behind, count
from services.audit.figures.clocks import Clock, Fact, Run
from services.audit.figures.lists import Unmet, late, unmet
from services.audit.figures.period import Period
from services.audit.figures.report import Asked, Axis, Report, of_packed
from services.audit.figures.worked import Meter
from services.audit.store import checkpoints
from services.audit.store.checkpoints import Checkpoint
from shared.db import Tx
from shared.errors import Invalid
from shared.events.words import Role
from shared.jurisdiction import Jurisdiction
from shared.security.report_areas import coordinates, report_area
from shared.security.visibility import Viewer

T = TypeVar("T")
VERSION = 12
"""Hexadecimal digits of a version: enough to read out, and to tell two reports apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody asks for. None: this month, now, the area that is theirs.

    ``outside``: to be handed on, so nothing may be in it that must not leave.
    """

    clock: Clock = Clock.HER_ACCEPTANCE
    period: Period | None = None
    cut: datetime | None = None
    by: Axis | None = None
    area: str | None = None
    only: tuple[tuple[Axis, str], ...] = ()
    outside: bool = False
    now: bool = False
    working: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A report, and by what it can be found again: the newest checkpoint at its cut, if there was
    one, and its ``version``: two reports that say the same have the same."""

    report: Report
    checkpoint: Checkpoint | None
    version: str


@dataclass(frozen=True, slots=True)
class Told:
    """Waits, and how what was wanted was understood."""

    asked: Asked
    waits: Sequence[tuple[Fact, Run]]


async def make(tx: Tx, deps: Deps, viewer: Viewer, wanted: Wanted) -> Made:
    """The figures. Raises `NotFound` for an area that is not the viewer's, and `Invalid` for what
    is none, or has not come."""
    made = await _report(tx, deps, understood(tx, deps.country.current, viewer, wanted))
    return Made(
        report=made,
        checkpoint=await checkpoints.newest(tx, made.asked.cut),
        version=version(made),
    )


async def rows(
    tx: Tx, deps: Deps, viewer: Viewer, wanted: Wanted, of: tuple[Number, str | None]
) -> Told:
    """The waits of which a number is made, of one part by the axis or of all; raises as `make`."""
    asked = understood(tx, deps.country.current, viewer, wanted)
    return Told(asked, await some_rows(tx, asked, of))


async def some_rows(
    tx: Tx, asked: Asked, of: tuple[Number, str | None]
) -> Sequence[tuple[Fact, Run]]:
    """The same of what is understood: of its period, or of a piece of it."""
    read = None if of[0] is Number.UNMET else read_by(asked.clock, now=asked.now)
    return await _of_facts(tx, asked, lambda facts, of_all: behind(facts, of_all, *of), read)


async def how_many(
    tx: Tx, deps: Deps, viewer: Viewer, wanted: Wanted, of: tuple[Number, str | None]
) -> tuple[Made, int]:
    """The report that is wanted, and how many rows a number of it has; raises as `make`."""
    made = await make(tx, deps, viewer, wanted)
    if of[0] is Number.UNMET:  # which no line counts
        return made, len(await some_rows(tx, made.report.asked, of))
    return made, count(made.report, *of)


async def late_list(tx: Tx, deps: Deps, viewer: Viewer, wanted: Wanted) -> Told:
    """What was late, the latest first; raises as `make`."""
    asked = understood(tx, deps.country.current, viewer, wanted)
    found = await _of_facts(tx, asked, late, read_by(asked.clock, now=asked.now))
    return Told(asked, [(each.fact, each.run) for each in found])


async def unmet_needs(
    tx: Tx, deps: Deps, viewer: Viewer, wanted: Wanted
) -> tuple[Asked, list[Unmet]]:
    """What was needed, and where, and nobody had it: of needs, by whichever clock is asked for;
    raises as `make`."""
    hers = wanted.clock if wanted.clock.hers else Clock.HER_ACCEPTANCE
    asked = understood(tx, deps.country.current, viewer, replace(wanted, clock=hers, by=None))
    return asked, await _of_facts(tx, asked, unmet)


def understood(tx: Tx, country: Jurisdiction, viewer: Viewer, wanted: Wanted) -> Asked:
    """What is asked for, with all that was left open."""
    cut = wanted.cut or tx.now
    if cut > tx.now:
        raise Invalid("cut", "must not be in the future")
    today = cut.astimezone(country.zone)
    period = wanted.period or Period.month(today.year, today.month)
    begin, _ = period.instants(country.zone)
    if begin > cut:
        raise Invalid("period", "must begin before the cut")
    area = _area(country, viewer, wanted.area)
    for axis, value in wanted.only:
        if axis is Axis.SERVICE:
            country.service_type(value, axis.value)
    return Asked(
        clock=wanted.clock,
        period=period,
        cut=cut,
        zone=country.zone,
        depths=country.territories.rules.depths,
        area=area,
        axis=wanted.by,
        only=wanted.only,
        outside=wanted.outside or not coordinates(country.territories, viewer, area),
        now=wanted.now,
        meter=_meter(country, begin, cut) if wanted.working else None,
    )


def version(made: Report) -> str:
    """A fingerprint of all that a report says, and of how it was asked for, but for its cut."""
    asked = made.asked
    how = (asked.clock, asked.period, asked.area, asked.axis, asked.only)
    by = (asked.outside, asked.now, asked.meter is not None)
    said = (made.whole, *made.parts, made.withheld, made.unit, *made.steps, *made.silence)
    return sha256(repr((how, by, said)).encode()).hexdigest()[:VERSION]


async def _report(tx: Tx, deps: Deps, asked: Asked) -> Report:
    packs, names = await deps.shelves.packed(tx, deps.country.current, asked)
    return await to_thread(of_packed, packs, names, asked)


async def _of_facts(
    tx: Tx,
    asked: Asked,
    make: Callable[[Iterable[Fact], Asked], T],
    read: frozenset[str] | None = None,
) -> T:
    """Of all that began in the period, in another thread: others are answered meanwhile. ``read``:
    the fields that it is made of, all of them if none is named."""
    since, until = asked.period.instants(asked.zone)
    area = asked.uppermost if asked.outside else asked.area
    within = "" if len(area) <= asked.depths[0] else area
    kept = store.requests if asked.clock.hers else store.offers
    facts = await kept(tx, Begun(since, until, within, read))
    return await to_thread(make, facts, asked)


def _area(country: Jurisdiction, viewer: Viewer, wanted: str | None) -> str:
    """An area of a level of which reports are made, and that is the viewer's to ask for."""
    territories = country.territories
    if wanted is None:
        wanted = _theirs(country, viewer)
    area = report_area(territories, viewer, wanted)
    if len(area) not in territories.rules.depths:
        raise Invalid("area", "is too small for a report: its raion is the least")
    return area


def _theirs(country: Jurisdiction, viewer: Viewer) -> str:
    if viewer.has(Role.AUDITOR):
        return country.territories.rules.country
    if len(viewer.areas) != 1:
        raise Invalid("area", "is needed: say whose figures")
    return viewer.areas[0]


def _meter(country: Jurisdiction, begin: datetime, cut: datetime) -> Meter:
    def spans() -> Iterator[tuple[datetime, datetime]]:
        return takewhile(lambda span: span[0] < cut, country.calendar.spans_from(begin))

    return Meter(spans())
