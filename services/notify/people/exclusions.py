"""Exclusions: who must not hear of a case, asked at every message of the register as it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from services.notify.people.model import Person
from shared.errors import Unprocessable
from shared.security.tags import ExcludedPeople, Tagger


class Unsealer(Protocol):
    """Whatever opens what was sealed for notify."""

    def open(self, sealed: bytes, *, by: str) -> bytes:
        """The plain bytes of what ``by`` sealed; raises `Unprocessable` or `RetryLater`."""
        ...


PRODUCER = "intake"
"""Who alone may say whom a case is hidden from: the list comes through referral, sealed."""
NOBODY = ExcludedPeople()


@dataclass(frozen=True, slots=True)
class Exclusions:
    """Unsealer the sealed list that travels with an offer, and finds our people in it."""

    sealer: Unsealer
    tagger: Tagger

    def read(self, *sealed: str | None) -> ExcludedPeople:
        """Everybody in any of the lists; raises `Unprocessable` for one that cannot be read.

        Raises `RetryLater` for one whose key is still on its way.
        """
        excluded = NOBODY
        for each in sealed:
            if each is not None:
                excluded |= ExcludedPeople.decode(self.sealer.open(each.encode(), by=PRODUCER))
        return excluded

    def wait_for_key(self, sealed: str | None) -> None:
        """Raises `RetryLater` before something is kept whose key is still on its way.

        So its event waits on the bus, and no sender or caller meets a list that opens later.
        """
        try:
            self.read(sealed)
        except Unprocessable:  # whoever sends finds that out again, and tells nobody
            return

    def hits(self, excluded: ExcludedPeople, person: Person) -> bool:
        """Whether this member of staff must hear nothing. Tags are made of the present register."""
        if excluded == NOBODY:
            return False
        phones = [person.phone] if person.phone else []
        tags = self.tagger.person(person.name, person.organisation, phones)
        return excluded.hits(person.staff_id, tags)

    def hits_unit(self, excluded: ExcludedPeople, members: Iterable[Person]) -> bool:
        """Whether an excluded party serves in this police unit: then all of it hears nothing.

        Former members count: those who served together stay colleagues.
        """
        return any(each.in_police and self.hits(excluded, each) for each in members)
