"""The founding document's figures, typed: which committee did what, who sits in it, and when.

Ids are made from names, so that whatever is entered twice has the same id. No I/O.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Literal
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from pydantic import Field

from deploy.samples.load import Person
from shared.jurisdiction.config_files import FromFile, read_yaml
from shared.security.tokens import Caller

HERE = Path(__file__).parent
_OURS = UUID("5f2b3a0e-3c1d-5d0a-9f6e-1d2c3b4a5f60")
INVENTED = "invented, as all people are: the plan of work, the handbook"
SECRETARY, CHAIR = 0, 1
"""The places of these among a committee's people."""
HELD_AT, LONG = time(10), timedelta(minutes=90)


class Seats(FromFile):
    """How many members one body sends."""

    body: str
    count: int


class Trained(FromFile):
    """People at trainings, by days."""

    one_day: int
    two_days: int = 0


class Aid(FromFile):
    """What a woman was given."""

    kind: Literal["cash", "house"]
    som: int | None = None


class Referred(FromFile):
    """One woman who was referred: what she needs, and what she was given."""

    need: str
    age: int
    band: str
    aid: Aid | None = None


class Attending(FromFile):
    """Members at each sitting, and those who sent apologies."""

    present: int
    apologies: int


class Row(FromFile):
    """A row of a plan of work. ``done``: when, as a share of the year so far; absent: not yet."""

    quarter: int
    work: str
    prepares: str
    indicator: str
    count: int
    done: float | None = None


class Link(FromFile):
    """An entry of the handbook."""

    language: str
    title: str
    url: str

    @property
    def entry_id(self) -> str:
        """Its id, the same each time."""
        return str(uuid5(_OURS, f"handbook/{self.url}"))


class Committee(FromFile):
    """What one committee did. ``also``: it has one member more, of this sector."""

    organisation: str
    territory: str
    also: str | None = None
    plan: tuple[Row, ...] = ()
    trained: Trained
    meetings: int
    referred: Referred | None = None

    @property
    def area(self) -> str:
        """Its code without the noughts of what lies below it."""
        return self.territory.rstrip("0")

    def own_id(self, year: int, *what: object) -> str:
        """The id of an entry of a year, the same each time."""
        named = "/".join(map(str, (year, self.organisation, *what)))
        return str(uuid5(_OURS, named))


@dataclass(frozen=True, slots=True)
class Seated:
    """A member: who, of which sector, for which body."""

    staff_id: str
    name: str
    organisation: str
    sector: str
    body: str
    roles: tuple[str, ...]
    phone: str | None

    @property
    def person(self) -> Person:
        """Their entry of the register."""
        return Person(
            staff_id=self.staff_id,
            name=self.name,
            organisation=self.organisation,
            organisation_kind="local-committee",
            roles=self.roles,
            languages=("ky",),
            phone=self.phone,
        )

    @property
    def caller(self) -> Caller:
        """Who they are in a token."""
        return self.person.caller


class Founding(FromFile):
    """The whole file; README.md of the samples tells its words."""

    source: str
    not_kept: str
    surname: str
    given_names: tuple[str, ...]
    members: dict[str, Seats]
    people_at_a_meeting: int
    sitting: Attending
    handbook: tuple[Link, ...] = ()
    committees: tuple[Committee, ...] = Field(min_length=1)

    def label(self, calendar: "Calendar") -> str:
        """What its figures are, for whoever sees them in a year that is not theirs."""
        return f"{self.source}, played into {calendar.year}"

    def people(self, committee: Committee) -> list[Seated]:
        """Its members: the secretary first, then the chair."""
        seats = [
            (sector, each.body)
            for sector, each in self.members.items()
            for _ in range(each.count + (sector == committee.also))
        ]
        # the ayil okmotu's clerk keeps the registers, the head of it leads
        seats.sort(key=lambda seat: not seat[0].startswith("self-government-executive"))
        return [
            Seated(
                staff_id=_staff_id(committee.organisation, number),
                name=f"{self.given_names[number]} {self.surname}",
                organisation=committee.organisation,
                sector=sector,
                body=body,
                roles=("secretary", "reporter") if number == SECRETARY else ("member",),
                phone=self._phone(committee, number) if number in (SECRETARY, CHAIR) else None,
            )
            for number, (sector, body) in enumerate(seats)
        ]

    def _phone(self, committee: Committee, number: int) -> str:
        return f"+9960003{self.committees.index(committee):02d}{number:03d}"

    def trainings(self, committee: Committee) -> Iterator[tuple[int, int]]:
        """Days and people of each."""
        for days, people in enumerate((committee.trained.one_day, committee.trained.two_days), 1):
            if people:
                yield days, people


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of this year until ``now``, an instant of the country's clock.

    Nothing lies in the future, nor in the year before: a report is of one year. So early in January
    everything crowds into its few days, and on the first of them all of it is of that day.
    """

    now: datetime

    @classmethod
    def at(cls, now: datetime, zone: ZoneInfo) -> "Calendar":
        """As the country's clock shows it."""
        return cls(now.astimezone(zone))

    @property
    def year(self) -> int:
        """Which it is played into."""
        return self.now.year

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 1, 1)

    def day(self, share: float) -> date:
        """The day after ``share`` of the year so far: 0 is its first, 1 today."""
        return self.first + (self.now.date() - self.first) * share

    def later(self, day: date, by: timedelta) -> date:
        """So much after a day, and before today where the year has a day before it."""
        yesterday = self.now.date() - timedelta(days=1)
        return max(day, min(day + by, yesterday))

    def sitting(self, day: date) -> tuple[datetime, datetime]:
        """When a sitting of a day begins and ends; of today, so that it is over."""
        begins = datetime.combine(day, HELD_AT, self.now.tzinfo)
        if day < self.now.date():
            return begins, begins + LONG
        midnight = datetime.combine(day, time(), self.now.tzinfo)
        return midnight, midnight + (self.now - midnight) / 2


def _staff_id(organisation: str, number: int) -> str:
    made = sha256(f"founding/{organisation}/{number}".encode()).digest()
    return f"st-{base64.b32encode(made).decode()[:8].lower()}"


def load_founding(path: Path = HERE / "founding.yaml") -> Founding:
    """Raises `BadFile` naming file and field."""
    return read_yaml(path, Founding)
