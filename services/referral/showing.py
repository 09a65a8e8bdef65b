"""Showing: what was found as a view, in the viewer's language."""

from datetime import datetime

from services.referral.deps import Deps
from services.referral.handlers.find import FoundOffer
from services.referral.model.service_request import ServiceRequest
from services.referral.offer_views import OfferView, ProgressView
from services.referral.store.decisions import Record
from services.referral.views import ServiceRequestView
from shared.security.visibility import Viewer


def offer_view(
    deps: Deps, found: FoundOffer, viewer: Viewer, ticket: str | None = None
) -> OfferView:
    """One offer, without its timeline."""
    mine = found.held_by(viewer)
    raion = deps.raion(found.request)
    view = OfferView.of(found.request, found.offer, raion, mine=mine, ticket=ticket)
    return view.named(deps.names(found.request, viewer.language))


def told_view(deps: Deps, found: FoundOffer, viewer: Viewer, now: datetime) -> OfferView:
    """One offer with its timeline."""
    steps = deps.timeline(found.request, found.offer, now)
    return offer_view(deps, found, viewer).with_timeline(steps)


def progress_view(deps: Deps, found: FoundOffer, now: datetime) -> ProgressView:
    """How far one offer is."""
    steps = deps.timeline(found.request, found.offer, now)
    name = deps.organisation_name(found.offer.organisation)
    return ProgressView.of(found.request, found.offer, name, steps)


def entered_view(
    deps: Deps, found: FoundOffer, viewer: Viewer, now: datetime
) -> OfferView | ProgressView:
    """One offer to whoever entered something: for an operator how far it is, no more."""
    return offer_view(deps, found, viewer) if found.whole else progress_view(deps, found, now)


def request_view(
    deps: Deps,
    request: ServiceRequest,
    viewer: Viewer,
    *,
    told: datetime | None = None,
    kept: list[Record] | None = None,
) -> ServiceRequestView:
    """A service request; ``told``: with the timelines of its offers, as they stand then."""
    view = ServiceRequestView.of(request, deps.raion(request), kept)
    if told is not None:
        view = view.with_timelines([deps.timeline(request, each, told) for each in request.offers])
    named = view.named(deps.names(request, viewer.language))
    return named.with_organisations(deps.directory.organisations)
