"""Bodies that notify's HTTP takes: strict, snake case, with no unknown field."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Literal, TypeVar

from pydantic import Field
from pydantic.config import JsonDict

from services.notify.people.model import Person
from services.notify.rosters.model import (
    MOST_GROUPS,
    OnHolidays,
    Override,
    Roster,
    Turns,
    Window,
)
from shared import times
from shared.errors import Invalid
from shared.http.pages import LONGEST
from shared.http.schemas import Code, StaffId, Strict
from shared.jurisdiction.territories import Territories
from shared.times import Instant

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
TURNS: JsonDict = {
    "groups": [["st-6775jivy"], ["st-qqbdwhsz"]],
    "since": "2026-01-05T08:00",
    "every": "P7D",
}
ROTATION: JsonDict = ROSTER | {
    "windows": [
        {"dtstart": "2026-01-05T08:00", "duration": "PT24H", "rrule": "FREQ=DAILY", "turns": TURNS}
    ]
}
OVERRIDE: JsonDict = {
    "from": "2026-11-24T20:00:00+06:00",
    "to": "2026-11-25T08:00:00+06:00",
    "out": "st-6775jivy",
    "in": "st-qqbdwhsz",
    "reason": "illness",
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


class SearchBody(Strict, json_schema_extra={"examples": [{"organisation": "sezim-bishkek"}]}):
    """Whom of the register: of an organisation, with ``q`` in their name or as their id."""

    organisation: Word | None = None
    q: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    cursor: Annotated[str, Field(max_length=LONGEST)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ChannelBody(Strict, json_schema_extra={"examples": [{"channel": "sms"}]}):
    """To which contact: the number, or the e-mail address."""

    channel: Literal["sms", "email"]


class CodeBody(ChannelBody, json_schema_extra={"examples": [{"channel": "sms", "code": "042917"}]}):
    """The digits that somebody read there."""

    code: Annotated[str, Field(pattern="^[0-9]{6}$")]


class PinBody(Strict, json_schema_extra={"examples": [{"pin": "290517"}]}):
    """Six digits that nobody would try first."""

    pin: Annotated[str, Field(pattern="^[0-9]{6}$")]


class DigitsBody(Strict, json_schema_extra={"examples": [{"positions": [2, 5], "digits": "91"}]}):
    """Two digits of a PIN, as somebody said them, and at which positions."""

    positions: Annotated[list[Annotated[int, Field(ge=1, le=6)]], Field(min_length=2, max_length=2)]
    digits: Annotated[str, Field(pattern="^[0-9]{2}$")]

    @property
    def pair(self) -> tuple[int, int]:
        """The positions."""
        return self.positions[0], self.positions[1]


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


class TurnsBody(Strict):
    """Groups that take turns: the first takes over at ``since``, in local time without a zone, the
    next one ``every`` so many days (``P7D``) at the same time on the wall."""

    groups: Annotated[list[Words], Field(max_length=MOST_GROUPS)]
    since: Word
    every: Word

    def turns(self, field: str) -> Turns:
        """The turns; raises `Invalid` naming the part of ``field`` that cannot be read."""
        every = _read(times.duration, self.every, f"{field}.every")
        return Turns(
            groups=tuple(tuple(each) for each in self.groups),
            since=_read(times.wall, self.since, f"{field}.since"),
            days=0 if every % timedelta(days=1) else every.days,
        )


class WindowBody(Strict):
    """Watches: ``dtstart`` in local time without a zone, ``duration`` and ``rrule`` as RFC 5545.

    Without ``turns`` all people of the roster serve. ``holidays``: whether watches begin on public
    holidays too (``as-ever``), not (``off``), or on those alone (``only``).
    """

    dtstart: Word
    duration: Word
    rrule: Word
    turns: TurnsBody | None = None
    holidays: Annotated[OnHolidays, Field(strict=False)] = OnHolidays.AS_EVER

    def window(self, field: str) -> Window:
        """The watches; raises `Invalid` naming the part of ``field`` that cannot be read."""
        starts = _read(times.wall, self.dtstart, f"{field}.dtstart")
        lasts = _read(times.duration, self.duration, f"{field}.duration")
        turns = None if self.turns is None else self.turns.turns(f"{field}.turns")
        return Window(starts, lasts, self.rrule, turns, self.holidays)


def _read(read: Callable[[str], T], text: str, field: str) -> T:
    try:
        return read(text)
    except ValueError as problem:
        raise Invalid(field, str(problem)) from None


class RosterBody(Strict, json_schema_extra={"examples": [ROSTER, ROTATION]}):
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


class OverrideBody(Strict, json_schema_extra={"examples": [OVERRIDE]}):
    """What holds instead of a roster from a time until another.

    ``out`` alone is absent; ``in`` alone serves as well; with both, ``in`` serves whenever ``out``
    would. ``reason`` is a code, which is recorded.
    """

    starts: Instant = Field(alias="from")
    ends: Instant = Field(alias="to")
    leaves: StaffId | None = Field(default=None, alias="out")
    steps_in: StaffId | None = Field(default=None, alias="in")
    reason: Code

    def override(self, roster_id: str, override_id: str, made_by: str, now: datetime) -> Override:
        """As wanted of this roster."""
        return Override(
            override_id=override_id,
            roster_id=roster_id,
            starts=self.starts,
            ends=self.ends,
            leaves=self.leaves,
            steps_in=self.steps_in,
            reason=self.reason,
            made_by=made_by,
            made_at=now,
        )


class NumberBody(
    Strict, json_schema_extra={"examples": [{"staff_id": "st-6775jivy", "reason": "no-answer"}]}
):
    """Whose private number, and why: a code, which is recorded."""

    staff_id: StaffId
    reason: Code
