"""Directory file, until there is a database of its own: HSDS words, strict, digested."""

import hashlib
import json
from collections.abc import Container, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from services.referral.directory import model
from shared.errors import Invalid
from shared.jurisdiction import Jurisdiction
from shared.jurisdiction.calendar import Closes, Opens
from shared.jurisdiction.config_files import FromFile, at_line, read_yaml
from shared.jurisdiction.live import Live, stamps
from shared.jurisdiction.recurrence import check_days
from shared.times import Day

Where = tuple[str | int, ...]
"""A place in the file, from its root."""
Problem = tuple[str, Where]
"""What is wrong, and where."""


class Schedule(FromFile):
    """An RRULE of days, and local hours of those days, as `shared.jurisdiction.hours` has them."""

    rrule: Annotated[str, AfterValidator(check_days)]
    opens_at: Opens
    closes_at: Closes


class Eligibility(FromFile):
    """For whom; what is absent is not asked about."""

    minimum_age: int | None = Field(default=None, ge=0)
    maximum_age: int | None = Field(default=None, ge=0)
    maximum_children: int | None = Field(default=None, ge=0)
    maximum_child_age: int | None = Field(default=None, ge=0)
    access: tuple[str, ...] | None = None


class Capacity(FromFile):
    """Places: how many there are, and how many were free when the entry was verified."""

    maximum: int = Field(ge=0)
    available: int = Field(ge=0)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.available > self.maximum:
            raise ValueError("capacity: more available than there are")
        return self


class Service(FromFile):
    """One thing an organisation offers."""

    id: str = Field(pattern="^[a-z0-9-]{1,80}$")
    type: str
    service_areas: tuple[str, ...] = Field(min_length=1)
    schedules: tuple[Schedule, ...] = ()
    eligibility: Eligibility = Eligibility()
    capacity: Capacity | None = None


class Location(FromFile):
    """A contact point or a handover place: never where a shelter is."""

    kind: Literal["contact-point", "handover-place"]
    name: str
    territory: str


class Organization(FromFile):
    """An organisation of the directory; ``verified_until`` is the last day the entry is good.

    The operators of ``desk_organizations`` enter what its people say on the telephone.
    """

    id: str = Field(pattern="^[a-z0-9-]{1,64}$")
    name: str
    kind: str
    parent_organization: str | None = None
    oversight_organization: str | None = None
    desk_organizations: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    verified_on: Day
    verified_until: Day | None = None
    locations: tuple[Location, ...] = ()
    services: tuple[Service, ...] = ()


class DirectoryFile(FromFile):
    """``directory.yaml``."""

    organizations: tuple[Organization, ...]


