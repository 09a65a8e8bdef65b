"""What referral says: service requests, offers, and what became of an answer."""

from datetime import datetime, timedelta
from typing import ClassVar

from shared.events.envelope import AboutIncident, Body, Contract
from shared.events.words import (
    Answer,
    CloseReason,
    Fulfilment,
    Judgement,
    OfferStatus,
    ServiceRequestStatus,
    Urgency,
)


class PolicyTimers(Contract):
    """The clocks of an offer by the policy that a service request keeps from its opening on."""

    version: str
    ack: timedelta
    decide: timedelta
    contact: timedelta


class ServiceRequestChanged(AboutIncident):
    """A service request was opened or came further. For the reporter's progress.

    ``public_id`` is how people call it; absent in events of older releases. ``closed`` is why a
    coordinator ended it: its status is ``revoked`` then, as after a withdrawn consent; absent while
    nobody has.
    """

    TYPE: ClassVar[str] = "servicerequest.changed"

    service_request_id: str
    need_id: str
    service_type: str
    status: ServiceRequestStatus
    fulfilment: Fulfilment
    reason: str | None = None
    public_id: str | None = None
    closed: CloseReason | None = None
    territory: str | None = None
    """The raion of the case (SOATE), never finer. Of releases before: absent, as ``urgency``."""
    urgency: Urgency | None = None
    timers: PolicyTimers | None = None
    """Of releases before: absent."""


class OfferRequested(AboutIncident):
    """Tell the people on duty at ``organisation``, tier ``tier``, until ``deadline``.

    Notify turns (organisation, tier) into people. ``alert_id`` is one asking: a second tier of the
    same offer is a new one. It says urgency only, not the need.
    """

    TYPE: ClassVar[str] = "offer.requested"

    service_request_id: str
    offer_id: str
    alert_id: str
    organisation: str
    tier: int
    urgency: Urgency
    deadline: datetime
    decide_by: datetime
    """The last instant an answer can be in time: somebody said before ``deadline`` "seen"."""
    territory: str | None = None
    """The raion of the case (SOATE), never finer: whose coordinators may be told whom to call."""
    excluded_people: str | None = None
    public_id: str | None = None
    """How people call the service request. Of releases before: absent."""


class OfferChanged(AboutIncident):
    """An offer went from one state to another: an edge of its life.

    ``person`` is the case holder after an acceptance. ``superseded_by`` is the offer that won.
    ``late`` marks an acceptance received after the deadline.
    """

    TYPE: ClassVar[str] = "offer.changed"

    service_request_id: str
    need_id: str
    offer_id: str
    organisation: str
    before: OfferStatus
    after: OfferStatus
    reason: str | None = None
    person: str | None = None
    superseded_by: str | None = None
    late: bool = False
    deadline: datetime | None = None
    """When the state entered must have been left: T_ack, T_decide, T_contact or a review; where
    others made ``person`` the case holder, until when they are to take it over."""
    contact_by: datetime | None = None
    """Until when the case holder is, or was, to make contact, whatever else is awaited. Of releases
    before: absent."""
    excluded_people: str | None = None
    public_id: str | None = None


class AnswerJudged(AboutIncident):
    """What became of an answer that came through notify, so that its giver can be told."""

    TYPE: ClassVar[str] = "answer.judged"

    offer_id: str
    answer_id: str
    answer: Answer
    judgement: Judgement
    staff_id: str
    first_at: datetime | None = None
    """When the answer that stands was received, if this one came second."""
    own: bool | None = None
    """True if the answer that stands is the same person's."""
    excluded_people: str | None = None


class OrganisationChanged(Body):
    """An organisation of the directory is new, or another than was last said, or gone.

    ``kind`` is a code of the jurisdiction; from it everybody knows who is police. ``territories``
    are SOATE codes or their beginnings: where it is, or where it serves if it has no location.
    ``listed`` is false once the directory has it no more. ``desks`` are the organisations whose
    operators answer for it, beside its own; absent: none.
    """

    TYPE: ClassVar[str] = "organisation.changed"

    organisation: str
    kind: str
    territories: tuple[str, ...]
    listed: bool = True
    desks: tuple[str, ...] | None = None

    @property
    def key(self) -> str:
        """The organisation: what is said of one comes in its order."""
        return self.organisation


class ExclusionsForwarded(AboutIncident):
    """Who must not learn of an incident from now on: the whole list, sealed by intake for notify.

    It stands above any list that was given with an offer or a notice of the incident. The version
    is the incident's.
    """

    TYPE: ClassVar[str] = "exclusions.forwarded"

    excluded_people: str


BODIES: tuple[type[Body], ...] = (
    ServiceRequestChanged,
    OfferRequested,
    OfferChanged,
    AnswerJudged,
    OrganisationChanged,
    ExclusionsForwarded,
)
