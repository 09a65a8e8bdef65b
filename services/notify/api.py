"""Notify over HTTP: the register, rosters, who is on duty, who was told. Parse, call, answer."""

import re
from datetime import datetime, timedelta
from typing import Annotated, Self

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from services.notify.delivery.store import deliveries
from services.notify.deps import Kit
from services.notify.people import handlers as people
from services.notify.people import store as register
from services.notify.people.model import Organisation, Person
from services.notify.rosters import handlers as rosters
from services.notify.rosters.model import Roster, Window
from services.notify.visibility import must_coordinate, seen_by
from shared.errors import Invalid
from shared.http.web import Authenticated, Db

Word = Annotated[str, Field(min_length=1, max_length=120)]
Words = Annotated[list[Word], Field(max_length=50)]
PathId = Annotated[str, Path(max_length=120)]
Asked = Annotated[str, Query(min_length=1, max_length=120)]
_DURATION = re.compile(r"P(?:(\d{1,2})D)?(?:T(?:(\d{1,3})H)?(?:(\d{1,4})M)?)?", re.ASCII)


PERSON: JsonDict = {
    "name": "Айгуль Үлгү",
    "organisation": "sezim-bishkek",
    "roles": ["worker", "reporter"],
    "languages": ["ky", "ru"],
    "phone": "+996000100999",
    "email": "aigul@tirek.example",
}
ROSTER: JsonDict = {
    "organisation": "sezim-bishkek",
    "tier": 1,
    "people": ["st-6775jivy", "st-qqbdwhsz"],
    "windows": [{"dtstart": "2026-01-01T20:00", "duration": "PT12H", "rrule": "FREQ=DAILY"}],
}


class Strict(BaseModel):
    """A body: no unknown field, nothing taken for something else."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class OrganisationBody(
    Strict, json_schema_extra={"examples": [{"kind": "crisis-centre", "territories": ["41711"]}]}
):
    """Where people serve. ``territories``: SOATE codes or beginnings of where it is."""

    kind: Word
    territories: Words = []


class PersonBody(Strict, json_schema_extra={"examples": [PERSON]}):
    """A member of staff. The first of ``languages`` is that of messages to them."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    organisation: Word
    roles: Words
    languages: Annotated[list[Word], Field(min_length=1, max_length=10)]
    phone: Annotated[str, Field(max_length=40)] | None = None
    email: Annotated[str, Field(max_length=254)] | None = None
    territories: Words = []
    active: bool = True

    def person(self, staff_id: str) -> Person:
        """The entry as wanted; what kind the organisation is, the register knows."""
        return Person(
            staff_id=staff_id,
            name=self.name,
            organisation=self.organisation,
            organisation_kind="",
            roles=frozenset(self.roles),
            languages=tuple(self.languages),
            phone=self.phone,
            email=self.email,
            territories=tuple(self.territories),
            active=self.active,
        )


class WindowBody(Strict):
    """Watches: ``dtstart`` in local time without a zone, ``duration`` and ``rrule`` as RFC 5545."""

    dtstart: Word
    duration: Word
    rrule: Word

    def window(self, field: str) -> Window:
        """The watches; raises `Invalid` naming the part of ``field`` that cannot be read."""
        try:
            starts = datetime.fromisoformat(self.dtstart)
        except ValueError:
            raise Invalid(f"{field}.dtstart", "must be like 2026-01-01T20:00") from None
        parts = _DURATION.fullmatch(self.duration)
        if parts is None:
            raise Invalid(f"{field}.duration", "must be like PT12H")
        days, hours, minutes = (int(part or 0) for part in parts.groups())
        return Window(starts, timedelta(days=days, hours=hours, minutes=minutes), self.rrule)


class RosterBody(Strict, json_schema_extra={"examples": [ROSTER]}):
    """Who is told, in order, when ``organisation`` is asked at ``tier``."""

    organisation: Word
    tier: int
    people: Words
    windows: Annotated[list[WindowBody], Field(max_length=50)]


class Name(BaseModel):
    """Somebody to choose by name."""

    staff_id: str
    name: str
    roles: list[str]
    active: bool

    @classmethod
    def of(cls, person: Person) -> Self:
        """Without contacts."""
        return cls(
            staff_id=person.staff_id,
            name=person.name,
            roles=sorted(person.roles),
            active=person.active,
        )


