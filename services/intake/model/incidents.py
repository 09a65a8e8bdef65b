"""An incident: codes and opaque ids only. What names somebody belongs to a person."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.intake.model.exclusions import NOBODY, Exclusions
from services.intake.model.report import OWN_STAFF, Report
from shared.events.words import CASE_ROLES, Role, Urgency

REPORTING_ROLES = (Role.WORKER, Role.REPORTER, Role.COORDINATOR, Role.SYSTEM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident. ``entered_by`` is the staff id in the token that brought it.

    ``lay``: it was brought by no member of staff, so whoever did learns that it was received, and
    no more. ``checklist`` is the version of the danger signs it was judged under.
    """

    incident_id: str
    version: int
    received_at: datetime
    entered_by: str
    lay: bool
    received_by_channel: str
    reporter_kind: str
    territory: str
    territory_verified: bool
    language: str
    urgency: Urgency
    checklist: str
    excluded: Exclusions = NOBODY

    @property
    def reported_by(self) -> str | None:
        """Who hears what became of it."""
        return None if self.lay else self.entered_by


def is_lay(report: Report, roles: frozenset[str]) -> bool:
    """Whether a report was brought by a lay person, and not by staff who took it down."""
    return report.reporter.kind not in OWN_STAFF and roles.isdisjoint(CASE_ROLES)


class View(StrEnum):
    """How much of an incident somebody may see (the role table of the domain)."""

    COORDINATOR = "coordinator"
    REPORTER = "reporter"
    LAY = "lay"


def view_of(
    incident: Incident, staff_id: str, roles: frozenset[str], *, covers: bool
) -> View | None:
    """How much of the incident somebody may see; none: not even that it exists.

    ``covers``: it lies in their territory. Whoever is excluded never comes as far as this: the
    database does not show them the row.
    """
    if Role.COORDINATOR in roles and covers:
        return View.COORDINATOR
    if incident.entered_by != staff_id or roles.isdisjoint(REPORTING_ROLES):
        return None
    return View.LAY if incident.lay else View.REPORTER
