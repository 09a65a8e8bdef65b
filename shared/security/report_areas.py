"""Report areas: whose figures somebody may ask for, and who is near enough to see them whole.

One rule for every report about survivors (docs/decisions/0026).
"""

from shared.errors import NotFound
from shared.events.words import Role
from shared.jurisdiction.territories import Territories
from shared.security.visibility import Viewer


def report_area(territories: Territories, viewer: Viewer, wanted: str) -> str:
    """The area of a code, or of the beginning of one, if its figures are the viewer's to ask for:
    an auditor's, or whose who coordinates it. Raises `NotFound`, and `Invalid` for what is none."""
    area = territories.area(wanted, "area")
    if not viewer.has(Role.AUDITOR) and not (viewer.has(Role.COORDINATOR) and viewer.covers(area)):
        raise NotFound("no such territory")
    return area


def coordinates(territories: Territories, viewer: Viewer, area: str) -> bool:
    """Whether they coordinate a place that is no larger than the uppermost level and holds it."""
    uppermost = territories.rules.depths[1]
    return viewer.has(Role.COORDINATOR) and any(
        len(each) >= uppermost and area.startswith(each) for each in viewer.areas
    )
