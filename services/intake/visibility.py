"""Visibility of an incident: how much of it a viewer may see.

Incidents that exclude the viewer are as if they were not: the database does not show the row.
"""

from services.intake.model.incidents import Incident, View, view_of
from shared.security.visibility import Viewer


def view(incident: Incident, viewer: Viewer) -> View | None:
    """How much of ``incident`` the viewer may see; none: not even that it exists."""
    covers = viewer.covers(incident.territory)
    return view_of(incident, viewer.staff_id, viewer.roles, covers=covers)
