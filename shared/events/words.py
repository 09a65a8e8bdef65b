"""The closed vocabularies that events share. Words are those of HSDS, FHIR Task and GBVIMS."""

from enum import StrEnum

SYSTEM = "system"
"""The name under which a service itself acts: no person may bear it."""


class Role(StrEnum):
    """What a person, or another system, may do; who sees what hangs on it."""

    WORKER = "worker"
    COORDINATOR = "coordinator"
    REPORTER = "reporter"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    """At the desk of a line or a station: enters what people of the organisations that it answers
    for say on the telephone. Holds no case."""
    SECRETARY = "secretary"
    """Keeps the registers of a local committee, and prepares its sittings."""
    MEMBER = "member"
    """Of a local committee: reads what it works on, but for what they left. Never alerted."""
    SYSTEM = "system"
    """Another system that reports incidents."""


POLICE = "police"
"""The kind of organisation that is excluded as a whole with one of its members: colleagues would
tell."""
CASE_ROLES = frozenset({Role.WORKER, Role.COORDINATOR})
"""Whoever has one of these may hold a case: nobody else may read or do anything about one."""


class Urgency(StrEnum):
    """How fast the ladder runs. Staff may raise it, never lower it alone."""

    IMMEDIATE = "immediate"
    HIGH = "high"
    STANDARD = "standard"

    @property
    def rank(self) -> int:
        """0 is the most urgent: the order of queues and of waiting lists."""
        return list(Urgency).index(self)


class Channel(StrEnum):
    """How a human act reached us."""

    API = "api"
    CONSOLE = "console"
    SMS = "sms"
    EMAIL = "email"
    LINK = "link"
    DESK = "desk"
    SYSTEM = "system"


class OfferStatus(StrEnum):
    """The states of an offer: FHIR Task's words, and ``expired`` for silence."""

    DRAFT = "draft"
    REQUESTED = "requested"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    IN_PROGRESS = "in-progress"
    ON_HOLD = "on-hold"
    COMPLETED = "completed"
    FAILED = "failed"
    ENTERED_IN_ERROR = "entered-in-error"


OPEN = frozenset({OfferStatus.REQUESTED, OfferStatus.RECEIVED})
"""An offer waits for its provider's answer."""
CONTACT_DUE = "contact-due"
"""Why an offer is said to have changed that is as it was: its case holder is reminded to act by its
deadline."""
HELD = frozenset({OfferStatus.ACCEPTED, OfferStatus.IN_PROGRESS, OfferStatus.ON_HOLD})
"""An offer has a case holder."""


class ServiceRequestStatus(StrEnum):
    """FHIR ServiceRequest.status."""

    DRAFT = "draft"
    ACTIVE = "active"
    ON_HOLD = "on-hold"
    REVOKED = "revoked"
    COMPLETED = "completed"
    ENTERED_IN_ERROR = "entered-in-error"


class Fulfilment(StrEnum):
    """How far an active service request has come."""

    UNMATCHED = "unmatched"
    OFFERING = "offering"
    PLACED = "placed"
    IN_SERVICE = "in-service"
    EXHAUSTED = "exhausted"


class RejectReason(StrEnum):
    """Why a provider says no. Coded, so that it can be counted and never tells a story."""

    AT_CAPACITY = "at-capacity"
    NOT_ELIGIBLE = "not-eligible"
    UNSAFE = "unsafe"
    CONFLICT_OF_INTEREST = "conflict-of-interest"
    OUT_OF_HOURS = "out-of-hours"
    OTHER = "other"


class CancelReason(StrEnum):
    """Why an offer ended before its provider decided, or its reading was withdrawn."""

    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"
    UNREACHABLE = "unreachable"
    NO_CAPACITY = "no-capacity"
    COORDINATOR = "coordinator"


class FailReason(StrEnum):
    """Why an accepted offer came to nothing."""

    NO_CONTACT = "no-contact"
    RELEASED = "released"
    REVIEW_OVERDUE = "review-overdue"
    UNABLE = "unable"
    OTHER = "other"


class HoldReason(StrEnum):
    """Why a case holder pauses. What older releases took in its place were codes of any kind."""

    WAITING_FOR_PAPERS = "waiting-for-papers"
    WAITING_FOR_PLACE = "waiting-for-place"
    WAITING_FOR_OTHERS = "waiting-for-others"
    SURVIVOR_ASKED = "survivor-asked"
    NOT_REACHABLE = "not-reachable"
    IN_HOSPITAL = "in-hospital"
    UNSAFE = "unsafe"
    OTHER = "other"


class HandoverReason(StrEnum):
    """Why a case holder or a coordinator gives a case to a colleague."""

    END_OF_SHIFT = "end-of-shift"
    ABSENCE = "absence"
    WORKLOAD = "workload"
    SPECIALIST = "specialist"
    LANGUAGE = "language"
    SURVIVOR_ASKED = "survivor-asked"
    CONFLICT_OF_INTEREST = "conflict-of-interest"
    OTHER = "other"


class VoidReason(StrEnum):
    """Why something was entered in error."""

    ENTERED_TWICE = "entered-twice"
    WRONG_PERSON = "wrong-person"
    WRONG_NEED = "wrong-need"
    TRIAL = "trial"
    MISTAKE = "mistake"
    OTHER = "other"


class CloseReason(StrEnum):
    """Why a coordinator ends a service request that nobody has done."""

    NOBODY_CAN_HELP = "nobody-can-help"
    HELPED_OTHERWISE = "helped-otherwise"
    DECLINED_BY_SURVIVOR = "declined-by-survivor"
    NOT_REACHED = "not-reached"
    MOVED_AWAY = "moved-away"
    OTHER = "other"

    @property
    def unmet(self) -> bool:
        """Whether the need stays unmet: all but what was met otherwise, or is wanted no more."""
        return self not in (CloseReason.HELPED_OTHERWISE, CloseReason.DECLINED_BY_SURVIVOR)


class Outcome(StrEnum):
    """What came of a case, as its holder says (GBVIMS: service provided, declined, referred)."""

    HELPED = "helped"
    PARTLY_HELPED = "partly-helped"
    REFERRED_ON = "referred-on"
    DECLINED_BY_SURVIVOR = "declined-by-survivor"
    NOT_REACHED = "not-reached"
    MOVED_AWAY = "moved-away"
    OTHER = "other"


class UnreachableReason(StrEnum):
    """Why nobody could be told. ``unit-excluded``: the accused serves there."""

    NO_DUTY = "no-duty"
    NO_CONTACT = "no-contact"
    EXCLUDED = "excluded"
    UNIT_EXCLUDED = "unit-excluded"
    FAILED = "failed"
    TOO_LATE = "too-late"


class Answer(StrEnum):
    """What a provider may say to an offer over any channel. The last three are the case holder's.

    ``on-the-way`` is recorded and stops no clock. ``arrived`` is first contact, as the holder
    claims it. ``unable`` gives the case back; before a yes it is a no.
    """

    ACCEPT = "accept"
    REJECT = "reject"
    RECEIVED = "received"
    ON_THE_WAY = "on-the-way"
    ARRIVED = "arrived"
    UNABLE = "unable"


class Judgement(StrEnum):
    """What became of an answer, so that whoever gave it can be told."""

    STOOD = "stood"
    ALREADY = "already"
    TAKEN = "taken"
    TOO_LATE = "too-late"
    CLOSED = "closed"
    NOT_ALLOWED = "not-allowed"
    NOT_HELD = "not-held"
    """A word of a case holder, before anybody said yes."""
