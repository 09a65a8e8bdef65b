"""What referral said of service requests and offers: for progress, and to end readings.

An event older than what is held has no effect. One of the same version has: a single decision may
move an offer twice, and its events come in order.
"""

from services.intake.model.disclosures import Offer
from shared.db import Tx
from shared.events import Event
from shared.events.referral import OfferChanged, ServiceRequestChanged
from shared.events.words import OfferStatus

SAVE_REQUEST = """
INSERT INTO service_requests AS held
    (service_request_id, incident_id, need_id, status, fulfilment, version, changed_at, public_id,
     closed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (service_request_id) DO UPDATE SET
    status = excluded.status, fulfilment = excluded.fulfilment,
    version = excluded.version, changed_at = excluded.changed_at,
    public_id = coalesce(excluded.public_id, held.public_id), closed = excluded.closed
WHERE held.version <= excluded.version
"""
SAVE_OFFER = """
INSERT INTO offers AS held
    (offer_id, incident_id, need_id, status, person, version, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (offer_id) DO UPDATE SET
    status = excluded.status, person = excluded.person,
    version = excluded.version, changed_at = excluded.changed_at
WHERE held.version <= excluded.version
"""
OFFER = "SELECT offer_id, status, person, changed_at FROM offers WHERE offer_id = $1"
HOLDS = """
SELECT EXISTS (SELECT FROM offers WHERE incident_id = $1 AND person = $2
               AND status IN ('accepted', 'in-progress', 'on-hold'))
"""


async def save_request(tx: Tx, event: Event[ServiceRequestChanged]) -> None:
    """Keeps how far a service request has come."""
    body = event.body
    await tx.execute(
        SAVE_REQUEST,
        body.service_request_id,
        body.incident_id,
        body.need_id,
        body.status.value,
        body.fulfilment.value,
        event.aggregate_version,
        event.time,
        body.public_id,
        body.closed,
    )


async def save_offer(tx: Tx, event: Event[OfferChanged]) -> None:
    """Keeps where an offer stands and who holds it."""
    body = event.body
    await tx.execute(
        SAVE_OFFER,
        body.offer_id,
        body.incident_id,
        body.need_id,
        body.after.value,
        body.person,
        event.aggregate_version,
        event.time,
    )


async def offer(tx: Tx, offer_id: str) -> Offer | None:
    """What was last heard of an offer, if anything."""
    row = await tx.fetchrow(OFFER, offer_id)
    if row is None:
        return None
    return Offer(
        offer_id=row["offer_id"],
        status=OfferStatus(row["status"]),
        person=row["person"],
        changed_at=row["changed_at"],
    )


async def holds(tx: Tx, incident_id: str, staff_id: str) -> bool:
    """Whether somebody holds a case of this incident, as far as was heard."""
    found: bool = await tx.fetchval(HOLDS, incident_id, staff_id)
    return found
