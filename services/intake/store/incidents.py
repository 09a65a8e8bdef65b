"""Incidents and their needs. Row-level security hides an incident from whoever is excluded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from services.intake.model.exclusions import Exclusions
from services.intake.model.incidents import Incident
from services.intake.model.needs import Need
from shared import locks
from shared.db import Tx
from shared.errors import NotFound
from shared.events.words import CloseReason, Fulfilment, ServiceRequestStatus, Urgency
from shared.http.pages import Id, Moment, Position

INSERT = """
INSERT INTO incidents (incident_id, version, received_at, entered_by, lay, received_by_channel,
                       reporter_kind, territory, territory_verified, language, urgency, checklist,
                       excluded_staff, excluded_organisations, excluded_places, excluded_tags)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
"""
INSERT_NEEDS = """
INSERT INTO needs (need_id, incident_id, position, service_type, urgency)
SELECT need_id, $1, position, service_type, urgency
FROM unnest($2::text[], $3::smallint[], $4::text[], $5::text[])
     AS new(need_id, position, service_type, urgency)
"""
FIND = "SELECT * FROM incidents WHERE incident_id = $1"
FIND_TO_READ = "SELECT * FROM incidents WHERE incident_id = $1 FOR SHARE"
FIND_TO_CHANGE = "SELECT * FROM incidents WHERE incident_id = $1 FOR UPDATE"
SET_VERSION = "UPDATE incidents SET version = $2 WHERE incident_id = $1"
SET_EXCLUDED = """
UPDATE incidents SET version = $2, excluded_staff = $3, excluded_organisations = $4,
                     excluded_places = $5, excluded_tags = $6
WHERE incident_id = $1
"""
OF_SURVIVOR = """
SELECT * FROM incidents WHERE incident_id IN (
    SELECT newest.incident_id FROM unnest($1::text[]) AS wanted(tag) CROSS JOIN LATERAL (
        SELECT incident_id FROM survivors WHERE survivors.tag = wanted.tag
        ORDER BY received_at DESC LIMIT $2) AS newest)
ORDER BY incident_id FOR UPDATE
"""
ADD_SURVIVOR = """
INSERT INTO survivors (tag, received_at, incident_id) SELECT tag, $2, $3 FROM unnest($1::text[]) tag
"""
PAGE = """
SELECT * FROM incidents
WHERE entered_by = $1
  AND ($2::timestamptz IS NULL OR (received_at, incident_id) < ($2, $3::text))
  AND ($5::text IS NULL OR NOT lay AND incident_id IN (
      SELECT incident_id FROM service_requests WHERE public_id = $5))
ORDER BY received_at DESC, incident_id DESC LIMIT $4
"""
NEEDS = """
SELECT n.incident_id, n.need_id, n.service_type, n.urgency, s.status, s.fulfilment, s.public_id,
       s.closed
