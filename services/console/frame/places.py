"""Places: where a person can go, by their roles; the first one is where they begin."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.console.frame.texts import later, say
from services.console.sessions.model import SessionKind
from shared.events.words import Role

if TYPE_CHECKING:
    from services.console.frame.desk import Desk


@dataclass(frozen=True, slots=True)
class Place:
    """A link of the header. ``name`` is said in the person's language."""

    path: str
    name: str
    roles: frozenset[str]
    kinds: frozenset[SessionKind] = frozenset(SessionKind)
    """Where one sits who begins there or goes there."""

    def is_for(self, desk: "Desk") -> bool:
        """Whether this person goes there from where they sit."""
        return desk.signed_in.kind in self.kinds and desk.has(*self.roles)


TELEPHONE = frozenset({SessionKind.OFFICER})
AT_A_DESK = frozenset(SessionKind) - TELEPHONE
STAFF = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR, Role.WORKER})
COMMITTEE = frozenset(
    {Role.SECRETARY, Role.MEMBER, Role.COORDINATOR, Role.AUDITOR, Role.ADMINISTRATOR}
)
ASKED = frozenset({Role.SECRETARY, Role.WORKER, Role.COORDINATOR})
PLACES: tuple[Place, ...] = (
    Place("/board", later("Board"), frozenset({Role.COORDINATOR})),
    Place("/figures", later("Response times"), frozenset({Role.COORDINATOR, Role.AUDITOR})),
    Place("/duty", later("On duty"), frozenset({Role.WORKER}), TELEPHONE),
    Place("/queue", later("Queue"), frozenset({Role.WORKER}), AT_A_DESK),
    Place("/desk", later("Desk"), frozenset({Role.OPERATOR})),
    Place("/committee", later("Committee"), COMMITTEE),
    Place("/planned-together", later("Planned together"), ASKED, AT_A_DESK),
    Place("/report", later("Report"), frozenset({Role.REPORTER, Role.WORKER})),
    Place("/reports", later("My reports"), frozenset({Role.REPORTER, Role.WORKER})),
    Place("/rosters", later("Duty rosters"), STAFF),
    Place("/people", later("People"), frozenset({Role.ADMINISTRATOR})),
    Place("/directory", later("Directory"), frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})),
    Place("/running", later("What runs"), frozenset({Role.ADMINISTRATOR})),
)
"""In the order of the header. A page adds its row here."""


@dataclass(frozen=True, slots=True)
class Link:
    """A place as the header shows it."""

    path: str
    name: str
    here: bool


def places_of(desk: "Desk") -> list[Link]:
    """Where this person can go, and where they are."""
    if desk.session is None:
        return []
    return links_of(desk, PLACES)


def links_of(desk: "Desk", places: Sequence[Place]) -> list[Link]:
    """Those of ``places`` to which this person goes: of two that hold each other the inner one is
    where they are."""
    at = desk.request.url.path
    within = (each.path for each in places if at == each.path or at.startswith(each.path + "/"))
    here = max(within, key=len, default="")
    return [
        Link(place.path, say(place.name), place.path == here)
        for place in places
        if place.is_for(desk)
    ]


def first_place(desk: "Desk") -> str:
    """Where this person begins."""
    return next((place.path for place in PLACES if place.is_for(desk)), "/account")
