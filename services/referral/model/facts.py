"""Facts: what a decision says happened. `services.referral.publish` turns them into events."""

from dataclasses import dataclass

from services.referral.model.service_request import Offer, ServiceRequest
from shared.events.words import CancelReason, FailReason, OfferStatus, RejectReason


@dataclass(frozen=True, slots=True)
class Alerted:
    """The people on duty at a tier are to be told of an offer."""

    offer: Offer


@dataclass(frozen=True, slots=True)
class Moved:
    """An offer took an edge of its life."""

    offer: Offer
    before: OfferStatus
    reason: CancelReason | FailReason | RejectReason | str | None = None


@dataclass(frozen=True, slots=True)
class Noticed:
    """A coordinator is to be told something about the service request."""

    template: str
    about: str
    """What it is about, for deduplication: an offer id, a round."""


@dataclass(frozen=True, slots=True)
class Progressed:
    """The service request itself came further."""

    reason: str | None = None


Fact = Alerted | Moved | Noticed | Progressed


@dataclass(frozen=True, slots=True)
class Decision:
    """A service request after an act, and what is to be said of it, in order."""

    request: ServiceRequest
    facts: tuple[Fact, ...] = ()
