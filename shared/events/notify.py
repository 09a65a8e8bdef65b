"""What notify says: who was really told, who could not be, and what they answered."""

from datetime import datetime
from typing import ClassVar

from shared.events.envelope import Body
from shared.events.words import Answer, RejectReason, UnreachableReason


class AlertSent(Body):
    """A gateway took at least one message for this alert: somebody was really told.

    ``people`` counts recipients. A delivery receipt is never an answer, and is not said here.
    """

    TYPE: ClassVar[str] = "alert.sent"

    incident_id: str
    service_request_id: str
    offer_id: str
    alert_id: str
    tier: int
    channel: str
    people: int
    sent_at: datetime


class AlertUnreachable(Body):
    """Nobody can be told at this organisation and tier: referral goes on without waiting."""

    TYPE: ClassVar[str] = "alert.unreachable"

    incident_id: str
    service_request_id: str
    offer_id: str
    alert_id: str
    tier: int
    reason: UnreachableReason


class AnswerReceived(Body):
    """Somebody answered an offer. Who and when stands in the act; its ``received_at`` judges."""

    TYPE: ClassVar[str] = "answer.received"

    incident_id: str
    service_request_id: str
    offer_id: str
    answer_id: str
    answer: Answer
    reason: RejectReason | None = None
    organisation: str


BODIES: tuple[type[Body], ...] = (AlertSent, AlertUnreachable, AnswerReceived)
