"""Messages: what is told to whom, what may still be sent. Pure: time and facts are arguments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared.events.words import HELD, OPEN, OfferStatus, UnreachableReason, Urgency

ANSWERABLE = OPEN | {OfferStatus.EXPIRED}
"""An answer may still change it: a late yes is referral's to judge."""

REPEATS_MAX = 3
"""A message that may have been sent is sent again so many times, then left at that."""
COURTESY_LASTS = timedelta(hours=24)
"""How long news of an answer or of an offer's end is worth telling."""
GATHERED = timedelta(seconds=10)
"""A notice waits so long, and then takes along every other of its kind to the same person: a burst
is one text. Nobody's clock waits for it; people answer it in minutes."""
_FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(seconds=60)
"""No message that is queued waits longer for its next attempt."""
_UNKNOWN_PAUSE = timedelta(seconds=15)
_DOUBLINGS_MAX = 10


class Kind(StrEnum):
    """Why a message is sent."""

    ALERT = "alert"
    ANSWER = "answer"
    CLOSING = "closing"
    NOTICE = "notice"
    PROMPT = "prompt"


class Lane(StrEnum):
    """Which sender takes a message. Emergencies have a bind of their own."""

    URGENT = "urgent"
    SMS = "sms"
    EMAIL = "email"


class Status(StrEnum):
    """How far a message came. ``claimed`` is in a sender's hands: after a crash, maybe sent."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    SENT = "sent"
    REFUSED = "refused"
    DROPPED = "dropped"


class Failure(StrEnum):
    """How a send ended badly; the channels' three outcomes."""

    REFUSED = "refused"
    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What notify must know of an offer. ``version`` is that of its service request.

    ``territory`` is the raion of the case: absent for offers of an earlier release.
    """

    offer_id: str
    incident_id: str
    service_request_id: str
    organisation: str
    status: OfferStatus
    version: int
    deadline: datetime | None = None
    holder: str | None = None
    excluded_people: str | None = None
    territory: str | None = None
    public_id: str | None = None

    @property
    def answerable(self) -> bool:
        """Whether a word may still change it, the case holder's too: its codes are open."""
        return self.status in ANSWERABLE | HELD


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to one person over one channel. Its text is made when it is sent, never kept.

    ``maybe_sent`` counts attempts whose end nobody knows. ``instant`` (a deadline, a time) and
    ``public_id`` (what it is about) are what the text will mention; ``checkpoint``, the
    ledger's, is told as it is.
    """

    message_id: str
    kind: Kind
    template: str
    channel: str
    staff_id: str
    urgency: Urgency
    valid_until: datetime
    incident_id: str | None = None
    offer_id: str | None = None
    alert_id: str | None = None
    instant: datetime | None = None
    public_id: str | None = None
    checkpoint: str | None = None
    excluded_people: str | None = None
    attempts: int = 0
    maybe_sent: int = 0

    @property
    def lane(self) -> Lane:
        """Courtesies never stand in front of an emergency, whatever the case's urgency."""
        pressing = self.kind in {Kind.ALERT, Kind.NOTICE}
        if self.channel == Lane.SMS and pressing and self.urgency is Urgency.IMMEDIATE:
            return Lane.URGENT
        return Lane(self.channel)

    @property
    def priority(self) -> int:
        """0 goes first within its lane."""
        pressing = self.kind in {Kind.ALERT, Kind.NOTICE}
        return self.urgency.rank if pressing else len(Urgency)

    def first_attempt(self, now: datetime) -> datetime:
        """When it is due: what gathers waits for others of its kind, if that is not too late."""
        waits = self.gathers_by is not None and now + GATHERED < self.valid_until
        return now + GATHERED if waits else now

    @property
    def gathers_by(self) -> tuple[str, str] | None:
        """Notices that have this in common go as one text; none: it goes alone.

        One about an offer does: its code answers for that offer and no other.
        """
        alone = self.kind is not Kind.NOTICE or self.offer_id is not None
        return None if alone else (self.staff_id, self.template)

    @property
    def template_to_send(self) -> str:
        """The template to send now: an alert that may have come before says so."""
        return "alert-repeat" if self.kind is Kind.ALERT and self.maybe_sent else self.template


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody on duty: by what they can be reached, and whether they must hear nothing."""

    staff_id: str
    channels: tuple[str, ...]
    excluded: bool


def whom_to_alert(
    candidates: Iterable[Candidate], *, unit_excluded: bool, in_time: bool
) -> tuple[Candidate, ...] | UnreachableReason:
    """Who is told of an offer, in the roster's order; or the reason why nobody can be."""
    if unit_excluded:  # first: a unit that may not know must lose the case, however late it is
        return UnreachableReason.UNIT_EXCLUDED
    if not in_time:
        return UnreachableReason.TOO_LATE
    serving = tuple(candidates)
    if not serving:
        return UnreachableReason.NO_DUTY
    allowed = [each for each in serving if not each.excluded]
    if not allowed:
        return UnreachableReason.EXCLUDED
    return tuple(each for each in allowed if each.channels) or UnreachableReason.NO_CONTACT


