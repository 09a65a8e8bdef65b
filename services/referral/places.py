"""Places that are counted: how many are left, and who may take one that another only asked for.

A hold never exceeds capacity: the places of a type are locked while they are counted and given.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from services.referral.model.directory import Directory
from services.referral.model.values import HELD, OPEN, ServiceRequest
from shared.db import Tx
from shared.events.words import Urgency

PLACES = "INSERT INTO place (service) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING"
LOCK = "SELECT service FROM place WHERE service = ANY($1::text[]) ORDER BY service FOR UPDATE"
HELD_PLACES = """
SELECT service, count(*) AS held FROM offer
WHERE service = ANY($1::text[])
AND (status = ANY($2::text[]) OR (status = ANY($3::text[]) AND holds_until > $4))
GROUP BY service
"""
# the least urgent goes first, and of those whoever was asked last; one that somebody is answering
# for at this moment is left alone
TAKEABLE = """
SELECT r.id, o.id AS offer_id, r.urgency FROM offer o
JOIN service_request r ON r.id = o.service_request_id
WHERE o.service = $1 AND o.status = 'requested' AND o.holds_until > $2
AND r.urgency = ANY($3::text[]) AND r.id <> $4
ORDER BY array_position($3::text[], r.urgency), o.requested_at DESC
LIMIT 1 FOR UPDATE SKIP LOCKED
"""


@dataclass(frozen=True, slots=True)
class Hold:
    """A place that is held for an offer which nobody has answered."""

    service_request_id: str
    offer_id: str
    urgency: Urgency


@dataclass(frozen=True, slots=True)
class Places:
    """``free`` by counted service; ``takeable``: holds of less urgent requests in full ones."""

    free: dict[str, int]
    takeable: dict[str, Hold]

    def takeable_by(self, request: ServiceRequest) -> frozenset[str]:
        """Services where this request may take a place that another holds."""
        return frozenset(
            service
            for service, hold in self.takeable.items()
            if hold.urgency.rank > request.urgency.rank and hold.service_request_id != request.id
        )

    def take(self, service: str) -> Hold | None:
        """Gives a place away; the hold that must end for it, if there was none left."""
        if service not in self.free:
            return None
        if self.free[service] > 0:
            self.free[service] -= 1
            return None
        return self.takeable.pop(service)


async def count(tx: Tx, directory: Directory, request: ServiceRequest) -> Places:
    """The places of the request's type; their rows stay locked until the commit."""
    counted = {
        each.id: each.places
        for each in directory.of_type(request.service_type)
        if each.places is not None
    }
    if not counted:
        return Places({}, {})
    services = sorted(counted)
    await tx.execute(PLACES, services)
    await tx.fetch(LOCK, services)
    held = await tx.fetch(HELD_PLACES, services, _words(HELD), _words(OPEN), tx.now)
    taken = {row["service"]: row["held"] for row in held}
    free = {service: places - taken.get(service, 0) for service, places in counted.items()}
    takeable: dict[str, Hold] = {}
    lower = [each.value for each in reversed(Urgency) if each.rank > request.urgency.rank]
    for service in services if lower else ():
        if free[service] <= 0:
            row = await tx.fetchrow(TAKEABLE, service, tx.now, lower, request.id)
            if row is not None:
                takeable[service] = Hold(row["id"], row["offer_id"], Urgency(row["urgency"]))
    return Places(free, takeable)


def _words(statuses: Iterable[str]) -> list[str]:
    return sorted(str(each) for each in statuses)
