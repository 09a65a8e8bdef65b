"""One step of a seed as the laws see it: what was done, what was decided, what was said."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.referral.model.facts import Alerted, Decision, Moved, Noticed, Progressed
from services.referral.model.service_request import Offer, ServiceRequest
from services.referral.store.capacity import Capacity
from shared.errors import Refused
from shared.events import Event
from shared.events.words import OfferStatus
from tests.simulation.memory import Said, Seen
from tests.simulation.providers import Deed
from tests.simulation.stage import Heard


class Change:
    """One decision about one service request. ``looks``: what it saw of the directory."""

    __slots__ = (
        "after",
        "alerts",
        "before",
        "cause",
        "facts",
        "looks",
        "moves",
        "notices",
        "progressed",
    )

    def __init__(
        self, before: ServiceRequest | None, decision: Decision, cause: Event[Any] | None
    ) -> None:
        self.before = before
        self.cause = cause
        self.after = decision.request
        self.facts = decision.facts
        self.looks: list[Seen] = []
        self.moves: list[Moved] = []
        self.alerts: list[Offer] = []
        self.notices: list[Noticed] = []
        self.progressed: list[Progressed] = []
        for fact in decision.facts:
            if isinstance(fact, Moved):
                self.moves.append(fact)
            elif isinstance(fact, Alerted):
                self.alerts.append(fact.offer)
            elif isinstance(fact, Noticed):
                self.notices.append(fact)
            else:
                self.progressed.append(fact)

    @property
    def asked(self) -> list[Offer]:
        """Offers that were made in this decision."""
        return [move.offer for move in self.moves if move.before is OfferStatus.DRAFT]


@dataclass(slots=True)
class Step:
    """``kind``: events, clock, directory, or the name of somebody's act.

    ``again``: the very same, done just before. ``lost``: the process died before the commit, and
    nothing of it is. ``refused``: why an act was not done.
    """

    number: int
    now: datetime
    kind: str
    events: Sequence[Event[Any]] = ()
    deed: Deed | None = None
    about: str = ""
    """The service request that a coordinator's act is about."""
    again: "Step | None" = None
    lost: bool = False
    refused: Refused | None = None
    changes: list[Change] = field(default_factory=list)
    heard: Sequence[Heard] = ()
    said: Sequence[Said] = ()
    capacity: Capacity | None = None

    @property
    def reopened(self) -> str | None:
        """The service request that met a new directory: a new round of it began."""
        return self.changes[0].after.id if self.kind == "directory" and self.changes else None