class DropReason(StrEnum):
    """Why a message is not sent any more; stands in its record."""

    DEADLINE = "deadline"
    OFFER_OVER = "offer-over"
    NOT_STAFF = "not-staff"
    EXCLUDED = "excluded"
    UNIT_EXCLUDED = "unit-excluded"
    NO_CONTACT = "no-contact"
    OUTCOME_UNKNOWN = "outcome-unknown"
    OPEN_AGAIN = "open-again"
    NO_TEXT = "no-text"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendContext:
    """How things stand at the moment of sending. ``unit_excluded``: an excluded party serves in the
    police unit that an alert asks, or in which the reader of a notice serves."""

    now: datetime
    offer_status: OfferStatus | None
    is_staff: bool
    excluded: bool
    unit_excluded: bool
    destination: str | None


def drop_reason(message: Message, context: SendContext) -> DropReason | None:
    """Why ``message`` must not be sent now, or None. Exclusions are asked for every kind."""
    alerting = message.kind is Kind.ALERT
    reasons = {
        DropReason.EXCLUDED: context.excluded,
        DropReason.UNIT_EXCLUDED: context.unit_excluded,
        DropReason.DEADLINE: context.now >= message.valid_until,
        DropReason.OFFER_OVER: alerting and context.offer_status not in OPEN,
        DropReason.OPEN_AGAIN: message.kind is Kind.CLOSING and context.offer_status in OPEN,
        DropReason.NOT_STAFF: not context.is_staff,
        DropReason.NO_CONTACT: context.destination is None,
        DropReason.OUTCOME_UNKNOWN: message.maybe_sent > REPEATS_MAX,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a message after an attempt."""

    status: Status
    reason: str
    next_attempt_at: datetime
    maybe_sent: int


def after_failure(message: Message, failure: Failure, reason: str, now: datetime) -> Verdict:
    """Refused is for good; the rest is tried again until the message is no longer valid."""
    if failure is Failure.REFUSED:
        return Verdict(Status.REFUSED, reason, now, message.maybe_sent)
    doublings = min(max(message.attempts - 1, 0), _DOUBLINGS_MAX)
    if failure is Failure.UNKNOWN:
        unknown = message.maybe_sent + 1
        doubled = _UNKNOWN_PAUSE * 2 ** min(message.maybe_sent, _DOUBLINGS_MAX)
        pause = min(doubled, LONGEST_PAUSE)
    else:
        unknown = message.maybe_sent
        pause = min(_FIRST_PAUSE * 2**doublings, LONGEST_PAUSE)
    return Verdict(Status.QUEUED, reason, min(now + pause, message.valid_until), unknown)


def ending(before: OfferStatus, after: OfferStatus) -> str | None:
    """What those who were alerted hear when an offer takes this edge; None: nothing.

    An expiry is not told: a late yes may still stand.
    """
    if before not in ANSWERABLE:
        return None
    return _ENDINGS.get(after)


_ENDINGS = {
    OfferStatus.ACCEPTED: "taken",
    OfferStatus.CANCELLED: "offer-cancelled",
    OfferStatus.REJECTED: "offer-cancelled",  # a colleague's no is the organisation's
    OfferStatus.ENTERED_IN_ERROR: "offer-cancelled",
}


def failure_of(reasons: frozenset[str]) -> UnreachableReason:
    """Why an alert came to nothing, from why each of its messages did."""
    if DropReason.UNIT_EXCLUDED in reasons:
        return UnreachableReason.UNIT_EXCLUDED
    if reasons == {DropReason.EXCLUDED}:
        return UnreachableReason.EXCLUDED
    return UnreachableReason.FAILED
