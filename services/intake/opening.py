"""What a report comes to: the country's files applied to it, before anything is stored."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.intake.deps import Deps
from services.intake.model.consents import Consent
from services.intake.model.incidents import Incident, is_lay
from services.intake.model.needs import (
    Need,
    NewId,
    lawful_terms,
    open_needs,
    record_consents,
)
from services.intake.model.persons import Assessed, Person, people_of
from services.intake.model.report import Report
from shared.security.tags import ExcludedPeople, Tagger, places
from shared.security.visibility import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A new incident with all that belongs to it.

    ``excluded_people``: who must not hear of it, as notify alone may read it.
    """

    report: Report
    incident: Incident
    needs: tuple[Need, ...]
    consents: tuple[Consent, ...]
    people: tuple[Person, ...]
    excluded_people: ExcludedPeople


def open_incident(
    deps: Deps, viewer: Viewer, report: Report, now: datetime, new_id: NewId
) -> Opening:
    """Judges the risk, opens needs, records consents; raises `Invalid` for what does not fit."""
    found = deps.jurisdiction.checklist.assess(
        report.danger_signs, immediate_danger=report.immediate_danger
    )
    excluded_people = _excluded_people(deps, report)
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
        excluded=replace(report.excluded, tags=_tags(deps.tagger, excluded_people)),
    )
    needs = open_needs(report, found.urgency, deps.law, now, new_id)
    lawful = lawful_terms(report, found.urgency, deps.law, viewer.staff_id)
    consents = record_consents(report, needs, lawful, deps.law, new_id)
    assessed = Assessed(found.urgency, found.score, found.version)
    return Opening(
        report=report,
        incident=incident,
        needs=needs,
        consents=consents,
        people=people_of(report, assessed, consents, new_id),
        excluded_people=excluded_people,
    )


def _excluded_people(deps: Deps, report: Report) -> ExcludedPeople:
    """Who must hear nothing: staff ids, tags of the accused, organisations and places.

    Of whom only the name is said may serve anywhere round where it happened.
    """
    nearby = places(report.territory, deps.jurisdiction.territories.rules.depths)
    named = [
        (accused.name, place)
        for accused in report.accused
        if accused.name is not None
        for place in ([accused.organisation] if accused.organisation else nearby)
    ]
    phones = [deps.tagger.phone(each.phone) for each in report.accused if each.phone is not None]
    tags = deps.tagger.mentioned(named).union(*phones)
    excluded = report.excluded
    return ExcludedPeople(
        frozenset(excluded.staff),
        tags,
        frozenset(excluded.organisations),
        frozenset(excluded.places),
    )


def _tags(tagger: Tagger, people: ExcludedPeople) -> tuple[str, ...]:
    """Every tag that means one of these people, in no telling order."""
    return tuple(sorted(people.tags.union(*map(tagger.staff, people.staff_ids))))
