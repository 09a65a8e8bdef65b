"""Views: what referral's HTTP returns. Snake case, and nothing that names a survivor."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, Field

from services.referral.directory.model import Organisation
from services.referral.model.matching import Why
from services.referral.model.options import Option, options
from services.referral.model.service_request import ServiceRequest
from services.referral.model.timeline import Step
from services.referral.offer_views import Named, OfferLine, OfferView, ProgressView, StepView
from services.referral.store.decisions import Record
from shared.events.words import (
    CloseReason,
    Fulfilment,
    ServiceRequestStatus,
    Urgency,
)
from shared.http.pages import Next

CalledT = TypeVar("CalledT", "OfferLine", "CandidateView", "ExcludedView")
"""What says which organisation it is of."""


class Counts(BaseModel):
    """How many offers each tab of a queue has, up to 200: more are 200, too."""

    new: int
    work: int
    late: int


class Queue(BaseModel):
    """A page of the offers to the caller's organisation, most urgent first."""

    offers: list[OfferView]
    counts: Annotated[Counts | None, Field(exclude_if=lambda counts: counts is None)] = None
    """Given with the first page."""
    next: Next = None


class TicketView(BaseModel):
    """A disclosure ticket: five minutes, for one person and one offer."""

    ticket: str


class CandidateView(BaseModel):
    """A service that could be asked, with its score: a nearer area (the level of what it serves) is
    less, then a nearer place, and then more free places."""

    service: str
    organisation: str
    organisation_name: str | None = None
    area: int | None = None
    """None in records of rules before ``2026-11.3``."""
    distance: int
    free: int | None
    why: Why


class ExcludedView(BaseModel):
    """A service of the area that could not be asked, and the coded reason."""

    service: str
    organisation: str
    organisation_name: str | None = None
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
    closed: CloseReason | None = None
    """Why a coordinator ended it."""
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
            closed=request.closed,
            opened_at=request.opened_at,
            policy=request.policy.version,
            next_due=request.next_due,
            can_do=list(options(request)),
            act_within=list(request.act_within),
            offers=[OfferLine.of(each) for each in request.offers],
            decisions=None if records is None else [DecisionView.of(each) for each in records],
        )

    def with_organisations(self, known: Mapping[str, Organisation]) -> Self:
        """The same with what the directory calls who was asked, or could have been."""

        def told(each: CalledT) -> CalledT:
            found = known.get(each.organisation)
            name = found.name if found else None
            return each.model_copy(update={"organisation_name": name})

        looks = [
            look.model_copy(
                update={
                    "candidates": [*map(told, look.candidates)],
                    "excluded": [*map(told, look.excluded)],
                }
            )
            for look in self.decisions or ()
        ]
        changes: dict[str, Any] = {"offers": [*map(told, self.offers)]}
        if self.decisions is not None:
            changes["decisions"] = looks
        return self.model_copy(update=changes)

    def with_timelines(self, timelines: Iterable[Iterable[Step]]) -> Self:
        """The same with what became of each of its offers when."""
        offers = [
            each.model_copy(update={"timeline": [StepView.of(step) for step in steps]})
            for each, steps in zip(self.offers, timelines, strict=True)
        ]
        return self.model_copy(update={"offers": offers})


class ServiceRequests(BaseModel):
    """A page of the service requests of the caller's territories, most urgent first."""

    service_requests: list[ServiceRequestView]
    next: Next = None


class FoundView(BaseModel):
    """What a public id means to the caller: the offers to their organisation, the oldest first; for
    a coordinator of its territory the service request; and for an operator of a desk how far it is
    at the organisations that they answer for."""

    service_request: ServiceRequestView | None
    offers: list[OfferView]
    progress: list[ProgressView] = []
