"""Handlers of coverage: what a coordinator or an auditor may ask of a place, on a day."""

from datetime import date

from services.committee.coverage import store
from services.committee.coverage.model import Coverage, coverage
from services.committee.deps import Deps
from services.committee.report.scope import covered
from shared.db import Tx
from shared.errors import Invalid
from shared.events.words import SYSTEM, Role
from shared.security.visibility import Viewer, act_as


async def covering(tx: Tx, deps: Deps, viewer: Viewer, wanted: str | None, day: date) -> Coverage:
    """The coverage of an area, left out the viewer's own, with the places right below it.

    Raises `NotFound` for one that is not theirs, and `Invalid` for one that is none or too small,
    and where several are theirs and none is named.
    """
    territories = deps.jurisdiction.territories
    area = covered(deps, viewer, wanted or _theirs(deps, viewer))
    await act_as(tx, SYSTEM)  # whose figures they are is decided
    committees = await store.standings(tx, area, day)
    level = next(each.digits for each in territories.rules.levels if each.digits > len(area))
    places = {each[:level] for each in territories.listed if each.startswith(area)}
    of_level = {each for each in places if each[len(area) :].strip("0")}
    profile = deps.jurisdiction.profile
    return coverage(area, of_level, committees, profile.units_expected, profile.unit_of)


def _theirs(deps: Deps, viewer: Viewer) -> str:
    if viewer.has(Role.AUDITOR):
        return deps.jurisdiction.territories.rules.country
    if len(viewer.areas) != 1:
        raise Invalid("area", "is needed: say whose figures")
    return viewer.areas[0]