class Entry(Name):
    """A whole entry of the register, for who keeps it."""

    organisation: str
    organisation_kind: str
    languages: list[str]
    phone: str | None
    email: str | None
    territories: list[str]

    @classmethod
    def of(cls, person: Person) -> Self:
        """With contacts."""
        return cls(
            **Name.of(person).model_dump(),
            organisation=person.organisation,
            organisation_kind=person.organisation_kind,
            languages=list(person.languages),
            phone=person.phone,
            email=person.email,
            territories=list(person.territories),
        )


class Duty(BaseModel):
    """Who is on duty at one tier, in the order of the roster."""

    tier: int
    people: list[Name]


def router(kit: Kit) -> APIRouter:
    """All routes."""
    routes = APIRouter()
    _register(routes, kit)
    _rosters(routes, kit)
    _deliveries(routes, kit)
    return routes


def _register(routes: APIRouter, kit: Kit) -> None:
    @routes.put("/organisations/{organisation}", status_code=204)
    async def put_organisation(
        organisation: PathId, body: OrganisationBody, caller: Authenticated, db: Db
    ) -> None:
        """Makes or changes an organisation. For administrators."""
        wanted = Organisation(
            organisation=organisation, kind=body.kind, territories=tuple(body.territories)
        )
        async with seen_by(db, caller, "administrator") as tx:
            await people.put_organisation(kit.jurisdiction, tx, wanted, caller.staff_id)

    @routes.put("/people/{staff_id}")
    async def put_person(
        staff_id: PathId, body: PersonBody, caller: Authenticated, db: Db
    ) -> Entry:
        """Makes or changes an entry of the register. For administrators."""
        wanted = body.person(staff_id)
        async with seen_by(db, caller, "administrator") as tx:
            kept = await people.put_person(kit.jurisdiction, tx, wanted, caller.staff_id)
        return Entry.of(kept)

    @routes.get("/people")
    async def list_people(organisation: Asked, caller: Authenticated, db: Db) -> list[Name]:
        """Names of an organisation's staff, as far as the caller may see them."""
        async with seen_by(db, caller, "worker", "coordinator", "administrator") as tx:
            members = await register.of_organisations(tx, [organisation])
            return [Name.of(each) for each in members[organisation]]


def _rosters(routes: APIRouter, kit: Kit) -> None:
    @routes.put("/rosters/{roster_id}", status_code=204)
    async def put_roster(
        roster_id: PathId, body: RosterBody, caller: Authenticated, db: Db
    ) -> None:
        """Makes or changes a roster. For administrators."""
        wanted = Roster(
            roster_id=roster_id,
            organisation=body.organisation,
            tier=body.tier,
            people=tuple(body.people),
            windows=tuple(
                each.window(f"windows[{position}]") for position, each in enumerate(body.windows)
            ),
        )
        async with seen_by(db, caller, "administrator") as tx:
            await rosters.put_roster(tx, wanted, caller.staff_id)

    @routes.get("/on-duty")
    async def on_duty(organisation: Asked, caller: Authenticated, db: Db) -> list[Duty]:
        """Who is on duty now, tier by tier, as far as the caller may see them."""
        async with seen_by(db, caller, "worker", "coordinator", "administrator") as tx:
            serving = await rosters.who_is_on_duty(tx, organisation, kit.jurisdiction.zone)
        return [
            Duty(tier=tier, people=[Name.of(each) for each in people])
            for tier, people in sorted(serving.items())
        ]


def _deliveries(routes: APIRouter, kit: Kit) -> None:
    @routes.get("/offers/{offer_id}/deliveries")
    async def list_deliveries(
        offer_id: PathId, caller: Authenticated, db: Db
    ) -> list[deliveries.Delivery]:
        """Who was told of an offer, when, how, and what became of it. For its coordinators."""
        async with seen_by(db, caller, "coordinator") as tx:
            offer = await deliveries.offer(tx, offer_id)
            await must_coordinate(
                tx, caller, offer.organisation, kit.exclusions, offer.excluded_people
            )
            return await deliveries.deliveries(tx, offer_id)
