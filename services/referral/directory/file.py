"""Directory file, until there is a database of its own: HSDS words, strict, digested."""

import asyncio
import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

import structlog
from pydantic import AfterValidator, Field, model_validator

from services.referral.directory import model
from shared.errors import Invalid
from shared.jurisdiction import Jurisdiction
from shared.jurisdiction.config_files import BadFile, FromFile, read_yaml
from shared.jurisdiction.recurrence import check_days

HOUR = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


class Schedule(FromFile):
    """An RRULE of days, and local hours of those days. Hours that end earlier run past midnight."""

    rrule: Annotated[str, AfterValidator(check_days)]
    opens_at: str = Field(pattern=HOUR)
    closes_at: str = Field(pattern=HOUR)


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
    """An organisation of the directory; ``verified_until`` is the last day the entry is good."""

    id: str = Field(pattern="^[a-z0-9-]{1,64}$")
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
    if problem := next(_problems(file, jurisdiction), None):
        raise BadFile(path, problem)
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


class LiveDirectory:
    """The directory as its file has it now. A file that cannot be right changes nothing.

    Reading it the first time raises `BadFile`; later on that is logged, and the last good one
    stays: a slip of the pen must not leave a country without providers.
    """

    def __init__(self, path: Path, jurisdiction: Jurisdiction) -> None:
        self._path = path
        self._jurisdiction = jurisdiction
        self._reading = asyncio.Lock()
        self._stamp = self._look()
        self._sound = True
        self.current = read_directory(path, jurisdiction)

    async def refresh(self) -> bool:
        """Reads the file again if it was changed, beside the event loop.

        Returns whether ``current`` is what the file says now: false while the file is missing, or
        cannot be right.
        """
        async with self._reading:  # else whoever asks meanwhile takes the old one for the new
            stamp = self._look()
            if stamp is None:
                return False
            if stamp != self._stamp:
                self._stamp = stamp
                self._sound = await self._read()
            return self._sound

    async def _read(self) -> bool:
        log = structlog.get_logger()
        try:
            self.current = await asyncio.to_thread(read_directory, self._path, self._jurisdiction)
        except BadFile as problem:
            log.error("directory.refused", path=str(self._path), reason=problem.problem)  # noqa: TRY400
            return False
        log.info("directory.changed", revision=self.current.change)
        return True

    def _look(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


def _problems(file: DirectoryFile, jurisdiction: Jurisdiction) -> Iterator[str]:
    known = [each.id for each in file.organizations]
    services = [service.id for each in file.organizations for service in each.services]
    for what, ids in (("organizations", known), ("services", services)):
        if twice := {each for each in ids if ids.count(each) > 1}:
            yield f"{what}: {', '.join(sorted(twice))} stands twice"
    above = {each.id: each.parent_organization for each in file.organizations}
    for each in file.organizations:
        if _circular(each.id, above):
            yield f"{each.id}.parent_organization: leads back to itself"
        yield from _organisation_problems(each, set(known), jurisdiction)
        for service in each.services:
            yield from _service_problems(service, jurisdiction)


def _organisation_problems(
    each: Organization, known: set[str], jurisdiction: Jurisdiction
) -> Iterator[str]:
    for named in (each.parent_organization, each.oversight_organization):
        if named is not None and named not in known:
            yield f"{each.id}: unknown organization {named}"
    if each.kind not in jurisdiction.kinds:
        yield f"{each.id}.kind: unknown kind {each.kind}"
    for location in each.locations:
        try:
            jurisdiction.territories.place(location.territory)
        except Invalid as problem:
            yield f"{each.id}.locations: {problem.message}"


def _circular(start: str, above: dict[str, str | None]) -> bool:
    seen = {start}
    unit = above[start]
    while unit is not None and unit in above:
        if unit in seen:
            return True
        seen.add(unit)
        unit = above[unit]
    return False


def _service_problems(service: Service, jurisdiction: Jurisdiction) -> Iterator[str]:
    kind = jurisdiction.service_types.get(service.type)
    if kind is None:
        yield f"{service.id}.type: unknown service type {service.type}"
    elif service.capacity is not None and not kind.holds_place:
        yield f"{service.id}.capacity: {service.type} holds no places"
    for area in service.service_areas:
        try:
            jurisdiction.territories.area(area)
        except Invalid as problem:
            yield f"{service.id}.service_areas: {area} {problem.message}"


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
    )
