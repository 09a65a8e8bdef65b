"""Lists: an organisation's queue, and the service requests that a coordinator watches over.

Most urgent first, page by page. Whom a case is hidden from is asked in one place for both.
"""

from collections.abc import Iterable

from services.referral.bodies import Asked, Wanted
from services.referral.deps import Deps
from services.referral.handlers.find import FoundOffer
from services.referral.model.service_request import ServiceRequest
from services.referral.store import lists, requests
from services.referral.store.lists import InQueue, InWaiting
from services.referral.visibility import Staff
from shared.db import Tx
from shared.errors import Forbidden
from shared.events.words import HELD, OPEN, Role
from shared.http.pages import Page, filled
from shared.security.visibility import Viewer


async def queue(tx: Tx, deps: Deps, viewer: Viewer, asked: Asked) -> Page[FoundOffer]:
    """Open offers to the viewer's organisation, and behind them what it holds."""
    staff = await Staff.of(tx, deps.digests, [viewer.staff_id])

    async def read(after: InQueue | None, most: int) -> list[tuple[InQueue, FoundOffer | None]]:
        places = await lists.queue(tx, viewer.organisation, after, most)
        seen = await _seen(tx, staff, viewer, (request_id for _, request_id in places))
        return [(place, _offered(seen.get(request_id), place.id)) for place, request_id in places]

    return await filled(read, InQueue.at(asked.cursor), asked.limit)


async def service_requests(
    tx: Tx, deps: Deps, viewer: Viewer, wanted: Wanted
) -> Page[ServiceRequest]:
    """Service requests of a coordinator's territories; raises `Forbidden` for anybody else."""
    if not viewer.has(Role.COORDINATOR):
        raise Forbidden("this list is for coordinators")
    staff = await Staff.of(tx, deps.digests, [viewer.staff_id])
    which = lists.Asked(wanted.fulfilment, wanted.status, wanted.incident)

    async def read(
        after: InWaiting | None, most: int
    ) -> list[tuple[InWaiting, ServiceRequest | None]]:
        places = await lists.service_requests(tx, viewer.areas, which, after, most)
        seen = await _seen(tx, staff, viewer, (place.id for place in places))
        return [(place, seen.get(place.id)) for place in places]

    return await filled(read, InWaiting.at(wanted.cursor), wanted.limit)


async def _seen(
    tx: Tx, staff: Staff, viewer: Viewer, ids: Iterable[str]
) -> dict[str, ServiceRequest]:
    """Those of these service requests that the viewer may know of."""
    found = await requests.by_ids(tx, ids)
    return {request.id: request for request in found if staff.may_see(request, viewer)}


def _offered(request: ServiceRequest | None, offer_id: str) -> FoundOffer | None:
    """The offer, unless it is hidden, or has ended since its place was read."""
    offer = request.offer(offer_id) if request else None
    if request is None or offer is None or offer.status not in OPEN | HELD:
        return None
    return FoundOffer(request, offer, own=True, coordinated=False)
