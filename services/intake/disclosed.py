"""Personal data as it is answered, group by group: absent is a group that may not be read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from services.intake.model.consents import Group
from services.intake.model.persons import BASIS, REPORTER, Role
from services.intake.model.safe_contact import Hours, Reach, mask, reach
from shared.events.words import Urgency
from shared.jurisdiction.hours import clock, closing


class Known(BaseModel):
    """What is known; what nobody said is left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Identity(Known):
    """Who the survivor is. Either ``age`` or ``birth_year``."""

    name: str | None = None
    age: int | None = None
    birth_year: int | None = None
    language: str | None = None


class Reachable(Known):
    """A number of the survivor's, and when it may be called.

    With a safe contact on record every number of hers is bound to its hours: outside them
    ``phone`` is left out, ``masked_phone`` shows its end, and ``safe_next`` is when it is safe
    again; absent: at no time that is known. Times carry the offset of ``time_zone``.
    """

    phone: str | None = None
    masked_phone: str | None = None
    safe_now: bool | None = None
    safe_until: datetime | None = None
    safe_next: datetime | None = None
    time_zone: str | None = None


class Contact(Reachable):
    """The survivor's own number. It may be the abuser's: see ``safe_contact``."""


class Location(Known):
    """Where the survivor lives: a territory code, its name in the reader's language, and an
    address as it was told."""

    territory: str
    place: str | None = None
    address: str | None = None


class Story(Known):
    """What happened, as it was told."""

    text: str | None = None
    occurred_at: datetime | None = None


class HealthFacts(Known):
    """What care needs to know."""

    sexual_violence_at: datetime | None = None
    access_needs: list[str] = []


class KnownAccused(Known):
    """Who is said to have done it."""

    name: str | None = None
    phone: str | None = None
    relation: str | None = None
    organisation: str | None = None
    staff_id: str | None = None


class Risk(Known):
    """What makes it dangerous, and whom to beware of."""

    urgency: Urgency | None = None
    immediate_danger: bool | None = None
    danger_signs: list[str] = []
    score: int | None = None
    checklist: str | None = None
    accused: list[KnownAccused] = []


class KnownChild(Known):
    """A child it happened to, or who saw it."""

    age: int | None = None
    witness: bool
    name: str | None = None


class SafeContactFacts(Reachable):
    """How to reach the survivor without harm. Once ``expired`` nothing of it is shown: ask again.

    ``opens`` and ``closes`` are local times; absent ``channel``, or ``none``: no contact at all.
    """

    expired: bool = False
    expires_at: datetime | None = None
    channel: str | None = None
    days: list[str] = []
    opens: str | None = None
    closes: str | None = None
    who_may_answer: str | None = None
    leave_message: bool | None = None
    code_word: str | None = None
    language: str | None = None


class ReporterFacts(Reachable):
    """Who told of it: shown to whoever took it down, and to nobody else. It may be her number."""

    kind: str
    name: str | None = None


class PersonalData(Known):
    """The groups that may be read, and no others."""

    identity: Identity | None = None
    contact: Contact | None = None
    location: Location | None = None
    story: Story | None = None
    health: HealthFacts | None = None
    children: list[KnownChild] | None = None
    risk: Risk | None = None
    safe_contact: SafeContactFacts | None = None
    reporter: ReporterFacts | None = None
    consent_basis: dict[str, str] | None = None


class Disclosed(Known):
    """One reading, recorded under ``disclosure_id``.

    ``until``: when the first group of it may be read no more, if nothing is taken back before;
    absent where all of it rests on a ground.
    """

    disclosure_id: str
    incident_id: str
    read_at: datetime
    until: datetime | None = None
    groups: list[str]
    data: PersonalData


class ReadOut(Known):
    """One group, read out to the case holder; recorded for both, for who reads under
    ``disclosure_id``."""

    disclosure_id: str
    read_at: datetime
    group: Group
    data: PersonalData


