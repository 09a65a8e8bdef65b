"""How far an incident has come, as far as the caller may know."""

from services.intake import visibility
from services.intake.deps import Deps
from services.intake.model.incidents import Incident, View
from services.intake.store import consents, incidents
from services.intake.views import IncidentPage, IncidentView, incident_view
from shared.db import Tx
from shared.errors import NotFound
from shared.security.visibility import Viewer


async def show(deps: Deps, tx: Tx, viewer: Viewer, incident_id: str) -> IncidentView:
    """One incident; raises `NotFound` for whoever may not know of it."""
    incident = await incidents.find(tx, incident_id)
    view = visibility.view(incident, viewer)
    if view is None:
        raise NotFound
    return (await _shown(deps, tx, [(incident, view)]))[0]


async def show_own(
    deps: Deps, tx: Tx, viewer: Viewer, before: str | None, limit: int
) -> IncidentPage:
    """What the caller reported, newest first."""
    found = await incidents.page(tx, viewer.staff_id, before, limit + 1)
    views = [(incident, View.LAY if incident.lay else View.REPORTER) for incident in found[:limit]]
    more = views[-1][0].incident_id if len(found) > limit else None
    return IncidentPage(incidents=await _shown(deps, tx, views), next=more)


async def _shown(deps: Deps, tx: Tx, found: list[tuple[Incident, View]]) -> list[IncidentView]:
    ids = [incident.incident_id for incident, _ in found]
    needs = await incidents.needs_of(tx, ids)
    given = await consents.of_incidents(tx, ids)
    raion_of = deps.jurisdiction.territories.raion_of
    return [
        incident_view(
            incident,
            raion_of(incident.territory).code,
            needs.get(incident.incident_id, []),
            given.get(incident.incident_id, []),
            view,
        )
        for incident, view in found
    ]
