"""Visibility of service requests and offers: which of them a viewer may know of.

A provider sees offers to its own organisation, a coordinator the service requests of the own
territories, and nobody excluded sees anything: it is as if it were not there. Acting is another
thing: a yes ends siblings at other organisations, so once an act is allowed it is the system's.
"""

from contextlib import AbstractAsyncContextManager
from dataclasses import replace

from services.referral.model.service_request import ServiceRequest
from shared.db import Database, Tx
from shared.events.words import SYSTEM, Role
from shared.security import visibility
from shared.security.excluded_staff import is_excluded
from shared.security.visibility import Viewer

ACTING = "SELECT set_config('app.actor', $1, true)"


def seen_by(db: Database, viewer: Viewer) -> AbstractAsyncContextManager[Tx]:
    """A transaction in which the database shows what ``viewer`` may see.

    It shows what lies in the viewer's areas, and these count for coordinators alone. Raises
    `Forbidden` for whoever takes the service's own name, or has no part in referrals.
    """
    scope = viewer if viewer.has(Role.COORDINATOR) else replace(viewer, areas=())
    return visibility.seen_by(db, scope, Role.WORKER, Role.COORDINATOR)


async def act_as_system(tx: Tx) -> None:
    """From here on the transaction sees whole aggregates: the viewer may do what they ask for."""
    await tx.execute(ACTING, SYSTEM)


def may_see(request: ServiceRequest, viewer: Viewer) -> bool:
    """Whether nothing hides the case from the viewer: their person, organisation or place.

    Intake hides it from the same people; all three are looked at, in the same time.
    """
    hidden = (
        is_excluded(request.incident_id, viewer.staff_id, request.excluded_staff),
        viewer.organisation in request.excluded_organisations,
        viewer.lies_in(request.excluded_places),
    )
    return not any(hidden)


def coordinates(request: ServiceRequest, viewer: Viewer) -> bool:
    """Whether the viewer coordinates the territory of a request."""
    return viewer.has(Role.COORDINATOR) and viewer.covers(request.territory)
