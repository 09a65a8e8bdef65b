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
        return named or not frozenset(self.tags).isdisjoint(tags)


NOBODY = Exclusions()


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
