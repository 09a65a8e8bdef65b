"""``jurisdiction.yaml`` and ``service_types.yaml``: the place, its needs, what its law adds."""

import re
from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from shared.events.words import Urgency
from shared.jurisdiction.calendar import Hours, Weekday
from shared.jurisdiction.config_files import FromFile
from shared.jurisdiction.policies import Span
from shared.jurisdiction.territories import TerritoryRules
from shared.times import Day

NamesByLanguage = dict[str, str]


class Phones(FromFile):
    """How telephone numbers are written here."""

    country_code: Annotated[str, Field(pattern="^[0-9]{1,3}$")]
    national_digits: int
    trunk: str


class EmergencyNumber(FromFile):
    """A number for people in danger. Only ``printed`` ones are shown."""

    number: str
    names: NamesByLanguage
    printed: bool
    verified_on: Day | None
    calls_recorded: bool = False


class ClinicalClock(FromFile):
    """Care that works only within a time after sexual violence; its need is never queued."""

    id: str
    names: NamesByLanguage = Field(default_factory=dict)
    service_type: str
    urgency: Urgency
    within: Span


class Duty(FromFile):
    """A need that opens by itself. ``ground`` permits it; without one a consent must."""

    service_type: str
    ground: str | None = None


class Duties(FromFile):
    """Which needs open by themselves: for a child hurt or witnessing, and in immediate danger."""

    child: Duty
    immediate_danger: Duty


class SittingRules(FromFile):
    """How committees sit. ``quorum_above``: the percentage of seats that must be exceeded.

    People are reminded of an action ``remind_days`` before it is due and on the day, each time at
    ``remind_hour`` of the local clock. ``name`` and ``basis`` stand on their papers: what a
    committee is called, and by which acts it sits.
    """

    quorum_above: int = Field(default=50, ge=0, lt=100)
    remind_days: int = Field(default=3, ge=1, le=60)
    remind_hour: int = Field(default=9, ge=0, le=23)
    name: NamesByLanguage = Field(default_factory=dict)
    basis: NamesByLanguage = Field(default_factory=dict)


class Profile(FromFile):
    """``jurisdiction.yaml``."""

    id: str
    names: NamesByLanguage
    timezone: str
    languages: tuple[str, ...] = Field(min_length=1)
    spoken: tuple[str, ...]
    language_names: dict[str, NamesByLanguage] = Field(default_factory=dict)
    access_needs: dict[str, NamesByLanguage] = Field(default_factory=dict)
    phones: Phones
    emergency_numbers: tuple[EmergencyNumber, ...]
    territory: TerritoryRules
    age_bands: tuple[int, ...] = Field(min_length=1)
    undo_seconds: int = Field(ge=0)
    appeal_working_days: int | None = Field(default=None, gt=0)
    """Within how many an appeal of a citizen is to be answered; none: no such limit here."""
    safe_contact_expires: Span
    clinical_clocks: tuple[ClinicalClock, ...]
    duties: Duties
    grounds: dict[str, NamesByLanguage]
    working_week: dict[Weekday, tuple[Hours, ...]]
    sittings: SittingRules = SittingRules()
    units_expected: dict[str, int] = Field(default_factory=dict)
    """How many aimaks and towns a place has, by the beginning of its code: each has a committee."""
    unit_codes: str = ".+"
    """Pattern of the beginning of a code that is an aimak's or a town's own."""
    checkpoint_to: tuple[str, ...] = ()
    """Organisations whose auditors are e-mailed the ledger's newest checkpoint each day."""
    bodies: dict[str, NamesByLanguage] = Field(default_factory=dict)
    """Whom members of a committee speak for, and what a committee asks something of."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if list(self.age_bands) != sorted({0, *self.age_bands}):
            raise ValueError("age_bands: lower bounds, from 0 upwards")
        for duty in (self.duties.child, self.duties.immediate_danger):
            if duty.ground is not None and duty.ground not in self.grounds:
                raise ValueError(f"duties: {duty.ground} is none of the grounds")
        return self

    def unit_of(self, code: str) -> str | None:
        """The aimak or town in which a place is, as the beginning of its code; none where the place
        is wider than one."""
        found = re.match(self.unit_codes, code)
        return found and found[0]

    @property
    def undo(self) -> timedelta:
        """How long somebody who accepted may give it back as if nothing had been."""
        return timedelta(seconds=self.undo_seconds)


class ServiceType(FromFile):
    """Something that can be needed, and the kinds of organisation that may give it."""

    names: NamesByLanguage
    kinds: tuple[str, ...] = Field(min_length=1)
    holds_place: bool
    working_hours: bool
    duty: bool
    for_perpetrator: bool = False


class ServiceTypes(FromFile):
    """``service_types.yaml``: a table, not an enum."""

    organisation_kinds: dict[str, NamesByLanguage]
    service_types: dict[str, ServiceType]

    @model_validator(mode="after")
    def _known_kinds(self) -> Self:
        for code, service_type in self.service_types.items():
            if strangers := set(service_type.kinds) - set(self.organisation_kinds):
                raise ValueError(f"{code}.kinds: unknown: {', '.join(sorted(strangers))}")
        return self
