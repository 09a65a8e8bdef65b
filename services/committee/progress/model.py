"""How far a need has come, in the words that a reporter is told. Pure.

Who was asked, and how the work goes, is between the survivor and those who help: a committee hears
of a yes, of an end, and that nobody could be found.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.events.words import CloseReason, Fulfilment, ServiceRequestStatus


class Progress(StrEnum):
    """Intake's words. ``unmet``: a coordinator closed it, and nobody could help."""

    AWAITING_CONSENT = "awaiting-consent"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    EXHAUSTED = "exhausted"
    COMPLETED = "completed"
    ENDED = "ended"
    UNMET = "unmet"


_ACTIVE = {
    Fulfilment.UNMATCHED: Progress.RECEIVED,
    Fulfilment.OFFERING: Progress.RECEIVED,
    Fulfilment.PLACED: Progress.ACCEPTED,
    Fulfilment.IN_SERVICE: Progress.ACCEPTED,
    Fulfilment.EXHAUSTED: Progress.EXHAUSTED,
}
_OTHER = {
    ServiceRequestStatus.DRAFT: Progress.AWAITING_CONSENT,
    ServiceRequestStatus.ON_HOLD: Progress.ACCEPTED,
    ServiceRequestStatus.COMPLETED: Progress.COMPLETED,
    ServiceRequestStatus.REVOKED: Progress.ENDED,
    ServiceRequestStatus.ENTERED_IN_ERROR: Progress.ENDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One service request of an incident. ``public_id`` is how people call it."""

    incident_id: str
    service_type: str
    public_id: str | None
    status: ServiceRequestStatus
    fulfilment: Fulfilment
    closed: CloseReason | None
    changed_at: datetime

    @property
    def progress(self) -> Progress:
        """Where it stands."""
        if self.closed is not None:
            return Progress.UNMET if self.closed.unmet else Progress.ENDED
        if self.status is ServiceRequestStatus.ACTIVE:
            return _ACTIVE[self.fulfilment]
        return _OTHER[self.status]
