"""Handlers of the report: whose figures somebody asks for, and what of them they may be shown."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.committee.deps import Deps
from services.committee.registry.handlers import today
from services.committee.report import store
from services.committee.report.model.figures import FOLLOWED, Cover, Line, Row, lines
from services.committee.report.model.period import Clock, Period
from services.committee.report.scope import Asked, inside, scope
from services.committee.report.store import COMMITTEE, Cut, Of
from shared.db import Tx
from shared.errors import Invalid
from shared.events.words import SYSTEM
from shared.security.visibility import Viewer, act_as
from shared.suppression import Path, held_back


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The lines of a place. ``code``: the beginning of its code, or the committee's whole one."""

    code: str
    committee_id: str | None = None
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The first table is the whole; ``cut`` is when it was made; ``silent`` have no entry in it, or
    for whoever is ``outside``, in its whole year."""

    asked: Asked
    cut: datetime
    area: str
    committee_id: str | None
    outside: bool
    tables: Sequence[Table]
    silent: Sequence[Of]


async def report(tx: Tx, deps: Deps, viewer: Viewer, asked: Asked) -> Report:
    """The figures of a committee or an area that the viewer may ask for.

    Raises `NotFound` for others, and `Invalid` for a time that has not come, a place that is none,
    and where it is not plain whose figures are wanted.
    """
    day = today(tx, deps)
    if asked.period.first > day:
        raise Invalid("year", "must not be in the future")
    cut = await scope(tx, deps, viewer, asked, day)
    outside = asked.outside or not await inside(tx, deps, viewer, cut)
    # whose figures they are is decided, and no row is asked whose it is; what is hidden stays so
    await act_as(tx, SYSTEM)
    levels = deps.jurisdiction.territories.rules.depths
    below = COMMITTEE
    if cut.committee_id is None:
        below = next((each for each in levels if each > len(cut.area)), COMMITTEE)
    rows = await store.counted(tx, cut, below)
    cover = await _cover(tx, cut, levels, outside)
    whole = _path(levels, cut.area, cut.committee_id)
    first = Table(code=cut.area, committee_id=cut.committee_id, lines=lines(whole, rows, cover))
    parts = [] if cut.committee_id else await _below(tx, cut, (levels, below), rows, cover)
    return Report(
        asked=asked,
        cut=tx.now,
        area=cut.area,
        committee_id=cut.committee_id,
        outside=outside,
        tables=[first, *parts],
        silent=await store.silent(tx, _whole_year(cut) if outside else cut),
    )


def _whole_year(cut: Cut) -> Cut:
    """For whoever is outside: who entered nothing of a quarter, or by one clock, would tell where a
    figure that is held back is nought, and where it is not."""
    return replace(cut, period=Period(cut.period.year), clock=Clock.HAPPENED)


async def _cover(tx: Tx, cut: Cut, levels: Sequence[int], outside: bool) -> Cover:
    """What must not be shown: by the counts of the whole uppermost place that holds ``cut``."""
    whole = cut.period.quarter is None and cut.clock is Clock.HAPPENED
    if not (outside and whole and len(cut.area) >= levels[1]):
        return Cover(outside=outside, whole=whole)
    around = replace(cut, area=cut.area[: levels[1]], committee_id=None)
    paths = {
        each.committee_id: _path(levels, each.territory, each.committee_id)
        for each in await store.places(tx, around.area)
    }
    counts = {
        (figure, then): dict.fromkeys(paths.values(), 0) for figure in FOLLOWED for then in (0, 1)
    }
    for row in await store.counted(tx, around, COMMITTEE, FOLLOWED):
        counts[row.figure, 0][paths[row.key]] += row.now
        counts[row.figure, 1][paths[row.key]] += row.before
    now, before = (
        {figure: held_back(counts[figure, then]) for figure in FOLLOWED} for then in (0, 1)
    )
    return Cover(outside=outside, whole=whole, held=(now, before))


async def _below(
    tx: Tx, cut: Cut, level: tuple[Sequence[int], int], rows: Sequence[Row], cover: Cover
) -> list[Table]:
    """One for each place right below that has a committee, or each committee, in order."""
    levels, below = level
    of: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        of[row.key].append(row)
    named = await store.places(tx, cut.area)
    places: list[tuple[str, str, str | None]]
    if below == COMMITTEE:
        places = [(each.committee_id, each.territory, each.committee_id) for each in named]
    else:
        codes = dict.fromkeys(each.territory[:below] for each in named)
        places = [(code, code, None) for code in codes]
    return [
        Table(code=code, committee_id=one, lines=lines(_path(levels, code, one), of[key], cover))
        for key, code, one in places
    ]


def _path(levels: Sequence[int], code: str, committee_id: str | None = None) -> Path:
    """The places that hold a place, itself the last, as suppression names them."""
    within = tuple(code[:digits] for digits in levels[1:] if digits <= len(code))
    return within if committee_id is None else (*within, committee_id)
