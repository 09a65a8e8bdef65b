"""Capacity, counted in places: how many are left, and who may take one that another only asked for.

A hold never exceeds capacity: the places of a type are locked while they are counted and given.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.referral.directory.model import Directory
from services.referral.model.service_request import Offer, ServiceRequest
from services.referral.store import places
from shared.db import Tx
from shared.events.words import HELD, OPEN, OfferStatus, Urgency

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
AND r.urgency = ANY($3::text[])
ORDER BY array_position($3::text[], r.urgency), o.requested_at DESC
LIMIT $4 FOR UPDATE SKIP LOCKED
"""


@dataclass(frozen=True, slots=True)
class Hold:
    """A place that is held for an offer which nobody has answered."""

    service_request_id: str
    offer_id: str
    urgency: Urgency


@dataclass(slots=True)
class Capacity:
    """``free`` by counted service; ``takeable``: holds in full ones, the first to go first;
    ``raised``: how often somebody said that there are more, by service type.

    Kept up to date with every offer that moves, so that one transaction may decide many cases.
    """

    free: dict[str, int]
    takeable: dict[str, list[Hold]]
    raised: dict[str, int] = field(default_factory=dict)

    def takeable_by(self, request: ServiceRequest) -> frozenset[str]:
        """Services where this request may take a place that another holds.

        None where fewer places are left than are held already: one hold less makes no room there.
        """
        return frozenset(
            service
            for service, holds in self.takeable.items()
            if self.free[service] >= 0 and any(_may_take(request, hold) for hold in holds)
        )

    def holds(self) -> Iterator[Hold]:
        """Every hold that could be taken."""
        return (hold for holds in self.takeable.values() for hold in holds)

    def moved(
        self, request: ServiceRequest, offer: Offer, before: OfferStatus, now: datetime
    ) -> Hold | None:
        """Counts an offer that moved; the hold that must end for it, if there was no place left."""
        if offer.service not in self.free:
            return None
        holds = self.takeable.get(offer.service, [])
        holds[:] = [hold for hold in holds if hold.offer_id != offer.id]
        until = offer.requested_at + request.policy.hold
        had, has = (_occupies(status, until, now) for status in (before, offer.status))
        self.free[offer.service] -= has - had
        if not has or had or self.free[offer.service] >= 0:
            return None
        taken = next((hold for hold in holds if _may_take(request, hold)), None)
        if taken is not None:
            holds.remove(taken)
        return taken


def _may_take(request: ServiceRequest, hold: Hold) -> bool:
    lower = hold.urgency.rank > request.urgency.rank
    return lower and hold.service_request_id != request.id


def _occupies(status: OfferStatus, until: datetime, now: datetime) -> bool:
    """Whether an offer has its place: for good once accepted, until the hold lapses before."""
    return status in HELD or (status in OPEN and until > now)


async def count(tx: Tx, directory: Directory, requests: Sequence[ServiceRequest]) -> Capacity:
    """The places of the requests' types; their rows stay locked until the commit."""
    counted = await places.lock(
        tx,
        (
            each
            for service_type in {request.service_type for request in requests}
            for each in directory.of_type(service_type)
            if each.places is not None
        ),
    )
    if not counted:
        return Capacity({}, {})
    services = sorted(counted)
    held = await tx.fetch(HELD_PLACES, services, _words(HELD), _words(OPEN), tx.now)
    taken = {row["service"]: row["held"] for row in held}
    free = {service: each.count - taken.get(service, 0) for service, each in counted.items()}
    first = min(request.urgency.rank for request in requests)
    lower = [each.value for each in reversed(Urgency) if each.rank > first]
    takeable = {
        service: await _takeable(tx, service, lower, len(requests) + 1)
        for service in (services if lower else ())
        if free[service] <= 0
    }
    raised: dict[str, int] = {}
    for each in counted.values():
        raised[each.service.service_type] = raised.get(each.service.service_type, 0) + each.raised
    return Capacity(free, takeable, raised)


async def _takeable(tx: Tx, service: str, lower: list[str], limit: int) -> list[Hold]:
    found = await tx.fetch(TAKEABLE, service, tx.now, lower, limit)
    return [Hold(row["id"], row["offer_id"], Urgency(row["urgency"])) for row in found]


def _words(statuses: Iterable[str]) -> list[str]:
    return sorted(str(each) for each in statuses)
