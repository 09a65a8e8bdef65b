"""What intake says on the bus. Codes, bands and opaque ids: nothing here names a person."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from services.intake.deps import Deps
from services.intake.model.consents import Consent, in_force
from services.intake.model.exclusions import Exclusions
from services.intake.model.incidents import Incident
from services.intake.model.needs import Need
from services.intake.model.report import Report
from services.intake.opening import Opening
from shared.db import Tx
from shared.events import Act, intake
from shared.events.words import Channel, Role
from shared.jurisdiction import Jurisdiction
from shared.security.tags import ExcludedPeople
from shared.security.visibility import Viewer

UNKNOWN = "unknown"
"""The age band of somebody of whom nobody said how old they are."""


def emit_reported(deps: Deps, tx: Tx, viewer: Viewer, opening: Opening) -> None:
    """Emits ``incident.reported``, and ``exclusions.changed`` for whoever does not read that: where
    it excludes somebody, or was reported out of a committee, which waits for it to show a link."""
    report, incident = opening.report, opening.incident
    country, hidden = deps.jurisdiction, _exclusions(deps, incident)
    bands = Counter(_band(country, child.age) for child in report.children)
    body = intake.IncidentReported(
        incident_id=incident.incident_id,
        territory=incident.territory,
        territory_verified=incident.territory_verified,
        urgency=incident.urgency,
        needs=tuple(_need(need, opening.consents, tx.now) for need in opening.needs),
        age_band=_band(country, report.survivor.age),
        children=tuple(intake.ChildBand(band=band, count=count) for band, count in bands.items()),
        language=report.survivor.language,
        access_needs=report.survivor.access_needs,
        excluded_organisations=hidden.excluded_organisations,
        excluded_places=hidden.excluded_places,
        excluded_people=hidden.excluded_people,
        excluded_digests=hidden.excluded_digests,
        reported_by=incident.reported_by,
    )
    act = act_of(tx, viewer, report.claimed_at, on_behalf_of=_whose_words(report))
    tx.emit(body, subject=incident.incident_id, version=incident.version, act=act)
    if incident.excluded != Exclusions() or viewer.has(Role.SECRETARY, Role.MEMBER):
        tx.emit(hidden, subject=incident.incident_id, version=incident.version, act=act)


def emit_excluded(deps: Deps, tx: Tx, incident: Incident, act: Act | None) -> None:
    """Emits ``exclusions.changed``: all of whom the incident excludes."""
    body = _exclusions(deps, incident)
    tx.emit(body, subject=incident.incident_id, version=incident.version, act=act)


def _exclusions(deps: Deps, incident: Incident) -> intake.ExclusionsChanged:
    """All of whom the incident excludes, as it is said."""
    excluded = incident.excluded
    return intake.ExclusionsChanged(
        incident_id=incident.incident_id,
        excluded_organisations=excluded.organisations,
        excluded_places=excluded.places,
        excluded_people=_sealed(deps, excluded),
        excluded_digests=deps.digests.of(incident.incident_id, excluded.tags),
    )


def _sealed(deps: Deps, excluded: Exclusions) -> str | None:
    """Who is excluded, for notify alone; none if nobody is."""
    people = ExcludedPeople(
        frozenset(excluded.staff),
        frozenset(excluded.tags),
        frozenset(excluded.organisations),
        frozenset(excluded.places),
    )
    if people == ExcludedPeople():
        return None
    return deps.sealer.seal(people.encode(), ["notify"]).decode()


def emit_given(
    tx: Tx, incident: Incident, need: Need, consents: Iterable[Consent], act: Act
) -> None:
    """Emits ``consent.given``: a need with all that permits it from now on."""
    body = intake.ConsentGiven(incident_id=incident.incident_id, need=_need(need, consents, tx.now))
    tx.emit(body, subject=incident.incident_id, version=incident.version, act=act)


def emit_withdrawn(
    tx: Tx, incident: Incident, consent: Consent, left: tuple[intake.Permission, ...], act: Act
) -> None:
    """Emits ``consent.withdrawn``; ``left`` is what still permits the need."""
    body = intake.ConsentWithdrawn(
        incident_id=incident.incident_id,
        need_id=consent.need_id,
        consent_id=consent.consent_id,
        permissions_left=left,
    )
    tx.emit(body, subject=incident.incident_id, version=incident.version, act=act)


def act_of(
    tx: Tx, viewer: Viewer, claimed_at: datetime | None, *, on_behalf_of: str | None = None
) -> Act:
    """What the caller does now, over HTTP."""
    return Act(
        received_at=tx.now,
        claimed_at=claimed_at,
        actor=viewer.staff_id,
        on_behalf_of=on_behalf_of,
        channel=Channel.API,
    )


def _need(need: Need, consents: Iterable[Consent], now: datetime) -> intake.Need:
    return intake.Need(
        need_id=need.need_id,
        service_type=need.service_type,
        urgency=need.urgency,
        permissions=permissions(consents, need.need_id, now),
        act_within=need.act_within,
    )


def permissions(
    consents: Iterable[Consent], need_id: str, now: datetime
) -> tuple[intake.Permission, ...]:
    """What permits a need now, as referral hears it."""
    return tuple(
        intake.Permission(
            consent_id=consent.consent_id,
            recipient_kind=consent.terms.recipient_kind,
            organisation=consent.terms.organisation,
            until=consent.terms.until,
        )
        for consent in in_force(consents, need_id, now)
    )


def _band(country: Jurisdiction, age: int | None) -> str:
    return UNKNOWN if age is None else country.age_band(age)


def _whose_words(report: Report) -> str | None:
    """The kind of who told it, where that was not whoever sent it."""
    return None if report.reporter.kind == "staff" else report.reporter.kind