def read_directory(path: Path, jurisdiction: Jurisdiction) -> model.Directory:
    """The directory; raises `BadFile` naming what cannot be right. ``change`` is a digest."""
    file = read_yaml(path, DirectoryFile)
    if problem := next(_problems(file, jurisdiction), None):
        raise at_line(path, *problem)
    content = json.dumps(file.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
    levels = sorted((level.digits for level in jurisdiction.territories.rules.levels), reverse=True)
    return model.Directory(
        change=hashlib.sha256(content.encode()).hexdigest()[:16],
        organisations={each.id: _organisation(each, jurisdiction) for each in file.organizations},
        services={
            service.id: _service(each, service, jurisdiction)
            for each in file.organizations
            for service in each.services
        },
        levels=tuple(levels),
    )


class LiveDirectory(Live[model.Directory]):
    """The directory as its file has it now, in a country that may change too."""

    def __init__(self, path: Path, country: Live[Jurisdiction]) -> None:
        super().__init__(
            "directory",
            lambda: (stamps([path]), country.current),
            lambda _: read_directory(path, country.current),
            lambda found: found.change,
        )


def _problems(file: DirectoryFile, jurisdiction: Jurisdiction) -> Iterator[Problem]:
    units: set[str] = set()
    services: set[str] = set()
    known = {each.id: each.parent_organization for each in file.organizations}
    for position, each in enumerate(file.organizations):
        at = ("organizations", position)
        if each.id in units:
            yield f"organizations: {each.id} stands twice", at
        units.add(each.id)
        if _circular(each.id, known):
            yield (
                f"{each.id}.parent_organization: leads back to itself",
                (*at, "parent_organization"),
            )
        yield from _organisation_problems(each, at, known.keys(), jurisdiction)
        for number, service in enumerate(each.services):
            within = (*at, "services", number)
            if service.id in services:
                yield f"services: {service.id} stands twice", within
            services.add(service.id)
            yield from _service_problems(service, within, jurisdiction)


def _organisation_problems(
    each: Organization, at: Where, known: Container[str], jurisdiction: Jurisdiction
) -> Iterator[Problem]:
    named = {
        "parent_organization": each.parent_organization,
        "oversight_organization": each.oversight_organization,
    }
    for field, organization in named.items():
        if organization is not None and organization not in known:
            yield f"{each.id}.{field}: unknown organization {organization}", (*at, field)
    if each.kind not in jurisdiction.kinds:
        yield f"{each.id}.kind: unknown kind {each.kind}", (*at, "kind")
    for number, desk in enumerate(each.desk_organizations):
        if desk not in known:
            field = "desk_organizations"
            yield f"{each.id}.{field}: unknown organization {desk}", (*at, field, number)
    for number, location in enumerate(each.locations):
        try:
            jurisdiction.territories.place(location.territory)
        except Invalid as problem:
            yield (
                f"{each.id}.locations: {location.territory} {problem.message}",
                (*at, "locations", number, "territory"),
            )


def _circular(start: str, above: dict[str, str | None]) -> bool:
    seen = {start}
    unit = above[start]
    while unit is not None and unit in above:
        if unit in seen:
            return True
        seen.add(unit)
        unit = above[unit]
    return False


def _service_problems(service: Service, at: Where, jurisdiction: Jurisdiction) -> Iterator[Problem]:
    kind = jurisdiction.service_types.get(service.type)
    if kind is None:
        yield f"{service.id}.type: unknown service type {service.type}", (*at, "type")
    elif service.capacity is not None and not kind.holds_place:
        yield f"{service.id}.capacity: {service.type} holds no places", (*at, "capacity")
    for number, area in enumerate(service.service_areas):
        try:
            jurisdiction.territories.area(area)
        except Invalid as problem:
            yield (
                f"{service.id}.service_areas: {area} {problem.message}",
                (*at, "service_areas", number),
            )


def _organisation(each: Organization, jurisdiction: Jurisdiction) -> model.Organisation:
    until = each.verified_until
    places = [location.territory for location in each.locations]
    areas = [area for service in each.services for area in service.service_areas]
    return model.Organisation(
        id=each.id,
        name=each.name,
        kind=each.kind,
        parent=each.parent_organization,
        oversight=each.oversight_organization,
        desks=each.desk_organizations,
        languages=each.languages,
        territory=places[0] if places else None,
        territories=tuple(dict.fromkeys(places or areas)),
        verified_until=_end_of(until, jurisdiction) if until else None,
    )


def _end_of(day: date, jurisdiction: Jurisdiction) -> datetime:
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=jurisdiction.zone)


def _service(
    organisation: Organization, service: Service, jurisdiction: Jurisdiction
) -> model.Service:
    rule = service.eligibility
    areas = jurisdiction.territories.area
    return model.Service(
        id=service.id,
        organisation=organisation.id,
        service_type=service.type,
        service_areas=tuple(areas(each) for each in service.service_areas),
        windows=tuple(
            model.Window(each.rrule, each.opens_at, each.closes_at) for each in service.schedules
        ),
        eligibility=model.Eligibility(
            minimum_age=rule.minimum_age,
            maximum_age=rule.maximum_age,
            maximum_children=rule.maximum_children,
            maximum_child_age=rule.maximum_child_age,
            access=frozenset(rule.access) if rule.access is not None else None,
        ),
        places=service.capacity.available if service.capacity else None,
        maximum=service.capacity.maximum if service.capacity else None,
    )
