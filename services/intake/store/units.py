"""Police units that an incident excludes: those in which somebody serves, or did, whom it means."""

from collections.abc import Iterable, Sequence

from services.intake.model.incidents import Incident
from services.intake.store.incidents import incident_of
from shared import locks
from shared.db import Tx

LOCK = "police units"
UNITS = """
SELECT DISTINCT organisation FROM staff
WHERE organisation_kind = 'police' AND tags && $1::text[] ORDER BY organisation
"""
MEANING = """
SELECT * FROM incidents
WHERE EXISTS (SELECT FROM unnest(excluded_tags) AS tag WHERE tag = ANY ($1::text[]))
ORDER BY incident_id FOR UPDATE
"""


async def hold(tx: Tx) -> None:
    """Lets nothing new of police be heard until the transaction ends, so that neither misses the
    other. It comes before any incident is locked, as in `hear`."""
    await locks.share(tx, LOCK)


async def excluded_by(tx: Tx, tags: Sequence[str]) -> tuple[str, ...]:
    """The police units whose members these tags mean."""
    return tuple(row["organisation"] for row in await tx.fetch(UNITS, list(tags)))


async def hear(tx: Tx) -> None:
    """Waits for whoever looks units up, and lets nobody do it until the transaction ends."""
    await locks.hold(tx, LOCK)


async def that_mean(tx: Tx, tags: Iterable[str]) -> list[Incident]:
    """The incidents that exclude somebody by one of these tags, held until the transaction ends."""
    return [incident_of(row) for row in await tx.fetch(MEANING, list(tags))]
