"""The directory from a file, until it has a database of its own: HSDS words, strict, digested."""

import hashlib
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from services.referral.model import directory as model
from shared.config_files import BadFile, FromFile, read_yaml
from shared.jurisdiction import Jurisdiction


class Schedule(FromFile):
    """An RRULE of days, and local hours of those days."""

    rrule: str
    opens_at: str = Field(pattern=r"^\d{2}:\d{2}$")
    closes_at: str = Field(pattern=r"^\d{2}:\d{2}$")


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

    id: str
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
    """An organisation of the directory; ``verified_until`` is when the entry expires."""

    id: str = Field(pattern="^[a-z0-9-]+$")
    name: str
    kind: str
    parent_organization: str | None = None
    oversight_organization: str | None = None
    languages: tuple[str, ...] = ()
    verified_on: date
    verified_until: date | None = None
    locations: tuple[Location, ...] = ()
    services: tuple[Service, ...] = ()


class DirectoryFile(FromFile):
    """``directory.yaml``."""

    organizations: tuple[Organization, ...]


def read_directory(path: Path, jurisdiction: Jurisdiction) -> model.Directory:
    """The directory; raises `BadFile` naming what cannot be right. ``change`` is a digest."""
    file = read_yaml(path, DirectoryFile)
    organisations = {each.id: _organisation(each, jurisdiction) for each in file.organizations}
    services = {
        service.id: _service(each, service)
        for each in file.organizations
        for service in each.services
    }
    if len(organisations) != len(file.organizations):
        raise BadFile(path, "organizations: an id stands twice")
    if len(services) != sum(len(each.services) for each in file.organizations):
        raise BadFile(path, "services: an id stands twice")
    _check(path, file, jurisdiction, set(organisations))
    content = json.dumps(file.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
    change = hashlib.sha256(content.encode()).hexdigest()[:16]
    return model.Directory(change, organisations, services)


def _check(path: Path, file: DirectoryFile, jurisdiction: Jurisdiction, known: set[str]) -> None:
    for each in file.organizations:
        named = (each.parent_organization, each.oversight_organization)
        if unknown := [name for name in named if name is not None and name not in known]:
            raise BadFile(path, f"{each.id}: unknown organization {unknown[0]}")
        if each.kind not in jurisdiction.kinds:
            raise BadFile(path, f"{each.id}.kind: unknown kind {each.kind}")
        for service in each.services:
            if service.type not in jurisdiction.service_types:
                raise BadFile(path, f"{service.id}.type: unknown service type {service.type}")


def _organisation(each: Organization, jurisdiction: Jurisdiction) -> model.Organisation:
    until = each.verified_until
    return model.Organisation(
        id=each.id,
        name=each.name,
        kind=each.kind,
        parent=each.parent_organization,
        oversight=each.oversight_organization,
        languages=each.languages,
        territory=each.locations[0].territory if each.locations else None,
        verified_until=_end_of(until, jurisdiction) if until else None,
    )


def _end_of(day: date, jurisdiction: Jurisdiction) -> datetime:
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=jurisdiction.zone)


def _service(organisation: Organization, service: Service) -> model.Service:
    rule = service.eligibility
    return model.Service(
        id=service.id,
        organisation=organisation.id,
        service_type=service.type,
        service_areas=service.service_areas,
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
    )
