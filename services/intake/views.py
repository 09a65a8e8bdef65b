"""What intake answers over HTTP. Nothing here names a person; those answers are in `personal`."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, JsonValue

from services.intake.deps import Raion
from services.intake.model.consents import Consent, Group, in_force
from services.intake.model.incidents import Incident, View
from services.intake.model.progress import Progress, progress_of, shown, waits_for_consent
from services.intake.store.incidents import NeedSoFar
from shared.events.words import Urgency


class Answer(BaseModel):
    """An answer, frozen."""

    model_config = ConfigDict(frozen=True)


class NeedView(Answer):
    """One need and how far it has come, as far as the caller may know. ``public_id`` is how people
    call it, in texts and lists too; none until referral has opened it.

    ``can_do`` has ``give-consent`` while nobody may be asked for want of a consent: that is what
    ``POST /incidents/{id}/consents`` is for.
    """

    need_id: str
    service_type: str
    urgency: Urgency
    progress: Progress
    public_id: str | None = None
    can_do: list[Literal["give-consent"]] = []


class ConsentView(Answer):
    """What was allowed, in codes. ``by_law``: nobody gave it, and nobody can withdraw it.

    Who answers for a ground is left out: that it is somebody else than was named would tell why.
    """

    consent_id: str
    need_id: str
    recipient_kind: str
    organisation: str | None
    purpose: str
    scope: list[Group]
    until: datetime | None
    ground: str | None
    by_law: bool
    withdrawn_at: datetime | None

    @classmethod
    def of(cls, consent: Consent) -> Self:
        """As it stands."""
        terms = consent.terms
        return cls(
            consent_id=consent.consent_id,
            need_id=consent.need_id,
            recipient_kind=terms.recipient_kind,
            organisation=terms.organisation,
            purpose=terms.purpose,
            scope=list(terms.scope),
            until=terms.until,
            ground=terms.ground,
            by_law=terms.by_law,
            withdrawn_at=consent.withdrawn_at,
        )


class IncidentView(Answer):
    """One incident. A lay reporter learns that it was received, and no more.

    ``territory`` is the raion, never finer; ``place`` is its name in the caller's language.
    """

    incident_id: str
    status: Literal["received"] = "received"
    received_at: datetime
    urgency: Urgency | None = None
    territory: str | None = None
    place: str | None = None
    needs: list[NeedView] = []
    consents: list[ConsentView] = []


class Notice(Answer):
    """What of a report could not be taken as it was sent, why, and what was done ``instead``."""

    field: str
    message: str
    instead: str


class ReadAs(Answer):
    """How a telephone number was read, whatever stood round its digits."""

    field: str
    value: str


class Taken(IncidentView):
    """A report that was taken. Whoever sent it looks whether it was read as it was meant.

    ``notices`` is what it was taken without; nothing of what was sent is in them.
    """

    notices: list[Notice] = []
    read: list[ReadAs] = []


class IncidentPage(Answer):
    """Incidents, newest first. ``next``: pass it as ``before`` for older ones."""

    incidents: list[IncidentView]
    next: str | None


class DraftView(Answer):
    """That the caller is writing something. Gone at ``expires_at`` unless it is changed again."""

    draft_id: str
    created_at: datetime
    changed_at: datetime
    expires_at: datetime


class DraftText(DraftView):
    """A draft with what is written so far."""

    report: dict[str, JsonValue]


class DraftPage(Answer):
    """The caller's drafts, the last changed first. ``next``: as ``before`` for older ones."""

    drafts: list[DraftView]
    next: str | None


class ConsentsGiven(Answer):
    """The consents that were sent, in their order, as they are in force."""

    incident_id: str
    consents: list[ConsentView]


class Withdrawn(Answer):
    """A consent that has ended. ``permissions_left``: consents that still permit its need."""

    incident_id: str
    need_id: str
    consent_id: str
    withdrawn_at: datetime
    permissions_left: list[str]


class Excluded(Answer):
    """An incident is hidden from whom was named: also from the caller, if that was they."""

    incident_id: str


def incident_view(
    incident: Incident,
    raion: Raion,
    needs: Iterable[NeedView],
    consents: Iterable[Consent],
    view: View,
) -> IncidentView:
    """What this view shows of an incident."""
    if view is View.LAY:
        return IncidentView(incident_id=incident.incident_id, received_at=incident.received_at)
    return IncidentView(
        incident_id=incident.incident_id,
        received_at=incident.received_at,
        urgency=incident.urgency,
        territory=raion.code,
        place=raion.name,
        needs=list(needs),
        consents=[ConsentView.of(consent) for consent in consents],
    )


def need_view(
    so_far: NeedSoFar, consents: Iterable[Consent], view: View, now: datetime
) -> NeedView:
    """How far a need has come, and whether a consent would move it."""
    need = so_far.need
    permitted = bool(in_force(consents, need.need_id, now))
    waits = waits_for_consent(so_far.status, permitted=permitted)
    come = progress_of(so_far.status, so_far.fulfilment, permitted=permitted, closed=so_far.closed)
    return NeedView(
        need_id=need.need_id,
        service_type=need.service_type,
        urgency=need.urgency,
        progress=shown(come, view),
        public_id=so_far.public_id,
        can_do=["give-consent"] if waits else [],
    )
