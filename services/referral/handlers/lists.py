"""Lists: an organisation's queue, and the service requests that a coordinator watches over.

Most urgent first, page by page. Whom a case is hidden from is asked in one place for both, and
before any of it is loaded: what is hidden must not cost what is shown costs, because that tells.
"""

from collections.abc import Iterable, Sequence

from services.referral.bodies import MOST, Asked, Part, Wanted
from services.referral.deps import Deps
from services.referral.handlers.find import FoundOffer
from services.referral.model.service_request import ServiceRequest
from services.referral.store import lists, requests
from services.referral.store.lists import InQueue, InTheirs, InWaiting, Tab
from services.referral.visibility import Staff
from shared.db import Tx
from shared.errors import Forbidden
from shared.events.words import HELD, OPEN, Role
from shared.http.pages import Page, filled
from shared.security.visibility import Viewer

AT_ONCE = MOST + 1
"""Places of a list that are read at once: as many as the longest page needs."""


async def queue(tx: Tx, deps: Deps, viewer: Viewer, asked: Part) -> Page[FoundOffer]:
    """Open offers to the viewer's organisation, and behind them what it holds."""
    staff = await Staff.of(tx, deps.digests, [viewer.staff_id])
    which = lists.InTheirs(viewer.organisation, asked.public_id, asked.tab, tx.now)
    page = await _places(tx, staff, viewer, which, asked)
    seen = await shown(tx, staff, viewer, (request_id for request_id, _ in page.rows))
    offers = (_offered(seen.get(request_id), offer_id) for request_id, offer_id in page.rows)
    return Page([each for each in offers if each is not None], page.next)


async def counts(tx: Tx, deps: Deps, viewer: Viewer) -> dict[Tab, int]:
    """How many offers each part of the queue shows to the viewer; more than a page are a page."""
    staff = await Staff.of(tx, deps.digests, [viewer.staff_id])
    found = {}
    for tab in Tab:
        which = lists.InTheirs(viewer.organisation, None, tab, tx.now)
        page = await _places(tx, staff, viewer, which, Asked())
        found[tab] = len(page.rows)
    return found


async def _places(
    tx: Tx, staff: Staff, viewer: Viewer, which: InTheirs, asked: Asked
) -> Page[tuple[str, str]]:
    """Service request and offer of each place in a queue that the viewer may know of."""

    async def read(
        after: InQueue | None, most: int
    ) -> list[tuple[InQueue, tuple[str, str] | None]]:
        places = await lists.queue(tx, which, after, most)
        may_know = await may_know_of(tx, staff, viewer, [request_id for _, request_id in places])
        return [(place, (each, place.id) if each in may_know else None) for place, each in places]

    return await filled(read, InQueue.at(asked.cursor), asked.limit, AT_ONCE)


async def service_requests(
    tx: Tx, deps: Deps, viewer: Viewer, wanted: Wanted
) -> Page[ServiceRequest]:
    """Service requests of a coordinator's territories; raises `Forbidden` for anybody else."""
    if not viewer.has(Role.COORDINATOR):
        raise Forbidden("this list is for coordinators")
    staff = await Staff.of(tx, deps.digests, [viewer.staff_id])
    which = lists.Asked(wanted.fulfilment, wanted.status, wanted.incident, wanted.public_id)

    async def read(after: InWaiting | None, most: int) -> list[tuple[InWaiting, str | None]]:
        places = await lists.service_requests(tx, viewer.areas, which, after, most)
        may_know = await may_know_of(tx, staff, viewer, [place.id for place in places])
        return [(place, place.id if place.id in may_know else None) for place in places]

    page = await filled(read, InWaiting.at(wanted.cursor), wanted.limit, AT_ONCE)
    seen = await shown(tx, staff, viewer, page.rows)
    return Page([seen[each] for each in page.rows if each in seen], page.next)


async def may_know_of(tx: Tx, staff: Staff, viewer: Viewer, ids: Sequence[str]) -> set[str]:
    """Those of these service requests that the viewer may know of, none of them loaded."""
    hiding = await lists.hiding(tx, ids)
    return {each for each, hides in hiding.items() if staff.may_see(hides, viewer)}


async def shown(
    tx: Tx, staff: Staff, viewer: Viewer, ids: Iterable[str]
) -> dict[str, ServiceRequest]:
    """Those of these service requests that the viewer may know of still, loaded."""
    found = await requests.by_ids(tx, ids)
    return {request.id: request for request in found if staff.may_see(request, viewer)}


def _offered(request: ServiceRequest | None, offer_id: str) -> FoundOffer | None:
    """The offer, unless it is hidden, or has ended since its place was read."""
    offer = request.offer(offer_id) if request else None
    if request is None or offer is None or offer.status not in OPEN | HELD:
        return None
    return FoundOffer(request, offer, own=True, coordinated=False)
