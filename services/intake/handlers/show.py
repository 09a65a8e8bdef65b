"""How far an incident has come, as far as the caller may know."""

from dataclasses import dataclass

from services.intake import visibility
from services.intake.deps import Deps
from services.intake.model.incidents import Incident, View
from services.intake.store import consents, incidents
from services.intake.store.incidents import Reported
from services.intake.views import IncidentPage, IncidentView, incident_view, need_view
from shared.db import Tx
from shared.errors import NotFound
from shared.http.pages import filled
from shared.security.visibility import Viewer


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of their reports a caller wants: so many before a place, or that of a public id."""

    before: str | None
    limit: int
    public_id: str | None = None


async def show(deps: Deps, tx: Tx, viewer: Viewer, incident_id: str) -> IncidentView:
    """One incident; raises `NotFound` for whoever may not know of it."""
    incident = await incidents.find(tx, incident_id)
    view = visibility.view(incident, viewer)
    if view is None:
        raise NotFound
    return (await _shown(deps, tx, viewer, [(incident, view)]))[0]


async def show_own(deps: Deps, tx: Tx, viewer: Viewer, wanted: Wanted) -> IncidentPage:
    """What the caller reported, newest first."""

    async def read(after: Reported | None, most: int) -> list[tuple[Reported, Incident]]:
        return await incidents.page(tx, viewer.staff_id, wanted.public_id, after, most)

    page = await filled(read, Reported.at(wanted.before, "before"), wanted.limit)
    views = [(each, View.LAY if each.lay else View.REPORTER) for each in page.rows]
    return IncidentPage(incidents=await _shown(deps, tx, viewer, views), next=page.next)


async def _shown(
    deps: Deps, tx: Tx, viewer: Viewer, found: list[tuple[Incident, View]]
) -> list[IncidentView]:
    ids = [incident.incident_id for incident, _ in found]
    needs = await incidents.needs_of(tx, ids)
    given = await consents.of_incidents(tx, ids)
    shown = []
    for incident, view in found:
        consents_of = given.get(incident.incident_id, [])
        so_far = needs.get(incident.incident_id, [])
        raion = deps.raion(incident.territory, viewer.language)
        views = [need_view(each, consents_of, view, tx.now) for each in so_far]
        shown.append(incident_view(incident, raion, views, consents_of, view))
    return shown