@dataclass(frozen=True, slots=True)
class Opened:
    """One unsealed group of somebody's data."""

    role: Role
    group: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands round the data: codes of the incident, the clock, and whether her life is in
    danger, so that a number is shown at any hour."""

    territory: str
    place: str
    received_at: datetime
    safe_for: timedelta
    zone: ZoneInfo
    now: datetime
    in_danger: bool = False

    @property
    def expires_at(self) -> datetime:
        """When what was said of a safe contact is too old."""
        return self.received_at + self.safe_for


def arrange(opened: Iterable[Opened], groups: Iterable[str], frame: Frame) -> PersonalData:
    """What was opened, in its place. A group that may be read is there even if nothing is known."""
    found = list(opened)

    def survivor(group: str) -> Mapping[str, Any]:
        mine = (each for each in found if each.role is Role.SURVIVOR and each.group == group)
        return next((each.fields for each in mine), {})

    def others(role: Role) -> list[Mapping[str, Any]]:
        return [each.fields for each in found if each.role is role]

    safe, contact = survivor(Group.SAFE_CONTACT), survivor(Group.CONTACT)
    hers = {safe.get("phone"), contact.get("phone")}
    reporter = next(iter(others(Role.REPORTER)), None)
    if reporter is not None and (reporter["kind"] == "survivor" or reporter.get("phone") in hers):
        reporter = _bound(reporter, safe, frame)
    arranged: dict[str, Any] = {
        Group.IDENTITY: survivor(Group.IDENTITY),
        Group.CONTACT: _bound(contact, safe, frame),
        Group.LOCATION: {
            **survivor(Group.LOCATION),
            "territory": frame.territory,
            "place": frame.place,
        },
        Group.STORY: survivor(Group.STORY),
        Group.HEALTH: survivor(Group.HEALTH),
        Group.CHILDREN: others(Role.CHILD),
        Group.RISK: {**survivor(Group.RISK), "accused": others(Role.ACCUSED)},
        Group.SAFE_CONTACT: _safe_contact(safe, frame),
        REPORTER: reporter,
        BASIS: survivor(BASIS),
    }
    readable = {str(group).replace("-", "_"): arranged[group] for group in groups}
    return PersonalData.model_validate(readable)


def _safe_contact(fields: Mapping[str, Any], frame: Frame) -> Mapping[str, Any]:
    if not fields:
        return {}
    expired, expires_at = frame.expires_at <= frame.now, frame.expires_at.astimezone(frame.zone)
    if expired and not frame.in_danger:
        return {"expired": True, "expires_at": expires_at, "safe_now": False}
    return {**_bound(fields, fields, frame), "expired": expired, "expires_at": expires_at}


def _bound(fields: Mapping[str, Any], safe: Mapping[str, Any], frame: Frame) -> Mapping[str, Any]:
    """``fields`` with their number bound to the hours of the safe contact, if there is one."""
    phone = fields.get("phone")
    if not safe or phone is None:
        return fields
    stands = reach(_hours(safe), frame.expires_at, frame.now, frame.zone)
    number = {"phone": phone} if stands.safe or frame.in_danger else {"masked_phone": mask(phone)}
    rest = {name: value for name, value in fields.items() if name != "phone"}
    return {**rest, **number, **_times(stands, frame.zone)}


def _times(stands: Reach, zone: ZoneInfo) -> Mapping[str, Any]:
    return {
        "safe_now": stands.safe,
        "safe_until": stands.until.astimezone(zone) if stands.until else None,
        "safe_next": stands.next.astimezone(zone) if stands.next else None,
        "time_zone": zone.key,
    }


def _hours(safe: Mapping[str, Any]) -> Hours | None:
    """When she may be called; none when no contact is allowed, or not all of it was said."""
    days, opens, closes = (safe.get(name) for name in ("days", "opens", "closes"))
    if safe.get("channel") == "none" or not (days and opens and closes):
        return None
    return Hours(days, clock(opens), closing(closes))
