"""Scope: whose figures somebody may ask for, and whether survivors' are theirs to see whole."""

from dataclasses import dataclass
from datetime import date

from services.committee.deps import Deps
from services.committee.registry import store as registry
from services.committee.report.model.period import Clock, Period
from services.committee.report.store import Cut
from shared.db import Tx
from shared.errors import Invalid
from shared.events.words import SYSTEM, Role
from shared.security.report_areas import coordinates, report_area
from shared.security.visibility import Viewer, act_as


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody asks for. Without ``area`` and ``committee_id``: what is theirs.

    ``outside``: to be handed on, so nothing may be in it that must not leave.
    """

    period: Period
    clock: Clock = Clock.HAPPENED
    area: str | None = None
    committee_id: str | None = None
    outside: bool = False


async def scope(tx: Tx, deps: Deps, viewer: Viewer, asked: Asked, day: date) -> Cut:
    """Whose figures it is: a committee of which the viewer may know, or an area that is theirs.

    Raises `NotFound` for others, and `Invalid` where it is not plain whose are wanted.
    """
    area, committee_id = asked.area, asked.committee_id
    if area is None and committee_id is None:
        area, committee_id = await _theirs(tx, deps, viewer)
    if committee_id is not None:
        area = await _where(tx, viewer, committee_id)
    elif area is not None:
        area = covered(deps, viewer, area)
    else:
        raise Invalid("area", "is needed: say whose figures")
    return Cut(
        period=asked.period,
        clock=asked.clock,
        zone=deps.jurisdiction.zone.key,
        today=day,
        area=area,
        committee_id=committee_id,
    )


async def inside(tx: Tx, deps: Deps, viewer: Viewer, cut: Cut) -> bool:
    """Whether they are of the committee, or coordinate a place that is no larger than the uppermost
    level and holds it: survivors' figures are theirs to see."""
    if coordinates(deps.jurisdiction.territories, viewer, cut.area):
        return True
    own = await registry.of_organisation(tx, viewer.organisation)
    keeps = viewer.has(Role.SECRETARY, Role.MEMBER)
    return keeps and own is not None and own.committee_id == cut.committee_id


async def _theirs(tx: Tx, deps: Deps, viewer: Viewer) -> tuple[str | None, str | None]:
    """The area or the committee that is a viewer's without their saying so."""
    if viewer.has(Role.SECRETARY, Role.MEMBER):
        own = await registry.of_organisation(tx, viewer.organisation)
        if own is not None:
            return None, own.committee_id
    if viewer.has(Role.AUDITOR):
        return deps.jurisdiction.territories.rules.country, None
    if viewer.has(Role.COORDINATOR) and len(viewer.areas) == 1:
        return viewer.areas[0], None
    return None, None


async def _where(tx: Tx, viewer: Viewer, committee_id: str) -> str:
    """The code of a committee's place; `NotFound` unless the viewer may know of it."""
    if viewer.has(Role.AUDITOR):
        await act_as(tx, SYSTEM)
    found = await registry.find(tx, committee_id)
    await act_as(tx, viewer.staff_id)
    return found.territory


def covered(deps: Deps, viewer: Viewer, wanted: str) -> str:
    """An area of a level of which reports are made, and that is the viewer's to ask for."""
    territories = deps.jurisdiction.territories
    area = report_area(territories, viewer, wanted)
    if len(area) not in territories.rules.depths:
        raise Invalid("area", "is too small for a report: name its committee")
    return area
