"""How far an incident has come, as far as the caller may know."""

from services.intake import visibility
from services.intake.deps import Kit
from services.intake.model.incidents import Incident, View, view_of
from services.intake.store import consents, incidents
from services.intake.views import IncidentPage, IncidentView, incident_view
from shared.db import Tx
from shared.errors import NotFound
from shared.security.tokens import Caller


async def show(kit: Kit, tx: Tx, caller: Caller, incident_id: str) -> IncidentView:
    """One incident; raises `NotFound` for whoever may not know of it."""
    incident = await incidents.find(tx, incident_id)
    view = view_of(incident, visibility.viewer(kit.jurisdiction, caller, incident))
    if view is None:
        raise NotFound
    return (await _shown(kit, tx, [(incident, view)]))[0]


async def show_own(
    kit: Kit, tx: Tx, caller: Caller, before: str | None, limit: int
) -> IncidentPage:
    """What the caller reported, newest first."""
    found = await incidents.page(tx, caller.staff_id, before, limit + 1)
    views = [(incident, View.LAY if incident.lay else View.REPORTER) for incident in found[:limit]]
    more = views[-1][0].incident_id if len(found) > limit else None
    return IncidentPage(incidents=await _shown(kit, tx, views), next=more)


async def _shown(kit: Kit, tx: Tx, found: list[tuple[Incident, View]]) -> list[IncidentView]:
    ids = [incident.incident_id for incident, _ in found]
    needs = await incidents.needs_of(tx, ids)
    given = await consents.of_incidents(tx, ids)
    raion_of = kit.jurisdiction.territories.raion_of
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
