"""Who must not hear of a case: in a village everyone is kin."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


class Serves(Protocol):
    """As much of an accused as matters here."""

    @property
    def organisation(self) -> str | None:
        """Where they serve, if anywhere."""
        ...

    @property
    def staff_id(self) -> str | None:
        """As whom, if known."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusions:
    """Staff ids, organisations and places (prefixes of territory codes), each once, in order.

    ``tags``: everybody who is excluded as a person, by staff id, phone, or name and organisation.
    """

    staff: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def hit(self, staff_id: str, organisation: str, tags: Iterable[str]) -> bool:
        """Whether a member of staff is meant. Places are not looked at: the register has none."""
        named = staff_id in self.staff or organisation in self.organisations
        return named or self.meets(tags)

    def meets(self, tags: Iterable[str]) -> bool:
        """Whether one of these tags is among those of whom it excludes."""
        return not frozenset(self.tags).isdisjoint(tags)

    @property
    def people(self) -> "Exclusions":
        """Those who are excluded as persons, and nothing else."""
        return Exclusions(staff=self.staff, tags=self.tags)

    def and_also(self, more: "Exclusions") -> "Exclusions":
        """The same and more; the very same if there is nothing more to it."""
        found = Exclusions(
            staff=_each(self.staff, more.staff),
            organisations=_each(self.organisations, more.organisations),
            places=_each(self.places, more.places),
            tags=tuple(sorted({*self.tags, *more.tags})),
        )
        return self if found.size == self.size else found

    @property
    def size(self) -> int:
        """How many it names."""
        return len(self.staff) + len(self.organisations) + len(self.places) + len(self.tags)


NOBODY = Exclusions()
CARRIED_MAX = 4000
"""Tags that an incident may come to through others: what more they have is not carried over."""


def carried(own: Exclusions, others: Iterable[Exclusions]) -> Exclusions:
    """An incident's exclusions with the persons whom others of the same survivor exclude.

    Persons only: an organisation or a place that one report keeps away may be whom another needs.
    """
    for other in others:
        more = own.and_also(other.people)
        if len(more.tags) <= CARRIED_MAX:
            own = more
    return own


def with_accused(excluded: Exclusions, accused: Iterable[Serves]) -> Exclusions:
    """The same, and whoever is accused with the organisation they serve in.

    Whatever kind of organisation it is: intake holds no directory to look it up in, and colleagues
    of an accused are not who should hear first.
    """
    people = tuple(accused)
    return Exclusions(
        staff=_each(excluded.staff, (each.staff_id for each in people)),
        organisations=_each(excluded.organisations, (each.organisation for each in people)),
        places=_each(excluded.places, ()),
    )


def _each(named: Iterable[str], more: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*named, *(each for each in more if each is not None)]))
