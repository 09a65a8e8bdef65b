"""What a report comes to: the country's files applied to it, before anything is stored."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from services.intake.deps import Deps
from services.intake.model.consents import Consent
from services.intake.model.exclusions import Exclusions
from services.intake.model.incidents import Incident, is_lay
from services.intake.model.needs import (
    Need,
    NewId,
    lawful_terms,
    open_needs,
    record_consents,
)
from services.intake.model.persons import Assessed, Person, people_of
from services.intake.model.report import Accused, Report
from shared.security.tags import places
from shared.security.visibility import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A new incident with all that belongs to it.

    ``survivor_tags``: what another report of the same survivor is known by.
    """

    report: Report
    incident: Incident
    needs: tuple[Need, ...]
    consents: tuple[Consent, ...]
    people: tuple[Person, ...]
    survivor_tags: tuple[str, ...]


def open_incident(
    deps: Deps, viewer: Viewer, report: Report, now: datetime, new_id: NewId
) -> Opening:
    """Judges the risk, opens needs, records consents; raises `Invalid` for what does not fit."""
    found = deps.jurisdiction.checklist.assess(
        report.danger_signs, immediate_danger=report.immediate_danger
    )
    incident = Incident(
        incident_id=new_id(),
        version=1,
        received_at=now,
        entered_by=viewer.staff_id,
        lay=is_lay(report, viewer.roles),
        received_by_channel=report.received_by_channel,
        reporter_kind=report.reporter.kind,
        territory=report.territory,
        territory_verified=deps.jurisdiction.territories.place(report.territory).verified,
        language=report.language,
        urgency=found.urgency,
        checklist=found.version,
        excluded=tagged(
            deps, report.territory, report.accused, report.excluded, report.hidden_from
        ),
    )
    needs = open_needs(report, found.urgency, deps.law, now, new_id)
    lawful = lawful_terms(report, found.urgency, deps.law, viewer.staff_id)
    consents = record_consents(report.given, needs, lawful, deps.law, new_id)
    assessed = Assessed(found.urgency, found.score, found.version)
    return Opening(
        report=report,
        incident=incident,
        needs=needs,
        consents=consents,
        people=people_of(report, assessed, consents, new_id),
        survivor_tags=_survivor_tags(deps, report),
    )


def tagged(
    deps: Deps,
    territory: str,
    accused: Iterable[Accused],
    excluded: Exclusions,
    hidden_from: Iterable[str] = (),
) -> Exclusions:
    """Who must not know of an incident, with every tag that means one of them, in no telling order.

    Of whom only the name is said may serve anywhere round where it happened: so do those whom it is
    ``hidden_from`` by name alone.
    """
    people, tagger = tuple(accused), deps.tagger
    nearby = places(territory, deps.jurisdiction.territories.rules.depths)
    named = [
        (each.name, place)
        for each in people
        if each.name is not None
        for place in ([each.organisation] if each.organisation else nearby)
    ]
    named += [(name, place) for name in hidden_from for place in nearby]
    tags = tagger.mentioned(named).union(
        *(tagger.phone(each.phone) for each in people if each.phone is not None),
        *map(tagger.staff, excluded.staff),
    )
    return replace(excluded, tags=tuple(sorted(tags)))


def _survivor_tags(deps: Deps, report: Report) -> tuple[str, ...]:
    """By what another report of the same survivor is known: a number, or the name nearby."""
    survivor, contact = report.survivor, report.safe_contact
    phones = {survivor.phone, contact.phone if contact else None} - {None}
    nearby = places(report.territory, deps.jurisdiction.territories.rules.depths)[-1]
    names = [(survivor.name, nearby)] if survivor.name else []
    return tuple(sorted(deps.tagger.survivor(filter(None, phones), names)))
