"""Rooms: which of a committee's pages a person goes to, by their roles."""

from services.console.frame.places import Place
from services.console.frame.texts import later
from shared.events.words import Role

SITTING = frozenset({Role.SECRETARY, Role.MEMBER})
COVERING = frozenset({Role.COORDINATOR, Role.AUDITOR})
READING = SITTING | {Role.COORDINATOR, Role.ADMINISTRATOR}
LOOKING = SITTING | {Role.COORDINATOR, Role.AUDITOR}
ROOMS: tuple[Place, ...] = (
    Place("/committee", later("What is due"), SITTING),
    Place("/committee/all", later("Committees"), frozenset({Role.COORDINATOR})),
    Place("/committee/coverage", later("Coverage"), COVERING),
    Place("/committee/members", later("Members"), SITTING),
    Place("/committee/plan", later("Plan of work"), SITTING),
    Place("/committee/appeals", later("Appeals"), SITTING),
    Place("/committee/sittings", later("Sittings"), SITTING),
    Place("/committee/actions", later("Actions"), SITTING),
    Place("/committee/activities", later("Meetings, trainings"), SITTING),
    Place("/committee/aid", later("Aid"), SITTING),
    Place("/committee/figures", later("Report in figures"), LOOKING),
    Place("/committee/handbook", later("Handbook"), READING),
)
"""In the order of the page's own menu. A page adds its row here, once it is there."""
