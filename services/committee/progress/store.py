"""What referral said of service requests, in PostgreSQL.

An event older than what is held has no effect, but that a need was opened when the first of all was
said, in whatever order they are heard. The database shows the rows of an incident to whoever may
see a matter that is about it, and to nobody else.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from services.committee.progress.model import Need
from shared.db import Tx
from shared.events import Event
from shared.events.referral import ServiceRequestChanged
from shared.events.words import CloseReason, Fulfilment, ServiceRequestStatus

SAVE = """
INSERT INTO service_requests AS held
    (service_request_id, incident_id, service_type, public_id, status, fulfilment, closed, version,
     opened_at, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
ON CONFLICT (service_request_id) DO UPDATE SET
    public_id = coalesce(excluded.public_id, held.public_id), status = excluded.status,
    fulfilment = excluded.fulfilment, closed = excluded.closed, version = excluded.version,
    changed_at = excluded.changed_at
WHERE held.version <= excluded.version
"""
OPENED = """
UPDATE service_requests SET opened_at = $2 WHERE service_request_id = $1 AND opened_at > $2
"""
OF = """
SELECT * FROM service_requests WHERE incident_id = ANY ($1)
ORDER BY opened_at, service_request_id
"""
FORGET = """
DELETE FROM service_requests WHERE service_request_id IN (
    SELECT service_request_id FROM service_requests AS old
    WHERE changed_at < $1
      AND NOT EXISTS (SELECT FROM matters WHERE matters.incident_id = old.incident_id)
    ORDER BY changed_at LIMIT $2)
"""


async def save(tx: Tx, event: Event[ServiceRequestChanged]) -> None:
    """Keeps how far a service request has come, whoever opened its incident."""
    body = event.body
    await tx.execute(
        SAVE,
        body.service_request_id,
        body.incident_id,
        body.service_type,
        body.public_id,
        body.status,
        body.fulfilment,
        body.closed,
        event.aggregate_version,
        event.time,
    )
    await tx.execute(OPENED, body.service_request_id, event.time)


async def of(tx: Tx, incident_ids: Iterable[str]) -> dict[str, list[Need]]:
    """The needs of each of these incidents that the viewer may see, in the order they came."""
    found: dict[str, list[Need]] = {each: [] for each in incident_ids}
    for row in await tx.fetch(OF, list(found)):
        found[row["incident_id"]].append(_need(row))
    return found


async def forget(tx: Tx, before: datetime, most: int) -> int:
    """Deletes what no committee's matter is about and was last heard of before; how many."""
    return int((await tx.execute(FORGET, before, most)).removeprefix("DELETE "))


def _need(row: Any) -> Need:
    closed = row["closed"]
    return Need(
        incident_id=row["incident_id"],
        service_type=row["service_type"],
        public_id=row["public_id"],
        status=ServiceRequestStatus(row["status"]),
        fulfilment=Fulfilment(row["fulfilment"]),
        closed=None if closed is None else CloseReason(closed),
        changed_at=row["changed_at"],
    )
