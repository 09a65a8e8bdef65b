"""The people of an incident, each an aggregate of its own: what is known of them, in groups.

A group is what is encrypted together and what a consent can name. Some groups are in no consent:
who reported is told to nobody, nor is the basis on which somebody consented.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.intake.model.consents import Consent, Group
from services.intake.model.needs import NewId
from services.intake.model.report import Report, Survivor
from shared.events.words import Urgency

REPORTER, BASIS = "reporter", "consent-basis"
"""Groups that no consent can name."""
ENTERED = (*(group.value for group in Group), REPORTER, BASIS)
"""Every group: what whoever took the report may look at again."""


def basis_of(consent_id: str) -> str:
    """The group of the basis of one consent that came later: what is sealed is never changed."""
    return f"{BASIS}.{consent_id}"


Fields = Mapping[str, Any]
"""JSON values by name; times as ISO 8601."""


class Role(StrEnum):
    """What somebody is in an incident."""

    SURVIVOR = "survivor"
    ACCUSED = "accused"
    CHILD = "child"
    REPORTER = "reporter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of an incident; ``groups`` holds only what is known."""

    person_id: str
    role: Role
    groups: Mapping[str, Fields]


@dataclass(frozen=True, slots=True)
class Assessed:
    """What the checklist came to: urgency, score, and the version it was judged under."""

    urgency: Urgency
    score: int
    version: str


def people_of(
    report: Report, assessed: Assessed, consents: Sequence[Consent], new_id: NewId
) -> tuple[Person, ...]:
    """The survivor first, then the accused, the children, and the reporter if they gave a name."""
    people = [_person(Role.SURVIVOR, _survivor(report, assessed, consents), new_id())]
    for accused in report.accused:
        people.append(_person(Role.ACCUSED, {Group.RISK: asdict(accused)}, new_id()))
    for child in report.children:
        people.append(_person(Role.CHILD, {Group.CHILDREN: asdict(child)}, new_id()))
    if report.reporter.name or report.reporter.phone:
        people.append(_person(Role.REPORTER, {REPORTER: asdict(report.reporter)}, new_id()))
    return tuple(people)


def _person(role: Role, groups: Mapping[str, Fields], person_id: str) -> Person:
    known = {
        str(group): {name: value for name, value in fields.items() if value not in (None, [], {})}
        for group, fields in groups.items()
    }
    return Person(
        person_id=person_id,
        role=role,
        groups={group: fields for group, fields in known.items() if fields},
    )


def _survivor(report: Report, assessed: Assessed, consents: Sequence[Consent]) -> dict[str, Fields]:
    survivor = report.survivor
    return {
        Group.IDENTITY: _identity(survivor),
        Group.CONTACT: {"phone": survivor.phone},
        Group.LOCATION: {"address": survivor.address},
        Group.STORY: {"text": report.text, "occurred_at": _instant(report.occurred_at)},
        Group.HEALTH: {
            "sexual_violence_at": _instant(report.sexual_violence_at),
            "access_needs": list(survivor.access_needs),
        },
        Group.RISK: {
            "urgency": assessed.urgency.value,
            "immediate_danger": report.immediate_danger,
            "danger_signs": list(report.danger_signs),
            "score": assessed.score,
            "checklist": assessed.version,
        },
        Group.SAFE_CONTACT: _safe_contact(report),
        BASIS: _bases(report, consents),
    }


def _identity(survivor: Survivor) -> Fields:
    # a birth year was said, and an age only follows from it
    age = survivor.age if survivor.birth_year is None else None
    return {
        "name": survivor.name,
        "age": age,
        "birth_year": survivor.birth_year,
        "language": survivor.language,
    }


def _safe_contact(report: Report) -> Fields:
    contact = report.safe_contact
    return {} if contact is None else asdict(contact) | {"days": list(contact.days)}


def _bases(report: Report, consents: Sequence[Consent]) -> Fields:
    return {
        consent.consent_id: given.basis
        for given, consent in zip(report.given, consents, strict=False)
        if given.basis is not None
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
