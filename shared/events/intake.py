"""What intake says. Nothing here names a person: ids, codes and bands only."""

from datetime import datetime
from typing import ClassVar

from shared.events.envelope import AboutIncident, Body, Contract
from shared.events.words import Urgency


class Permission(Contract):
    """What lets a need be referred: a consent, or a recorded ground with a named person.

    ``organisation`` narrows ``recipient_kind`` to one organisation. ``until`` is absent for a
    ground, which holds until it is withdrawn.
    """

    consent_id: str
    recipient_kind: str
    organisation: str | None = None
    until: datetime | None = None


class Need(Contract):
    """One thing that is needed: it becomes one service request.

    Without permissions the service request stays ``draft`` until a consent comes.
    ``act_within`` are clinical clocks (PEP 72 h, emergency contraception 120 h), as instants.
    """

    need_id: str
    service_type: str
    urgency: Urgency
    permissions: tuple[Permission, ...] = ()
    act_within: tuple[datetime, ...] = ()


class ChildBand(Contract):
    """Children by age band, never by age: in an ayil aimak an exact age is a name."""

    band: str
    count: int


class IncidentReported(AboutIncident):
    """An incident was taken in. ``territory`` is a SOATE code of 14 digits; the code alone.

    ``excluded_organisations`` and ``excluded_places`` (SOATE prefixes) are for referral;
    ``excluded_people`` is a JWE that only notify can open: referral forwards it with every offer.
    """

    TYPE: ClassVar[str] = "incident.reported"

    territory: str
    territory_verified: bool
    urgency: Urgency
    needs: tuple[Need, ...]
    age_band: str
    children: tuple[ChildBand, ...] = ()
    language: str
    access_needs: tuple[str, ...] = ()
    excluded_organisations: tuple[str, ...] = ()
    excluded_places: tuple[str, ...] = ()
    excluded_people: str | None = None
    excluded_staff: tuple[str, ...] = ()
    """Unkeyed digests of staff ids, of releases before ``excluded_digests``; now always empty."""
    excluded_digests: tuple[str, ...] | None = None
    """Keyed digests of everybody excluded (`shared.security.excluded_staff.Digests`): whoever they
    fit must not learn of the case."""
    reported_by: str | None = None
    """staff_id of the reporting member of staff, who hears what became of it; else absent."""


class ConsentGiven(AboutIncident):
    """A consent came later than the report.

    ``need`` is as it stands from now on, with all that permits it; referral opens one that it does
    not know, with the rest of what it knows of the incident.
    """

    TYPE: ClassVar[str] = "consent.given"

    need: Need


class ConsentWithdrawn(AboutIncident):
    """A consent ended before its time. Reading under it has already stopped in intake.

    ``permissions_left`` is what still permits the need; empty means nothing does.
    """

    TYPE: ClassVar[str] = "consent.withdrawn"

    need_id: str
    consent_id: str
    permissions_left: tuple[Permission, ...] = ()


class ExclusionsChanged(AboutIncident):
    """More must not learn of an incident than was said when it was reported; nobody fewer.

    Each field has the whole of what holds from now on, as in `IncidentReported`.
    """

    TYPE: ClassVar[str] = "exclusions.changed"

    excluded_organisations: tuple[str, ...] = ()
    excluded_places: tuple[str, ...] = ()
    excluded_people: str | None = None
    excluded_digests: tuple[str, ...] = ()


BODIES: tuple[type[Body], ...] = (
    IncidentReported,
    ConsentGiven,
    ConsentWithdrawn,
    ExclusionsChanged,
)
