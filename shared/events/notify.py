"""What notify says: who was really told, who could not be, and what they answered."""

from datetime import datetime
from typing import ClassVar

from shared.events.envelope import AboutIncident, Body
from shared.events.words import Answer, RejectReason, UnreachableReason


class AlertSent(AboutIncident):
    """A gateway took at least one message for this alert: somebody was really told.

    ``people`` counts recipients. A delivery receipt is never an answer, and is not said here.
    """

    TYPE: ClassVar[str] = "alert.sent"

    service_request_id: str
    offer_id: str
    alert_id: str
    tier: int
    channel: str
    people: int
    sent_at: datetime


class AlertUnreachable(AboutIncident):
    """Nobody can be told at this organisation and tier: referral goes on without waiting."""

    TYPE: ClassVar[str] = "alert.unreachable"

    service_request_id: str
    offer_id: str
    alert_id: str
    tier: int
    reason: UnreachableReason


class AnswerReceived(AboutIncident):
    """Somebody answered an offer. Who and when stands in the act; its ``received_at`` judges.

    ``said`` is the answer; ``answer``, what a reader takes it for who does not know ``said``.
    """

    TYPE: ClassVar[str] = "answer.received"

    service_request_id: str
    offer_id: str
    answer_id: str
    answer: Answer
    said: Answer | None = None
    reason: RejectReason | None = None
    organisation: str


class StaffChanged(Body):
    """Somebody of the register of staff is new, or another than was last said.

    ``tags`` are all those under which they could have been excluded from a case
    (`shared.security.tags.Tagger.person`): no name and no number, and nobody without the key can
    tell whose they are. Who is not ``active`` serves nowhere now, and may still be excluded.
    """

    TYPE: ClassVar[str] = "staff.changed"

    staff_id: str
    organisation: str
    roles: tuple[str, ...]
    active: bool
    tags: tuple[str, ...]
    organisation_kind: str | None = None
    """What their organisation is, as in consents. Of releases before: absent."""

    @property
    def key(self) -> str:
        """The member of staff: what is said of one comes in its order."""
        return self.staff_id


BODIES: tuple[type[Body], ...] = (AlertSent, AlertUnreachable, AnswerReceived, StaffChanged)
