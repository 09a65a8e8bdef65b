"""Look-ups: an offer or a service request, for a viewer who may know of it.

Unknown, foreign and excluded look alike: `NotFound`, after the same statements. Nothing is locked
for whoever may not know of it.
"""

from dataclasses import dataclass, replace

from services.referral.deps import Deps
from services.referral.model.service_request import Offer, ServiceRequest
from services.referral.store import public_ids, requests
from services.referral.visibility import Staff, coordinates
from shared.db import Tx
from shared.errors import NotFound
from shared.events.words import CASE_ROLES, SYSTEM
from shared.security.visibility import Viewer, act_as

NONE = ""
"""An id that is nobody's: what is looked up instead of what may not be found."""


@dataclass(frozen=True, slots=True)
class FoundOffer:
    """An offer that the viewer may know of. ``own``: it was made to the viewer's organisation.

    ``coordinated``: the viewer coordinates the territory. ``desk``: the viewer is an operator of
    its organisation's desk, and sees how far it is, no more. At least one of the three holds.
    """

    request: ServiceRequest
    offer: Offer
    own: bool
    coordinated: bool
    desk: bool = False

    @classmethod
    def of(
        cls, request: ServiceRequest, offer: Offer, viewer: Viewer, served: frozenset[str]
    ) -> "FoundOffer | None":
        """As the viewer may know of it; none if they may not."""
        own = viewer.has(*CASE_ROLES) and offer.organisation == viewer.organisation
        coordinated = coordinates(request, viewer)
        desk = offer.organisation in served
        found = cls(request, offer, own, coordinated, desk)
        return found if own or coordinated or desk else None

    @property
    def whole(self) -> bool:
        """Whether the viewer may read its neutral summary."""
        return self.own or self.coordinated

    @property
    def may_enter(self) -> bool:
        """Whether the viewer may enter what somebody of the organisation said on a call."""
        return self.coordinated or self.desk

    def held_by(self, viewer: Viewer) -> bool:
        """Whether the viewer is the case holder."""
        return self.own and self.offer.person == viewer.staff_id

    def after(self, request: ServiceRequest) -> "FoundOffer":
        """The same offer in its service request as that is now."""
        offer = request.offer(self.offer.id)
        if offer is None:
            raise LookupError(f"the offer {self.offer.id} is gone")
        return replace(self, request=request, offer=offer)


async def find_offer(
    tx: Tx, deps: Deps, viewer: Viewer, offer_id: str, *, lock: bool = False
) -> FoundOffer:
    """The offer for a viewer who may know of it; else `NotFound`, whatever the reason.

    With ``lock`` the aggregate is whole and may be acted on; without, it is what the viewer sees.
    """
    staff = await Staff.of(tx, deps.digests, [viewer.staff_id])
    request = await requests.by_id(tx, await requests.id_of_offer(tx, offer_id) or NONE)
    served = deps.served_by(viewer)

    def known(request: ServiceRequest | None) -> FoundOffer | None:
        offer = request.offer(offer_id) if request else None
        if request is None or offer is None or not staff.may_see(request, viewer):
            return None
        return FoundOffer.of(request, offer, viewer, served)

    found = known(request)
    if lock:
        found = known(await _locked(tx, found.request.id if found else NONE))
    if found is None:
        raise NotFound("no such offer")
    return found


async def find_request(
    tx: Tx, deps: Deps, viewer: Viewer, service_request_id: str, *, lock: bool = False
) -> ServiceRequest:
    """The service request for a coordinator of its territory; else `NotFound`."""
    staff = await Staff.of(tx, deps.digests, [viewer.staff_id])

    def shown(request: ServiceRequest | None) -> ServiceRequest | None:
        may = request and staff.may_see(request, viewer) and coordinates(request, viewer)
        return request if may else None

    found = shown(await requests.by_id(tx, service_request_id))
    if lock:
        found = shown(await _locked(tx, found.id if found else NONE))
    if found is None:
        raise NotFound("no such service request")
    return found


@dataclass(frozen=True, slots=True)
class FoundCase:
    """What is called by a public id, as far as the viewer may know of it: their organisation's
    offers, the service request if they coordinate its territory, and the offers that they answer
    for at a desk; not all are nothing."""

    request: ServiceRequest
    offers: tuple[FoundOffer, ...]
    coordinated: bool
    desk: tuple[FoundOffer, ...] = ()


async def find_case(tx: Tx, deps: Deps, viewer: Viewer, public_id: str) -> FoundCase:
    """What a public id means to a viewer who may know of it; else `NotFound`, whatever the reason.

    A public id opens nothing: whoever has it finds what their lists would show without it.
    """
    staff = await Staff.of(tx, deps.digests, [viewer.staff_id])
    request = await requests.by_id(tx, await public_ids.request_of(tx, public_id) or NONE)
    if request is not None and staff.may_see(request, viewer):
        served = deps.served_by(viewer)
        each_of = (FoundOffer.of(request, each, viewer, served) for each in request.offers)
        found = [each for each in each_of if each is not None]
        if found or coordinates(request, viewer):
            return FoundCase(
                request,
                offers=tuple(each for each in found if each.own),
                coordinated=coordinates(request, viewer),
                desk=tuple(each for each in found if each.desk and not each.own),
            )
    raise NotFound("nothing is called so")


async def _locked(tx: Tx, request_id: str) -> ServiceRequest | None:
    """The whole aggregate: its finder may act on it."""
    await act_as(tx, SYSTEM)
    return await requests.by_id(tx, request_id, lock=True)
