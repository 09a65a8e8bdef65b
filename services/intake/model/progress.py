"""How far a need has come, in the words that those who may know are told."""

from enum import StrEnum

from services.intake.model.incidents import View
from shared.events.words import CloseReason, Fulfilment, ServiceRequestStatus


class Progress(StrEnum):
    """Where a need stands. ``ended``: revoked, or opened in error; ``unmet``: closed, and nobody
    could help."""

    RECEIVED = "received"
    AWAITING_CONSENT = "awaiting-consent"
    MATCHING = "matching"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    IN_SERVICE = "in-service"
    ON_HOLD = "on-hold"
    EXHAUSTED = "exhausted"
    COMPLETED = "completed"
    ENDED = "ended"
    UNMET = "unmet"


_ACTIVE = {
    Fulfilment.UNMATCHED: Progress.MATCHING,
    Fulfilment.OFFERING: Progress.OFFERED,
    Fulfilment.PLACED: Progress.ACCEPTED,
    Fulfilment.IN_SERVICE: Progress.IN_SERVICE,
    Fulfilment.EXHAUSTED: Progress.EXHAUSTED,
}
_OTHER = {
    ServiceRequestStatus.DRAFT: Progress.AWAITING_CONSENT,
    ServiceRequestStatus.ON_HOLD: Progress.ON_HOLD,
    ServiceRequestStatus.COMPLETED: Progress.COMPLETED,
    ServiceRequestStatus.REVOKED: Progress.ENDED,
    ServiceRequestStatus.ENTERED_IN_ERROR: Progress.ENDED,
}
_FOR_CONSENT = (None, ServiceRequestStatus.DRAFT, ServiceRequestStatus.REVOKED)
"""Nobody may be asked, but for a consent."""
_FOR_REPORTERS = {
    Progress.MATCHING: Progress.RECEIVED,
    Progress.OFFERED: Progress.RECEIVED,
    Progress.IN_SERVICE: Progress.ACCEPTED,
    Progress.ON_HOLD: Progress.ACCEPTED,
}
"""Who was asked, and how the work goes, is between the survivor and those who help."""


def progress_of(
    status: ServiceRequestStatus | None,
    fulfilment: Fulfilment | None,
    *,
    permitted: bool,
    closed: CloseReason | None = None,
) -> Progress:
    """Where a need stands by what referral last said of it; by what permits it while it is silent,
    or has not heard yet of a consent that came later. ``closed``: why a coordinator ended it."""
    if closed is not None:
        return Progress.UNMET if closed.unmet else Progress.ENDED
    if status in _FOR_CONSENT and permitted:
        return Progress.RECEIVED
    if status is None:
        return Progress.AWAITING_CONSENT
    if status is ServiceRequestStatus.ACTIVE and fulfilment is not None:
        return _ACTIVE[fulfilment]
    return _OTHER.get(status, Progress.MATCHING)


def waits_for_consent(status: ServiceRequestStatus | None, *, permitted: bool) -> bool:
    """Whether a consent is all that is needed for somebody to be asked."""
    return status in _FOR_CONSENT and not permitted


def shown(progress: Progress, view: View) -> Progress:
    """What of it this view shows: a lay reporter learns that it was received, and no more."""
    if view is View.LAY:
        return Progress.RECEIVED
    if view is View.REPORTER:
        return _FOR_REPORTERS.get(progress, progress)
    return progress
