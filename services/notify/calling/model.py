"""Calls: who may ask whom to call about an offer. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from services.notify.delivery.model import ANSWERABLE, Offer
from services.notify.people.model import Person
from shared.events.words import HELD

CODE_ENDS = 3
"""Signs of a code that tell which text belongs to which row, and answer nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks. Of a coordinator ``areas`` are prefixes of territory codes, and ``coordinates``
    names the organisations that lie in them; ``serves_for``: those that an operator answers for."""

    staff_id: str
    organisation: str
    worker: bool
    coordinates: Collection[str] = ()
    areas: tuple[str, ...] = ()
    serves_for: Collection[str] = ()

    def may_call(self, offer: Offer, beside: Iterable[Offer]) -> bool:
        """Whether they may act on the case at the offer's organisation; ``beside``: all offers of
        its service request.

        Their own organisation, while an answer or a holder is awaited there, or as an operator one
        that they answer for; a coordinator of its territory or of the case's; and the case holder,
        of any organisation that was asked too.
        """
        if offer.organisation in self.coordinates or (
            offer.territory is not None and offer.territory.startswith(self.areas)
        ):
            return True
        own = self.worker and offer.organisation == self.organisation
        own = own or offer.organisation in self.serves_for
        return (own and offer.status in ANSWERABLE | HELD) or any(
            self._holds(each) for each in beside
        )

    def _holds(self, offer: Offer) -> bool:
        mine = (offer.holder, offer.organisation) == (self.staff_id, self.organisation)
        return mine and offer.status in HELD


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Who is on duty at one tier now: the numbers of the watch, and people in its order."""

    tier: int
    phones: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Callable:
    """Whom to call about an offer. ``code_ends``: the last signs of the asker's own reply code."""

    offer_id: str
    organisation: str
    code_ends: str | None = None
    on_duty: tuple[Duty, ...] = field(default=())
