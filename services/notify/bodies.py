"""Bodies that notify's HTTP takes: strict, snake case, with no unknown field."""

from collections.abc import Callable
from typing import Annotated, TypeVar

from pydantic import Field
from pydantic.config import JsonDict

from services.notify.people.model import Person
from services.notify.rosters.model import Roster, Window
from shared import times
from shared.errors import Invalid
from shared.http.schemas import Code, StaffId, Strict
from shared.jurisdiction.territories import Territories

T = TypeVar("T")
Word = Annotated[str, Field(min_length=1, max_length=120)]
Words = Annotated[list[Word], Field(max_length=50)]
Phone = Annotated[str, Field(min_length=1, max_length=40)]


PERSON: JsonDict = {
    "name": "Айгуль Үлгү",
    "organisation": "sezim-bishkek",
    "roles": ["worker", "reporter"],
    "languages": ["ky", "ru"],
    "phone": "+996000100999",
    "desk_phone": "+996000200999",
    "email": "aigul@tirek.example",
}
ROSTER: JsonDict = {
    "organisation": "sezim-bishkek",
    "tier": 1,
    "people": ["st-6775jivy", "st-qqbdwhsz"],
    "phone": "+996000200998",
    "windows": [{"dtstart": "2026-01-01T20:00", "duration": "PT12H", "rrule": "FREQ=DAILY"}],
}
MENTION: JsonDict = {"name": "Гүлнара Асан кызы", "organisation": "sezim-bishkek"}


class MentionBody(Strict, json_schema_extra={"examples": [MENTION]}):
    """Whom somebody means, as they write it, and where to look: in an organisation, or in the raion
    of a territory code."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    organisation: Word | None = None
    raion: Annotated[str, Field(pattern="^[0-9]{1,20}$")] | None = None

    def area(self, territories: Territories) -> str | None:
        """The prefix of the raion; none if an organisation is given. Raises `Invalid`."""
        if (self.organisation is None) == (self.raion is None):
            raise Invalid("organisation", "must be given, or a raion, and not both")
        if self.raion is None:
            return None
        area = territories.area(self.raion, "raion")
        if len(area) < territories.rules.neutral_digits:
            raise Invalid("raion", "must be a raion, or a place in one")
        return area[: territories.rules.neutral_digits]


class PersonBody(Strict, json_schema_extra={"examples": [PERSON]}):
    """A member of staff. The first of ``languages`` is that of messages to them.

    ``phone`` is private: alerts go there. ``desk_phone`` is shown to who may call about a case.
    """

    name: Annotated[str, Field(min_length=1, max_length=200)]
    organisation: Word
    roles: Words
    languages: Annotated[list[Word], Field(min_length=1, max_length=10)]
    phone: Phone | None = None
    desk_phone: Phone | None = None
    email: Annotated[str, Field(max_length=254)] | None = None
    territories: Words = Field(default_factory=list)
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
            desk_phone=self.desk_phone,
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
        starts = _read(times.wall, self.dtstart, f"{field}.dtstart")
        lasts = _read(times.duration, self.duration, f"{field}.duration")
        return Window(starts, lasts, self.rrule)


def _read(read: Callable[[str], T], text: str, field: str) -> T:
    try:
        return read(text)
    except ValueError as problem:
        raise Invalid(field, str(problem)) from None


class RosterBody(Strict, json_schema_extra={"examples": [ROSTER]}):
    """Who is told, in order, when ``organisation`` is asked at ``tier``.

    ``phone``: the duty number, which whoever is on duty answers.
    """

    organisation: Word
    tier: int
    people: Words
    windows: Annotated[list[WindowBody], Field(max_length=50)]
    phone: Phone | None = None

    def roster(self, roster_id: str) -> Roster:
        """The roster as wanted; raises `Invalid` as `WindowBody.window` does."""
        return Roster(
            roster_id=roster_id,
            organisation=self.organisation,
            tier=self.tier,
            people=tuple(self.people),
            windows=tuple(
                window.window(f"windows[{position}]")
                for position, window in enumerate(self.windows)
            ),
            phone=self.phone,
        )


class NumberBody(
    Strict, json_schema_extra={"examples": [{"staff_id": "st-6775jivy", "reason": "no-answer"}]}
):
    """Whose private number, and why: a code, which is recorded."""

    staff_id: StaffId
    reason: Code
