"""Service request with its offers: one aggregate, loaded whole, decided purely, saved whole."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.events.words import (
    HELD,
    OPEN,
    CancelReason,
    CloseReason,
    Fulfilment,
    OfferStatus,
    RejectReason,
    ServiceRequestStatus,
    Urgency,
)


@dataclass(frozen=True, slots=True)
class Permission:
    """What lets this need be referred to a kind of organisation, or to one organisation."""

    consent_id: str
    recipient_kind: str
    organisation: str | None = None
    until: datetime | None = None

    def covers(self, organisation: str, kind: str, now: datetime) -> bool:
        """Whether it lets ``organisation`` of ``kind`` be asked at ``now``."""
        return (
            self.recipient_kind == kind
            and self.organisation in (None, organisation)
            and (self.until is None or now < self.until)
        )


@dataclass(frozen=True, slots=True)
class Policy:
    """Timers and ladder, frozen on the service request when it is opened.

    ``review`` is how long an offer may be in progress before a coordinator looks at it.
    """

    version: str
    ack: timedelta
    decide: timedelta
    contact: timedelta
    hold: timedelta
    undo: timedelta
    review: timedelta
    tiers: int
    max_offers: int
    coordinator_after: int


@dataclass(frozen=True, slots=True)
class Offer:
    """One asking of one organisation.

    ``deadline`` is when the present state must have been left; none where nothing is awaited.
    ``answer_by`` is the last instant an answer is in time; it stays after the offer expired.
    ``alert_id`` is the latest asking (a tier), ``told`` whether anybody was really told.
    ``next_tier_at`` is when the next tier is told too, unless somebody has said they saw it.
    ``handed_at`` is when others made ``person`` the case holder, ``take_over_by`` until when they
    are to act on it; both are none once they have.
    ``remind_at`` is when the case holder is reminded, once, of what is owed by the deadline.
    ``told_at`` and ``received_at`` are when somebody was told first, and said they had seen it.
    ``contact_by`` is until when a holder was to make contact; it stays when they have, or have not.
    ``on_hold_at`` is when it was last paused, ``ended_at`` when it left everybody's hands.
    ``on_the_way_at`` and ``contact_claimed_at`` are when they said that they were coming, and that
    there was a first contact: their claim, which nobody has confirmed.
    """

    id: str
    organisation: str
    organisation_kind: str
    service: str
    status: OfferStatus
    requested_at: datetime
    answer_by: datetime
    decide_by: datetime
    deadline: datetime | None
    alert_id: str
    tier: int = 1
    next_tier_at: datetime | None = None
    told: bool = False
    person: str | None = None
    accepted_at: datetime | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    late: bool = False
    before_hold: OfferStatus | None = None
    overdue: bool = False
    outcome: str | None = None
    reason: str | None = None
    superseded_by: str | None = None
    handed_at: datetime | None = None
    take_over_by: datetime | None = None
    remind_at: datetime | None = None
    on_the_way_at: datetime | None = None
    contact_claimed_at: datetime | None = None
    told_at: datetime | None = None
    received_at: datetime | None = None
    contact_by: datetime | None = None
    on_hold_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def used_up(self) -> bool:
        """Whether this asking was the candidate's turn.

        It was none when nobody could be told, and none when it was cut short: by somebody else's
        yes, by a consent that ended, or because the place was needed more urgently.
        """
        if self.status is OfferStatus.EXPIRED:
            return self.told
        return self.status is not OfferStatus.CANCELLED or self.reason not in _CUT_SHORT

    @property
    def for_now(self) -> bool:
        """Whether it was a no of the moment: in a later round the candidate may be asked again."""
        return self.status is OfferStatus.REJECTED and self.reason in _FOR_NOW


_CUT_SHORT = frozenset(
    {
        CancelReason.UNREACHABLE,
        CancelReason.SUPERSEDED,
        CancelReason.NO_CAPACITY,
        CancelReason.WITHDRAWN,
    }
)
_FOR_NOW = frozenset({RejectReason.AT_CAPACITY, RejectReason.OUT_OF_HOURS})


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """One need of one incident, and everything that was done for it.

    ``public_id`` is how people call it: its own, so that two bodies which serve one woman with two
    needs cannot tell so. It opens nothing.
    ``permitted_as_of`` is the version of the incident that last said what permits it.
    ``excluded_digests`` are keyed digests of who must not know of it, ``excluded_staff`` unkeyed
    ones of older incidents.
    ``directory_change`` is the directory's change number when the ladder last looked.
    ``round`` counts reopenings; ``round_starts`` is how many offers there were at the last one.
    ``closed`` is why a coordinator ended it; none while nobody has.
    A candidate that could not be told, or that a coordinator took off, is asked once a round, and
    ``passed_over`` names its service.
    """

    id: str
    public_id: str
    incident_id: str
    need_id: str
    service_type: str
    urgency: Urgency
    territory: str
    status: ServiceRequestStatus
    fulfilment: Fulfilment
    policy: Policy
    opened_at: datetime
    age_band: str
    language: str
    version: int = 0
    permissions: tuple[Permission, ...] = ()
    permitted_as_of: int = 0
    children: tuple[tuple[str, int], ...] = ()
    access_needs: tuple[str, ...] = ()
    act_within: tuple[datetime, ...] = ()
    excluded_organisations: tuple[str, ...] = ()
    excluded_places: tuple[str, ...] = ()
    excluded_people: str | None = None
    excluded_staff: tuple[str, ...] = ()
    excluded_digests: tuple[str, ...] = ()
    reported_by: str | None = None
    directory_change: str = ""
    round: int = 1
    round_starts: int = 0
    passed_over: tuple[str, ...] = ()
    coordinator_told: bool = False
    closed: CloseReason | None = None
    offers: tuple[Offer, ...] = ()

    def offer(self, offer_id: str) -> Offer | None:
        """The offer with this id, if it is one of ours."""
        return next((offer for offer in self.offers if offer.id == offer_id), None)

    @property
    def open_offers(self) -> tuple[Offer, ...]:
        """Offers that wait for an answer."""
        return tuple(offer for offer in self.offers if offer.status in OPEN)

    def asks(self, service: str) -> bool:
        """Whether this service is being asked now."""
        return any(offer.service == service for offer in self.open_offers)

    @property
    def holder(self) -> Offer | None:
        """The offer somebody accepted and still has."""
        return next((offer for offer in self.offers if offer.status in HELD), None)

    @property
    def settled_by(self) -> Offer | None:
        """The offer that leaves no room for another yes: somebody has it, or has done it."""
        done = (each for each in self.offers if each.status is OfferStatus.COMPLETED)
        return self.holder or next(done, None)

    def permits(self, organisation: str, kind: str, now: datetime) -> bool:
        """Whether anything still lets ``organisation`` of ``kind`` be asked."""
        return any(each.covers(organisation, kind, now) for each in self.permissions)

    @property
    def next_due(self) -> datetime | None:
        """When the clock must look at this again."""
        times = [
            time
            for offer in self.offers
            for time in (offer.deadline, offer.next_tier_at, offer.take_over_by, offer.remind_at)
            if time is not None
        ]
        return min(times, default=None)