FROM needs n LEFT JOIN service_requests s USING (incident_id, need_id)
WHERE n.incident_id = ANY ($1::text[]) ORDER BY n.incident_id, n.position
"""


class Reported(Position):
    """The place of an incident in the list of who reported it."""

    of: Literal["incidents"] = "incidents"
    received_at: Moment
    id: Id


@dataclass(frozen=True, slots=True)
class NeedSoFar:
    """A need, and what referral last said of it; nothing yet: all none."""

    need: Need
    status: ServiceRequestStatus | None = None
    fulfilment: Fulfilment | None = None
    public_id: str | None = None
    closed: CloseReason | None = None


async def add(tx: Tx, incident: Incident, needs: Sequence[Need]) -> None:
    """Writes a new incident with its needs."""
    await tx.execute(
        INSERT,
        incident.incident_id,
        incident.version,
        incident.received_at,
        incident.entered_by,
        incident.lay,
        incident.received_by_channel,
        incident.reporter_kind,
        incident.territory,
        incident.territory_verified,
        incident.language,
        incident.urgency.value,
        incident.checklist,
        list(incident.excluded.staff),
        list(incident.excluded.organisations),
        list(incident.excluded.places),
        list(incident.excluded.tags),
    )
    await add_needs(tx, incident.incident_id, needs)


async def add_needs(tx: Tx, incident_id: str, needs: Sequence[Need], *, first: int = 0) -> None:
    """Writes needs of an incident, in their order: ``first`` is the place of the first one."""
    await tx.execute(
        INSERT_NEEDS,
        incident_id,
        [need.need_id for need in needs],
        list(range(first, first + len(needs))),
        [need.service_type for need in needs],
        [need.urgency.value for need in needs],
    )


async def find(tx: Tx, incident_id: str, statement: str = FIND) -> Incident:
    """The incident; raises `NotFound` also for whoever may not know of it.

    `FIND_TO_READ` lets no consent change until the transaction ends, `FIND_TO_CHANGE` is alone.
    """
    row = await tx.fetchrow(statement, incident_id)
    if row is None:
        raise NotFound
    return incident_of(row)


async def set_version(tx: Tx, incident_id: str, version: int) -> None:
    """Counts a change."""
    await tx.execute(SET_VERSION, incident_id, version)


async def set_excluded(tx: Tx, incident: Incident) -> None:
    """Writes whom an incident excludes, in its next version."""
    await tx.execute(
        SET_EXCLUDED,
        incident.incident_id,
        incident.version,
        list(incident.excluded.staff),
        list(incident.excluded.organisations),
        list(incident.excluded.places),
        list(incident.excluded.tags),
    )


async def of_survivor(tx: Tx, survivor_tags: Sequence[str], most: int) -> list[Incident]:
    """The newest incidents of a survivor, so many for each tag, held until the transaction ends.

    Two reports of one survivor wait for each other, so that neither misses the other.
    """
    if not survivor_tags:
        return []
    await locks.hold(tx, *(locks.slot("survivor", each) for each in survivor_tags))
    return [incident_of(row) for row in await tx.fetch(OF_SURVIVOR, list(survivor_tags), most)]


async def add_survivor(tx: Tx, incident: Incident, survivor_tags: Sequence[str]) -> None:
    """Writes by what another report of the survivor is known. The incident is written already."""
    if survivor_tags:
        at, incident_id = incident.received_at, incident.incident_id
        await tx.execute(ADD_SURVIVOR, list(survivor_tags), at, incident_id)


async def page(
    tx: Tx, entered_by: str, public_id: str | None, before: Reported | None, limit: int
) -> list[tuple[Reported, Incident]]:
    """What somebody reported, newest first, older than ``before``, each with its place; with a
    ``public_id`` that of which a need is called so."""
    at = (before.received_at, before.id) if before else (None, None)
    return [
        (Reported(received_at=row["received_at"], id=row["incident_id"]), incident_of(row))
        for row in await tx.fetch(PAGE, entered_by, *at, limit, public_id)
    ]


async def needs_of(tx: Tx, incident_ids: Iterable[str]) -> dict[str, list[NeedSoFar]]:
    """The needs of these incidents, each in the order they were asked for."""
    found: dict[str, list[NeedSoFar]] = {}
    for row in await tx.fetch(NEEDS, list(incident_ids)):
        found.setdefault(row["incident_id"], []).append(_need(row))
    return found


def _need(row: Any) -> NeedSoFar:
    need = Need(
        need_id=row["need_id"],
        service_type=row["service_type"],
        urgency=Urgency(row["urgency"]),
    )
    if row["status"] is None:
        return NeedSoFar(need)
    status, fulfilment = ServiceRequestStatus(row["status"]), Fulfilment(row["fulfilment"])
    closed = CloseReason(row["closed"]) if row["closed"] else None
    return NeedSoFar(need, status, fulfilment, row["public_id"], closed)


def incident_of(row: Any) -> Incident:
    """The incident that a row holds."""
    return Incident(
        incident_id=row["incident_id"],
        version=row["version"],
        received_at=row["received_at"],
        entered_by=row["entered_by"],
        lay=row["lay"],
        received_by_channel=row["received_by_channel"],
        reporter_kind=row["reporter_kind"],
        territory=row["territory"],
        territory_verified=row["territory_verified"],
        language=row["language"],
        urgency=Urgency(row["urgency"]),
        checklist=row["checklist"],
        excluded=Exclusions(
            staff=tuple(row["excluded_staff"]),
            organisations=tuple(row["excluded_organisations"]),
            places=tuple(row["excluded_places"]),
            tags=tuple(row["excluded_tags"]),
        ),
    )
