"""Views: what referral's HTTP returns. Snake case, and nothing that names a survivor."""

from dataclasses import asdict
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from services.referral.deps import Names
from services.referral.model.matching import Why
from services.referral.model.options import Option, options
from services.referral.model.service_request import Offer, ServiceRequest
from services.referral.model.summary import Awaited, awaited, summary
from services.referral.store.decisions import Record
from shared.events.words import (
    Fulfilment,
    OfferStatus,
    ServiceRequestStatus,
    Urgency,
)
from shared.http.pages import Next


class Band(BaseModel):
    """Children of one age band."""

    band: str
    count: int


class Named(BaseModel):
    """Codes as the caller's language names them, and the zone of the country's clock.

    ``place`` names the raion, ``service_name`` the service type.
    """

    place: str | None = None
    service_name: str | None = None
    time_zone: str | None = None

    def named(self, names: Names) -> Self:
        """The same with these names."""
        return self.model_copy(update=asdict(names))


class OfferView(Named):
    """The neutral summary, with the state of the offer. ``ticket`` is the case holder's alone.

    ``due`` is when what it ``awaits`` must have come; both are absent once it is over.
    """

    offer_id: str
    public_id: str
    """How people call its service request; it opens nothing."""
    status: OfferStatus
    service_type: str
    urgency: Urgency
    raion: str
    age_band: str
    children: list[Band]
    language: str
    access_needs: list[str]
    requested_at: datetime
    answer_by: datetime
    deadline: datetime | None
    awaits: Awaited | None
    due: datetime | None
    act_within: list[datetime]
    person: str | None = None
    take_over_by: datetime | None = None
    on_the_way_at: datetime | None = None
    """When the case holder said that they were coming."""
    contact_claimed_at: datetime | None = None
    """When there was a first contact, as the case holder says: nobody has confirmed it."""
    late: bool = False
    reason: str | None = None
    incident_id: str | None = None
    """The case holder's alone: nobody else is to see that two needs are one case."""
    ticket: str | None = None

    @classmethod
    def of(
        cls, request: ServiceRequest, offer: Offer, raion: str, *, mine: bool, ticket: str | None
    ) -> Self:
        """The view of one offer; ``mine``: for its case holder."""
        neutral = summary(request, offer, raion)
        awaits, due = awaited(offer) or (None, None)
        return cls(
            offer_id=offer.id,
            public_id=request.public_id,
            status=offer.status,
            service_type=neutral.service_type,
            urgency=neutral.urgency,
            raion=neutral.raion,
            age_band=neutral.age_band,
            children=[Band(band=band, count=count) for band, count in neutral.children],
            language=neutral.language,
            access_needs=list(neutral.access_needs),
            requested_at=offer.requested_at,
            answer_by=neutral.answer_by,
            deadline=neutral.deadline,
            awaits=awaits,
            due=due,
            act_within=list(neutral.act_within),
            person=offer.person,
            take_over_by=offer.take_over_by,
            on_the_way_at=offer.on_the_way_at,
            contact_claimed_at=offer.contact_claimed_at,
            late=offer.late,
            reason=offer.reason,
            incident_id=request.incident_id if mine else None,
            ticket=ticket,
        )


class Queue(BaseModel):
    """A page of the offers to the caller's organisation, most urgent first."""

    offers: list[OfferView]
    next: Next = None


class TicketView(BaseModel):
    """A disclosure ticket: five minutes, for one person and one offer."""

    ticket: str


class OfferLine(BaseModel):
    """One offer as a coordinator sees it."""

    offer_id: str
    organisation: str
    service: str
    status: OfferStatus
    tier: int
    requested_at: datetime
    answer_by: datetime
    deadline: datetime | None
    told: bool
    person: str | None
    take_over_by: datetime | None
    late: bool
    reason: str | None
    on_the_way_at: datetime | None = None
    contact_claimed_at: datetime | None = None
    awaits: Awaited | None = None
    due: datetime | None = None

    @classmethod
    def of(cls, offer: Offer) -> Self:
        """The line of one offer."""
        awaits, due = awaited(offer) or (None, None)
        return cls(
            offer_id=offer.id,
            organisation=offer.organisation,
            service=offer.service,
            status=offer.status,
            tier=offer.tier,
            requested_at=offer.requested_at,
            answer_by=offer.answer_by,
            deadline=offer.deadline,
            told=offer.told,
            person=offer.person,
            take_over_by=offer.take_over_by,
            late=offer.late,
            reason=offer.reason,
            on_the_way_at=offer.on_the_way_at,
            contact_claimed_at=offer.contact_claimed_at,
            awaits=awaits,
            due=due,
        )


class CandidateView(BaseModel):
    """A service that could be asked, with its score: a nearer area (the level of what it serves) is
    less, then a nearer place, and then more free places."""

    service: str
    organisation: str
    area: int | None = None
    """None in records of rules before ``2026-11.3``."""
    distance: int
    free: int | None
    why: Why


class ExcludedView(BaseModel):
    """A service of the area that could not be asked, and the coded reason."""

    service: str
    organisation: str
    reason: str


class DecisionView(BaseModel):
    """One look at the directory."""

    decided_at: datetime
    rules_version: str
    directory_change: str
    candidates: list[CandidateView]
    excluded: list[ExcludedView]

    @classmethod
    def of(cls, record: Record) -> Self:
        """The view of one record."""
        return cls(
            decided_at=record.decided_at,
            rules_version=record.rules_version,
            directory_change=record.directory_change,
            candidates=[CandidateView.model_validate(each) for each in record.candidates],
            excluded=[ExcludedView.model_validate(each) for each in record.excluded],
        )


class ServiceRequestView(Named):
    """A service request for the coordinator of its territory."""

    service_request_id: str
    public_id: str
    incident_id: str
    need_id: str
    service_type: str
    urgency: Urgency
    raion: str
    status: ServiceRequestStatus
    fulfilment: Fulfilment
    opened_at: datetime
    policy: str
    next_due: datetime | None
    act_within: list[datetime]
    """Until when help is of most use, clinically (72 h, 120 h)."""
    can_do: list[Option]
    """What a coordinator may do about it now."""
    offers: list[OfferLine]
    decisions: list[DecisionView] | None = None
    """Why these were asked: shown with one service request, not in lists."""

    @classmethod
    def of(cls, request: ServiceRequest, raion: str, records: list[Record] | None = None) -> Self:
        """The view of one service request, with its decision records if they are given."""
        return cls(
            service_request_id=request.id,
            public_id=request.public_id,
            incident_id=request.incident_id,
            need_id=request.need_id,
            service_type=request.service_type,
            urgency=request.urgency,
            raion=raion,
            status=request.status,
            fulfilment=request.fulfilment,
            opened_at=request.opened_at,
            policy=request.policy.version,
            next_due=request.next_due,
            can_do=list(options(request)),
            act_within=list(request.act_within),
            offers=[OfferLine.of(each) for each in request.offers],
            decisions=None if records is None else [DecisionView.of(each) for each in records],
        )


class ServiceRequests(BaseModel):
    """A page of the service requests of the caller's territories, most urgent first."""

    service_requests: list[ServiceRequestView]
    next: Next = None


class FoundView(BaseModel):
    """What a public id means to the caller: the offers to their organisation, the oldest first; and
    for a coordinator of its territory the service request."""

    service_request: ServiceRequestView | None
    offers: list[OfferView]
