"""Directory, in the words of HSDS: who offers what, where, when and for whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Window:
    """Hours in which a service is open: an RRULE of days, and local opening and closing times."""

    rrule: str
    opens_at: str
    closes_at: str


@dataclass(frozen=True, slots=True)
class Eligibility:
    """For whom. None means: not asked about."""

    minimum_age: int | None = None
    maximum_age: int | None = None
    maximum_children: int | None = None
    maximum_child_age: int | None = None
    access: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """One thing an organisation offers. ``places`` is its free capacity of at most ``maximum``:
    none where places are not counted."""

    id: str
    organisation: str
    service_type: str
    service_areas: tuple[str, ...]
    windows: tuple[Window, ...] = ()
    eligibility: Eligibility = Eligibility()
    places: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation; ``territory`` is where its contact point is.

    ``territories`` is everywhere it is, or where it serves if it has no location.
    """

    id: str
    name: str
    kind: str
    parent: str | None = None
    oversight: str | None = None
    languages: tuple[str, ...] = ()
    territory: str | None = None
    territories: tuple[str, ...] = ()
    verified_until: datetime | None = None
    desks: tuple[str, ...] = ()
    """Organisations whose operators answer for it, beside its own."""


@dataclass(frozen=True, slots=True)
class Directory:
    """All organisations and services. ``change`` is a digest: another content, another number.

    ``levels`` are the digits of a territory code that each level takes, the nearest first.
    """

    change: str
    organisations: Mapping[str, Organisation]
    services: Mapping[str, Service]
    levels: tuple[int, ...]
    _by_type: Mapping[str, tuple[Service, ...]] = field(init=False, repr=False, compare=False)
    """Kept, because each decision asks, and a country has thousands of services."""

    def __post_init__(self) -> None:
        by_type: dict[str, list[Service]] = {}
        for service in sorted(self.services.values(), key=lambda each: each.id):
            by_type.setdefault(service.service_type, []).append(service)
        kept = {service_type: tuple(services) for service_type, services in by_type.items()}
        object.__setattr__(self, "_by_type", kept)

    def served_by(self, desk: str) -> frozenset[str]:
        """The organisations that the operators of one answer for: itself, and who names it."""
        named = (each.id for each in self.organisations.values() if desk in each.desks)
        return frozenset({desk, *named})

    def of_type(self, service_type: str) -> tuple[Service, ...]:
        """Every service of a type, by id."""
        return self._by_type.get(service_type, ())
