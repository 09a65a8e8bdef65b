"""Who may see what: every read over HTTP goes through here, and row-level security behind it.

A provider sees offers to its own organisation, a coordinator the service requests of the own
territories, and nobody excluded sees anything: it is as if it were not there. Acting is another
thing: a yes ends siblings at other organisations, so once an act is allowed it is the system's.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.referral.model.service_request import ServiceRequest
from shared.db import Database, Tx
from shared.errors import Forbidden, Invalid
from shared.jurisdiction import Jurisdiction
from shared.security.excluded_staff import is_excluded
from shared.security.tokens import Caller

SYSTEM = "system"
"""The service's own name: nobody else may bear it."""
ASKING = """
SELECT set_config('app.organisation', $1, true), set_config('app.territories', $2, true)
"""
ACTING = "SELECT set_config('app.actor', $1, true)"


@asynccontextmanager
async def seen_by(db: Database, country: Jurisdiction, caller: Caller) -> AsyncIterator[Tx]:
    """A transaction in which the database shows what ``caller`` may see.

    Raises `Forbidden` for whoever takes the service's own name, or has no part in referrals.
    """
    if caller.staff_id == SYSTEM or not caller.has("worker", "coordinator"):
        raise Forbidden("not for this role")
    async with db.transaction(actor=caller.staff_id) as tx:
        areas = areas_of(country, caller) if caller.has("coordinator") else []
        await tx.execute(ASKING, caller.organisation, ",".join(areas))
        yield tx


async def act_as_system(tx: Tx) -> None:
    """From here on the transaction sees whole aggregates: the caller may do what they ask for."""
    await tx.execute(ACTING, SYSTEM)


def may_see(country: Jurisdiction, request: ServiceRequest, caller: Caller) -> bool:
    """Whether nothing hides the case from the caller: their person, organisation or place.

    Intake hides it from the same people; all three are looked at, in the same time.
    """
    hidden = (
        is_excluded(request.incident_id, caller.staff_id, request.excluded_staff),
        caller.organisation in request.excluded_organisations,
        any(
            area.startswith(place)
            for area in areas_of(country, caller)
            for place in request.excluded_places
        ),
    )
    return not any(hidden)


def coordinates(country: Jurisdiction, request: ServiceRequest, caller: Caller) -> bool:
    """Whether the caller coordinates the territory of a request."""
    areas = areas_of(country, caller) if caller.has("coordinator") else []
    return any(request.territory.startswith(area) for area in areas)


def areas_of(country: Jurisdiction, caller: Caller) -> list[str]:
    """The caller's territories as prefixes that end where a level ends; nonsense covers nothing."""
    found: list[str] = []
    for territory in caller.territories:
        try:
            found.append(country.territories.area(territory))
        except Invalid:
            continue
    return found
