"""Views of an offer: to the organisation that is asked, and in a coordinator's service request."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from services.referral.deps import Names
from services.referral.model.service_request import Offer, ServiceRequest
from services.referral.model.summary import Awaited, awaited, first, summary
from services.referral.model.timeline import Step
from shared.events.words import HELD, OfferStatus, Urgency


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


class StepView(BaseModel):
    """One step of an offer, with its limit; ``at`` is absent while it is awaited."""

    stage: str
    at: datetime | None
    limit: datetime | None
    late: bool
    person: str | None
    reason: str | None

    @classmethod
    def of(cls, step: Step) -> Self:
        """The view of one step."""
        return cls.model_validate(asdict(step))


class OfferView(Named):
    """The neutral summary, with the state of the offer. ``ticket`` is the case holder's alone.

    ``due`` is when what it ``awaits`` must have come; both are absent once it is over.
    ``answer_by`` is absent once somebody has it: then ``contact_by`` counts, or ``review_at``.
    ``first_at`` is when somebody else's yes ended it, ``first_by`` whose if it was a colleague's.
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
    answer_by: datetime | None
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
    tier: int = 1
    """How many tiers of the organisation were told."""
    received_at: datetime | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    undo_until: datetime | None = None
    contact_by: datetime | None = None
    review_at: datetime | None = None
    ended_at: datetime | None = None
    first_at: datetime | None = None
    first_by: str | None = None
    outcome: str | None = None
    timeline: list[StepView] | None = None
    """Shown with one offer, not in lists."""

    @classmethod
    def of(
        cls, request: ServiceRequest, offer: Offer, raion: str, *, mine: bool, ticket: str | None
    ) -> Self:
        """The view of one offer; ``mine``: for its case holder."""
        neutral = summary(request, offer, raion)
        awaits, due = awaited(offer) or (None, None)
        first_at, first_by = first(request, offer) or (None, None)
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
            answer_by=None if offer.status in HELD else neutral.answer_by,
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
            tier=offer.tier,
            received_at=offer.received_at,
            answered_at=offer.answered_at,
            answered_by=offer.answered_by,
            undo_until=_undo_until(request, offer),
            contact_by=offer.contact_by,
            review_at=_review_at(offer),
            ended_at=offer.ended_at,
            first_at=first_at,
            first_by=first_by,
            outcome=offer.outcome,
        )

    def with_timeline(self, steps: Iterable[Step]) -> Self:
        """The same with what became of it when."""
        return self.model_copy(update={"timeline": [StepView.of(each) for each in steps]})


def _undo_until(request: ServiceRequest, offer: Offer) -> datetime | None:
    """Until when its giver may take a yes back as if nothing had been."""
    if offer.status is not OfferStatus.ACCEPTED or offer.accepted_at is None:
        return None
    return offer.accepted_at + request.policy.undo


def _review_at(offer: Offer) -> datetime | None:
    reviewed = offer.status in (OfferStatus.ON_HOLD, OfferStatus.IN_PROGRESS)
    return offer.deadline if reviewed else None


class ProgressView(BaseModel):
    """How far an offer is, for an operator of its organisation's desk, and nothing about anybody
    but its case holder."""

    offer_id: str
    public_id: str
    organisation: str
    organisation_name: str
    status: OfferStatus
    awaits: Awaited | None
    due: datetime | None
    late: bool
    person: str | None
    timeline: list[StepView]

    @classmethod
    def of(cls, request: ServiceRequest, offer: Offer, name: str, steps: Iterable[Step]) -> Self:
        """The view of one offer; ``name`` is the organisation's."""
        awaits, due = awaited(offer) or (None, None)
        return cls(
            offer_id=offer.id,
            public_id=request.public_id,
            organisation=offer.organisation,
            organisation_name=name,
            status=offer.status,
            awaits=awaits,
            due=due,
            late=offer.late,
            person=offer.person,
            timeline=[StepView.of(each) for each in steps],
        )


class OfferLine(BaseModel):
    """One offer as a coordinator sees it."""

    offer_id: str
    organisation: str
    organisation_name: str | None = None
    """As the directory has it; absent of one that is no longer there."""
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
    received_at: datetime | None = None
    answered_at: datetime | None = None
    contact_by: datetime | None = None
    review_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str | None = None
    timeline: list[StepView] | None = None
    """Shown with one service request, not in lists."""

    @classmethod
    def of(cls, offer: Offer) -> Self:
        """The view of one offer."""
        awaits, due = awaited(offer) or (None, None)
        own = {"offer_id": offer.id, "review_at": _review_at(offer), "timeline": None}
        own |= {"awaits": awaits, "due": due, "organisation_name": None}
        kept = {name: getattr(offer, name) for name in cls.model_fields if name not in own}
        return cls.model_validate(kept | own)
