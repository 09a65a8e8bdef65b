"""Views of the directory: organisations, their services, and how many places are free."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Self

from pydantic import BaseModel

from services.referral.directory.model import Organisation
from services.referral.handlers.places import Room
from shared.events.words import Urgency
from shared.http.pages import Next


class RoomView(BaseModel):
    """A service and its free places; ``free`` is absent where places are not counted.

    ``said_at`` and ``said_by``: when and by whom it was said since the directory did.
    """

    service: str
    organisation: str
    service_type: str
    service_name: str
    free: int | None
    maximum: int | None
    said_at: datetime | None
    said_by: str | None

    @classmethod
    def of(cls, room: Room, service_name: str) -> Self:
        """The view of one service."""
        return cls(
            service=room.service.id,
            organisation=room.service.organisation,
            service_type=room.service.service_type,
            service_name=service_name,
            free=room.free,
            maximum=room.service.maximum,
            said_at=room.said.at if room.said else None,
            said_by=room.said.by if room.said else None,
        )


class Area(BaseModel):
    """A place by its code, or the beginning of one, and its name."""

    code: str
    name: str


class Hours(BaseModel):
    """Local hours of the days that an RRULE names."""

    rrule: str
    opens_at: str
    closes_at: str


class ServiceView(RoomView):
    """A service as it is searched. Without ``hours`` it is open at any time; of eligibility what
    is absent is not asked about."""

    areas: list[Area]
    hours: list[Hours]
    minimum_age: int | None
    maximum_age: int | None
    maximum_children: int | None
    maximum_child_age: int | None
    access: list[str] | None

    @classmethod
    def whole(cls, room: Room, service_name: str, areas: list[Area]) -> Self:
        """The view of one service."""
        service, rule = room.service, room.service.eligibility
        return cls(
            **RoomView.of(room, service_name).model_dump(),
            areas=areas,
            hours=[Hours(**asdict(each)) for each in service.windows],
            minimum_age=rule.minimum_age,
            maximum_age=rule.maximum_age,
            maximum_children=rule.maximum_children,
            maximum_child_age=rule.maximum_child_age,
            access=sorted(rule.access) if rule.access is not None else None,
        )


class OrganisationView(BaseModel):
    """An organisation; ``verified_until``: its entry counts until then."""

    organisation: str
    name: str
    kind: str
    kind_name: str
    parent: str | None
    oversight: str | None
    languages: list[str]
    areas: list[Area]
    verified_until: datetime | None
    services: list[ServiceView]


class DirectoryView(BaseModel):
    """A page of the directory as it runs now; ``change`` is another number with any change."""

    change: str
    organisations: list[OrganisationView]
    next: Next = None


class TimersView(BaseModel):
    """The clocks of one service type at one urgency, ISO 8601; ``hold``: how long a place is."""

    service_type: str
    service_name: str
    urgency: Urgency
    working_hours: bool
    ack: timedelta
    decide: timedelta
    contact: timedelta
    hold: timedelta


class LadderView(BaseModel):
    """How far a service request of one urgency climbs, and when it is reviewed."""

    urgency: Urgency
    tiers: int
    max_offers: int
    coordinator_after: int
    review: timedelta


class PoliciesView(BaseModel):
    """The policies that a service request opened now would keep."""

    version: str
    valid_from: date
    undo: timedelta
    timers: list[TimersView]
    ladder: list[LadderView]


class NameView(BaseModel):
    """What an organisation is called."""

    organisation: str
    name: str

    @classmethod
    def of(cls, each: Organisation) -> Self:
        """As the directory has it."""
        return cls(organisation=each.id, name=each.name)


class Names(BaseModel):
    """Organisations to choose from, by name."""

    organisations: list[NameView]


class Rooms(BaseModel):
    """The services of the caller's organisation."""

    services: list[RoomView]
