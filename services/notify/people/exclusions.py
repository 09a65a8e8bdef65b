"""Exclusions: who must not hear of a case, asked at every message of the register as it is, and of
the tags that its entries once had."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

from services.notify.people.model import Person
from shared.errors import RetryLater, Unprocessable
from shared.security.sealing import Sealer
from shared.security.tags import ExcludedPeople, Tagger

PRODUCER = "intake"
"""Who alone may say whom a case is hidden from: the list comes through referral, sealed."""
OWN = "notify"
"""Who seals the decoy."""
NOBODY = ExcludedPeople()
NO_STAFF_ID = ""


@dataclass(frozen=True, slots=True)
class Exclusions:
    """Opens the sealed list that travels with an offer, and finds our people in it.

    ``raion_digits``: how much of a territory code is a raion, the finest place that a name without
    an organisation is looked for in. ``decoy`` is a list with nobody in it: opened where there is
    none, it takes as long. ``known`` holds the tags of people who were looked at, within one
    transaction.
    """

    sealer: Sealer
    tagger: Tagger
    raion_digits: int
    decoy: str
    known: dict[str, frozenset[str]] | None = None

    def remembering(self) -> Self:
        """The same for one transaction that holds the same people against many lists: their tags
        are computed once."""
        return replace(self, known={})

    @classmethod
    def of(cls, sealer: Sealer, tagger: Tagger, raion_digits: int) -> Self:
        """With notify's sealer; a decoy is made of it."""
        nobody = ExcludedPeople(frozenset({NO_STAFF_ID}))
        decoy = sealer.seal(nobody.encode(), ["notify"]).decode()
        return cls(sealer, tagger, raion_digits, decoy)

    def tags(self, person: Person) -> frozenset[str]:
        """Every tag that means somebody: of what the register says of them, and of what it said."""
        if self.known is None:
            return self._computed(person)
        if person.staff_id not in self.known:
            self.known[person.staff_id] = self._computed(person)
        return self.known[person.staff_id]

    def _computed(self, person: Person) -> frozenset[str]:
        phones = [each for each in (person.phone, person.desk_phone) if each]
        areas = {
            area[: self.raion_digits]
            for area in (*person.territories, *person.organisation_territories)
        }
        now = self.tagger.person(
            person.staff_id, person.name, person.organisation, phones, sorted(areas)
        )
        return now | person.former_tags

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

    def hits(
        self, excluded: ExcludedPeople, person: Person, colleagues: Iterable[Person] = ()
    ) -> bool:
        """Whether this member of staff must hear nothing: by who they are, where they serve, or
        which of these ``colleagues`` of a police unit is meant."""
        if excluded == NOBODY:
            return False
        post = excluded.hits_post(person.organisation, person.territories)
        unit = self.hits_unit(excluded, colleagues)
        return self._means(excluded, person) or post or unit

    def _means(self, excluded: ExcludedPeople, person: Person) -> bool:
        return excluded.hits(person.staff_id, self.tags(person))

    def let(
        self, person: Person | None, sealed: str | None, colleagues: Iterable[Person] = ()
    ) -> bool:
        """Whether somebody of the register may learn of what carries this list, or none.

        Nobody may while a list cannot be read. It takes as long in every case.
        """
        list_, by = (self.decoy, OWN) if sealed is None else (sealed, PRODUCER)
        try:
            excluded = ExcludedPeople.decode(self.sealer.open(list_.encode(), by=by))
        except (Unprocessable, RetryLater):
            return person is not None and sealed is None
        return person is not None and not self.hits(excluded, person, colleagues)

    def hits_unit(self, excluded: ExcludedPeople, members: Iterable[Person]) -> bool:
        """Whether an excluded party serves in this police unit: then all of it hears nothing.

        Former members count: those who served together stay colleagues.
        """
        return any(each.in_police and self._means(excluded, each) for each in members)
