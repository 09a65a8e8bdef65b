"""Monthly: the report of a month and a place, all its parts out of facts that are read once."""

from asyncio import to_thread
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.audit.deps import Deps
from services.audit.facts.at_cut import Then, at_cut
from services.audit.facts.store import Begun
from services.audit.figures.fingerprint import fingerprint
from services.audit.figures.monthly import (
    Before,
    Monthly,
    Standing,
    compared,
    cut_of,
    fixed_cut,
    lines,
    monthly,
    months,
    standing,
)
from services.audit.figures.period import Period
from services.audit.figures.report import Asked
from services.audit.handlers import figures
from services.audit.store import checkpoints
from services.audit.store.checkpoints import Checkpoint
from shared.db import Tx
from shared.events.words import Role
from shared.jurisdiction.territories import Territories
from shared.security.visibility import Viewer

FIRST = "SELECT min(opened_at) FROM request_facts"
MOST_MONTHS = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which report. None: of the last month that is over, of the area that is theirs, as of the
    cut that is fixed; ``outside``: to be handed on."""

    month: Period | None = None
    area: str | None = None
    cut: datetime | None = None
    outside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A report, and by what it is found again. ``fixed``: the cut by the rule, also if it is as of
    another; ``heard_since``: words said by the cut that audit heard only after it."""

    report: Monthly
    version: str
    fixed: datetime
    checkpoint: Checkpoint | None
    heard_since: int


async def make(tx: Tx, deps: Deps, viewer: Viewer, wanted: Wanted) -> Made:
    """The report; raises as `figures.make` does."""
    country = deps.country.current
    today = tx.now.astimezone(country.zone)
    month = wanted.month or compared(Period.month(today.year, today.month))[0]
    asked = figures.understood(
        tx,
        country,
        viewer,
        figures.Wanted(
            period=month,
            cut=wanted.cut or cut_of(month, country.zone, tx.now),
            area=wanted.area,
            outside=wanted.outside,
        ),
    )
    then = await _read(tx, asked)
    before = [await _before(tx, asked, each) for each in compared(month)]
    made = await to_thread(monthly, (then.requests, then.offers), asked, before)
    return Made(
        report=made,
        version=fingerprint(made),
        fixed=fixed_cut(month, country.zone),
        checkpoint=await checkpoints.newest(tx, asked.cut),
        heard_since=then.heard_since + sum(each.heard_since for each in before),
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """A month of which there is a report, as of the cut that stands now."""

    month: Period
    cut: datetime
    standing: Standing


async def listed(tx: Tx, deps: Deps) -> list[Listed]:
    """The newest first, back to that of the first need on record."""
    zone = deps.country.current.zone
    today = tx.now.astimezone(zone).date()
    first: datetime | None = await tx.fetchval(FIRST)
    since = first.astimezone(zone).date() if first else today
    found = []
    for month in months(since, today, MOST_MONTHS):
        cut = cut_of(month, zone, tx.now)
        found.append(Listed(month, cut, standing(month, zone, cut)))
    return found


def areas(territories: Territories, viewer: Viewer) -> Sequence[str]:
    """Whose reports somebody may open: every oblast, or what they coordinate."""
    country, *levels = territories.rules.depths
    if viewer.has(Role.AUDITOR) or any(len(each) <= country for each in viewer.areas):
        return [each.prefix for each in territories.below(None)]
    return [each for each in viewer.areas if len(each) in levels]


async def _before(tx: Tx, asked: Asked, month: Period) -> Before:
    """As it was at its own cut, unless what is asked for is as of an earlier day."""
    then = replace(asked, period=month, cut=cut_of(month, asked.zone, asked.cut))
    facts = await _read(tx, then)
    known = bool(facts.requests or facts.offers)
    both = facts.requests, facts.offers
    found = await to_thread(lines, both, then) if known else None
    return Before(month=month, cut=then.cut, lines=found, heard_since=facts.heard_since)


async def _read(tx: Tx, asked: Asked) -> Then:
    """All that began in the month, in the uppermost place where that decides what may leave."""
    area = asked.uppermost if asked.outside else asked.area
    within = "" if len(area) <= asked.depths[0] else area
    return await at_cut(tx, Begun(*asked.period.instants(asked.zone), within), asked.cut)
