"""Lists in PostgreSQL: the next so many places of a queue, most urgent first, by an index.

A row of a list is a place in it and the id of the service request. Whom that is hidden from is
asked afterwards, and what is shown is loaded last.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal, NamedTuple

from shared.db import Tx
from shared.events.words import Fulfilment, ServiceRequestStatus
from shared.http.pages import Id, Moment, Position, Rank

QUEUE = """
SELECT service_request_id, held, urgency_rank, due, id FROM offer
WHERE organisation = $1
AND status IN ('requested', 'received', 'accepted', 'in-progress', 'on-hold')
AND ($2::text IS NULL
     OR service_request_id = (SELECT r.id FROM service_request r WHERE r.public_id = $2))
AND CASE $3::text WHEN 'new' THEN NOT held WHEN 'work' THEN held
    WHEN 'late' THEN overdue OR due < $4 ELSE true END
AND ($5::boolean IS NULL OR (held, urgency_rank, due, id)
     > ($5, $6::smallint, $7::timestamptz, $8::text))
ORDER BY held, urgency_rank, due, id LIMIT $9
"""
SERVICE_REQUESTS = """
SELECT ended, urgency_rank, opened_at, id FROM service_request
WHERE territory ^@ ANY ($1::text[]) AND ($2::text IS NULL OR fulfilment = $2)
AND ($3::text IS NULL OR status = $3
     -- which end of the index that is
     AND ended = ($3 IN ('completed', 'revoked', 'entered-in-error')))
AND ($4::text IS NULL OR incident_id = $4)
AND ($5::text IS NULL OR public_id = $5)
AND ($6::boolean IS NULL OR (ended, urgency_rank, opened_at, id)
     > ($6, $7::smallint, $8::timestamptz, $9::text))
ORDER BY ended, urgency_rank, opened_at, id LIMIT $10
"""
# as `model.attention` has it, or a little more: that decides
NEED_A_PERSON = """
SELECT ended, urgency_rank, opened_at, id FROM service_request r
WHERE NOT ended AND territory ^@ ANY ($1::text[])
AND (status = 'draft' OR fulfilment = 'exhausted' OR coordinator_told OR EXISTS (
    SELECT FROM offer o WHERE o.service_request_id = r.id AND (
        o.status IN ('requested', 'received') AND NOT o.told AND o.requested_at <= $2
        OR o.status = 'on-hold' AND o.overdue
        OR o.status = 'failed' AND o.reason = 'no-contact'
        OR o.handed_at IS NOT NULL
           AND o.status IN ('accepted', 'in-progress', 'on-hold'))))
AND ($3::boolean IS NULL OR (ended, urgency_rank, opened_at, id)
     > ($3, $4::smallint, $5::timestamptz, $6::text))
ORDER BY ended, urgency_rank, opened_at, id LIMIT $7
"""
HIDING = """
SELECT id, incident_id, excluded_organisations, excluded_places, excluded_staff, excluded_digests
FROM service_request WHERE id = ANY ($1::text[])
"""


class Hiding(NamedTuple):
    """Whom a service request is hidden from: these fields of it, and no others."""

    incident_id: str
    excluded_organisations: tuple[str, ...]
    excluded_places: tuple[str, ...]
    excluded_staff: tuple[str, ...]
    excluded_digests: tuple[str, ...]


class Asked(NamedTuple):
    """Which service requests are asked for; what is none is not asked about."""

    fulfilment: Fulfilment | None
    status: ServiceRequestStatus | None
    incident: str | None
    public_id: str | None


class Tab(StrEnum):
    """A part of a queue: what waits for an answer, what somebody holds, what is late at all."""

    NEW = "new"
    WORK = "work"
    LATE = "late"


class InTheirs(NamedTuple):
    """Which offers are asked for: those to an organisation, and of one service request or in one
    part of the queue if that is named. Late is what was due before ``now``."""

    organisation: str
    public_id: str | None
    tab: Tab | None
    now: datetime


class InQueue(Position):
    """An offer's place: those that somebody holds are last; then by risk, then by what is due."""

    of: Literal["queue"] = "queue"
    held: bool
    rank: Rank
    due: Moment
    id: Id


HELD_BEGIN = InQueue(held=True, rank=0, due=datetime(1971, 1, 1, tzinfo=UTC), id="0")
"""Before all that somebody holds: nothing that is open has to be passed."""


class InWaiting(Position):
    """A service request's place: ended ones are last; then by risk, then who waits longest."""

    of: Literal["service-requests"] = "service-requests"
    ended: bool
    rank: Rank
    opened_at: Moment
    id: Id


class InDirectory(Position):
    """An organisation's place in the directory: by its id."""

    of: Literal["directory"] = "directory"
    id: Id


class OnBoard(Position):
    """A service request's place on the board: by risk, then who waits longest."""

    of: Literal["board"] = "board"
    ended: bool
    rank: Rank
    opened_at: Moment
    id: Id


async def queue(
    tx: Tx, asked: InTheirs, after: InQueue | None, limit: int
) -> list[tuple[InQueue, str]]:
    """Open and held offers to an organisation behind a place, with their service requests' ids."""
    if asked.tab is Tab.WORK and after is None:
        after = HELD_BEGIN
    at = (after.held, after.rank, after.due, after.id) if after else (None,) * 4
    return [
        (
            InQueue(
                held=row["held"],
                rank=row["urgency_rank"],
                due=row["due"],
                id=row["id"],
            ),
            row["service_request_id"],
        )
        for row in await tx.fetch(QUEUE, *asked, *at, limit)
    ]


async def service_requests(
    tx: Tx, areas: Sequence[str], asked: Asked, after: InWaiting | None, limit: int
) -> list[InWaiting]:
    """Places of the service requests in these areas that are asked for, behind a place."""
    at = (after.ended, after.rank, after.opened_at, after.id) if after else (None,) * 4
    return [
        InWaiting(
            ended=row["ended"],
            rank=row["urgency_rank"],
            opened_at=row["opened_at"],
            id=row["id"],
        )
        for row in await tx.fetch(SERVICE_REQUESTS, areas, *asked, *at, limit)
    ]


async def need_a_person(
    tx: Tx, areas: Sequence[str], told_before: datetime, after: OnBoard | None, limit: int
) -> list[OnBoard]:
    """Places of the service requests in these areas that may need a person, behind a place."""
    at = (after.ended, after.rank, after.opened_at, after.id) if after else (None,) * 4
    return [
        OnBoard(
            ended=row["ended"],
            rank=row["urgency_rank"],
            opened_at=row["opened_at"],
            id=row["id"],
        )
        for row in await tx.fetch(NEED_A_PERSON, areas, told_before, *at, limit)
    ]


async def hiding(tx: Tx, request_ids: Sequence[str]) -> dict[str, Hiding]:
    """Whom each of these service requests is hidden from, without those not shown."""
    return {
        row["id"]: Hiding(row["incident_id"], *(tuple(row[name]) for name in Hiding._fields[1:]))
        for row in await tx.fetch(HIDING, request_ids)
    }
