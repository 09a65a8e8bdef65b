"""Facts: one row per offer and one per service request, of what became of it and when. Shapes only.

``…_at`` and ``…_by`` are as they were first said, and never change again; ``…_now`` as they stand
by the newest event: none once that is taken back. All are instants by which limits are judged
(`received_at`, or the producer's clock where nobody acted), never what anybody claims.

Fields are named and ordered as a store's columns may be: ``OfferFact._make(row)``.
"""

from datetime import datetime
from typing import NamedTuple

from shared.events.words import Answer, CloseReason, Urgency


class OfferFact(NamedTuple):
    """One asking of one organisation.

    ``territory``: the raion of the case, never finer. ``channel``: over what they were told first;
    ``tier``: the last that was asked, ``escalated_at``: when the first after tier 1 was.
    ``answer_by`` ends T_ack; ``decide_by`` T_decide, as it is said with the acknowledgement, and
    until then what `offer.requested` says. ``told_at``: a gateway took the first alert, or the
    offer was shown to somebody there. ``seen_at``: somebody said "seen". ``decided_at``: they said
    yes or no, ``accepted_at``: yes; the word of whoever may not answer is none.
    ``ended_at``: it was cancelled, failed, completed or voided, and has not been asked again since;
    an offer that expired has not ended, for it may still be answered.
    """

    offer_id: str
    service_request_id: str
    service_type: str
    organisation: str
    requested_at: datetime
    answer_by: datetime
    decide_by: datetime
    urgency: Urgency | None = None
    territory: str | None = None
    channel: str | None = None
    tier: int = 1
    told_at: datetime | None = None
    seen_at: datetime | None = None
    seen_now: datetime | None = None
    decided_at: datetime | None = None
    decided_now: datetime | None = None
    decision: Answer | None = None
    decision_now: Answer | None = None
    accepted_at: datetime | None = None
    accepted_now: datetime | None = None
    contact_by: datetime | None = None
    contact_by_now: datetime | None = None
    contact_at: datetime | None = None
    contact_now: datetime | None = None
    on_hold_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None
    voided_at: datetime | None = None
    escalated_at: datetime | None = None


class RequestFact(NamedTuple):
    """One need of one incident.

    ``permitted_at``: when it was first active; a draft waits for consent. ``accept_by``: T_ack and
    T_decide of the policy it was opened under, from ``opened_at``; ``contact_by``: and T_contact
    after that; none where the policy is not known. ``accepted_at``: the first yes of anybody,
    ``contact_at``: the first contact. ``exhausted_at``: nobody was left to ask; ``exhausted_now``:
    and nobody is. ``asked``: how many offers were made. ``ended_at``: completed, revoked or voided,
    and so still.
    """

    service_request_id: str
    service_type: str
    opened_at: datetime
    urgency: Urgency | None = None
    territory: str | None = None
    permitted_at: datetime | None = None
    accept_by: datetime | None = None
    contact_by: datetime | None = None
    accepted_at: datetime | None = None
    accepted_now: datetime | None = None
    contact_at: datetime | None = None
    contact_now: datetime | None = None
    on_hold_at: datetime | None = None
    exhausted_at: datetime | None = None
    exhausted_now: datetime | None = None
    asked: int = 0
    ended_at: datetime | None = None
    closed: CloseReason | None = None
    voided_at: datetime | None = None
