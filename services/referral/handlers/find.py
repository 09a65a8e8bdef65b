"""Look-ups: an offer or a service request, for a viewer who may know of it.

Unknown, foreign and excluded look alike: `NotFound`.
"""

from dataclasses import dataclass, replace

from services.referral.model.service_request import Offer, ServiceRequest
from services.referral.store import requests
from services.referral.visibility import act_as_system, coordinates, may_see
from shared.db import Tx
from shared.errors import NotFound
from shared.security.visibility import Viewer


@dataclass(frozen=True, slots=True)
class FoundOffer:
    """An offer that the viewer may know of. ``own``: it was made to the viewer's organisation.

    ``coordinated``: the viewer coordinates the territory. At least one of the two holds.
    """

    request: ServiceRequest
    offer: Offer
    own: bool
    coordinated: bool

    def held_by(self, viewer: Viewer) -> bool:
        """Whether the viewer is the case holder."""
        return self.own and self.offer.person == viewer.staff_id

    def after(self, request: ServiceRequest) -> "FoundOffer":
        """The same offer in its service request as that is now."""
        offer = request.offer(self.offer.id)
        if offer is None:
            raise LookupError(f"the offer {self.offer.id} is gone")
        return replace(self, request=request, offer=offer)


async def find_offer(tx: Tx, viewer: Viewer, offer_id: str, *, lock: bool = False) -> FoundOffer:
    """The offer for a viewer who may know of it; else `NotFound`, whatever the reason.

    With ``lock`` the aggregate is whole and may be acted on; without, it is what the viewer sees.
    """
    request_id = await requests.id_of_offer(tx, offer_id)
    if request_id is None:
        raise NotFound("no such offer")
    if lock:
        await act_as_system(tx)
    request = await requests.by_id(tx, request_id, lock=lock)
    offer = request.offer(offer_id) if request else None
    if request is None or offer is None or not may_see(request, viewer):
        raise NotFound("no such offer")
    own = offer.organisation == viewer.organisation
    coordinated = coordinates(request, viewer)
    if not own and not coordinated:
        raise NotFound("no such offer")
    return FoundOffer(request, offer, own, coordinated)


async def find_request(
    tx: Tx, viewer: Viewer, service_request_id: str, *, lock: bool = False
) -> ServiceRequest:
    """The service request for a coordinator of its territory; else `NotFound`."""
    request = await requests.by_id(tx, service_request_id)
    if request is not None and lock:
        await act_as_system(tx)
        request = await requests.by_id(tx, service_request_id, lock=True)
    if request is None or not may_see(request, viewer):
        raise NotFound("no such service request")
    if not coordinates(request, viewer):
        raise NotFound("no such service request")
    return request
