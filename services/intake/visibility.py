"""Who is asking: every statement over HTTP runs under it, and the database hides what is hidden."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.intake.model.incidents import Incident, Viewer
from shared.db import Database, Tx
from shared.errors import Forbidden, Invalid
from shared.jurisdiction import Jurisdiction
from shared.security.tokens import Caller

SYSTEM = "system"
"""The service's own name: nobody else may bear it."""
ASKING = """
SELECT set_config('app.organisation', $1, true), set_config('app.territories', $2, true)
"""


@asynccontextmanager
async def seen_by(
    db: Database, country: Jurisdiction, caller: Caller, *roles: str
) -> AsyncIterator[Tx]:
    """A transaction in which the database shows what ``caller`` may know of.

    Raises `Forbidden` unless the caller has one of ``roles``, and for whoever takes the service's
    own name. Incidents that exclude them are as if they were not.
    """
    if caller.staff_id == SYSTEM or not caller.has(*roles):
        raise Forbidden("not for this role")
    async with db.transaction(actor=caller.staff_id) as tx:
        await tx.execute(ASKING, caller.organisation, ",".join(_areas(country, caller)))
        yield tx


def viewer(country: Jurisdiction, caller: Caller, incident: Incident) -> Viewer:
    """The caller, as the role table looks at them."""
    return Viewer(
        staff_id=caller.staff_id,
        roles=caller.roles,
        covers=any(incident.territory.startswith(area) for area in _areas(country, caller)),
    )


def _areas(country: Jurisdiction, caller: Caller) -> list[str]:
    """The caller's territories as prefixes that end where a level ends; nonsense covers nothing."""
    found: list[str] = []
    for territory in caller.territories:
        try:
            found.append(country.territories.area(territory))
        except Invalid:
            continue
    return found
