"""People: a member of staff, and what the register may hold of one. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime

from shared.errors import Invalid
from shared.events.words import CASE_ROLES, POLICE, SYSTEM, Role

ROLES = frozenset(Role) - {Role.SYSTEM}
"""Roles that a person may have."""

_STAFF_ID = re.compile(r"[a-z0-9][a-z0-9-]{2,63}")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
_EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_EMAIL_MAX = 254


UNKNOWN = "is not known yet"
"""Said of an organisation of which the directory has said nothing so far."""
REMOVED = "is no longer in the directory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Where people serve: its kind as in consents, and the SOATE prefixes of where it is.

    ``listed`` is false once the directory has it no more. Its kind stays as it was: an accused who
    serves there still excludes their unit. ``desks``: whose operators answer for it too.
    """

    organisation: str
    kind: str
    territories: tuple[str, ...] = ()
    listed: bool = True
    desks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One member of staff.

    ``phone`` is E.164: their own, where alerts go; nobody but who keeps the register sees it.
    ``desk_phone`` is the one that colleagues may call while they serve. ``languages``: the first is
    that of messages to them. ``territories`` are SOATE prefixes, for those who answer for a place.
    ``organisation_kind`` is the organisation's: a member of a police unit who is excluded excludes
    the unit. ``former_tags``: those of numbers, names and organisations that have changed since;
    what they hide from somebody stays hidden. ``organisation_territories``: where it is.
    ``phone_verified_at``, ``email_verified_at``: since when they are known to read what goes there.
    """

    staff_id: str
    name: str
    organisation: str
    organisation_kind: str
    roles: frozenset[str]
    languages: tuple[str, ...]
    phone: str | None = None
    desk_phone: str | None = None
    email: str | None = None
    territories: tuple[str, ...] = ()
    active: bool = True
    former_tags: frozenset[str] = frozenset()
    organisation_territories: tuple[str, ...] = ()
    phone_verified_at: datetime | None = None
    email_verified_at: datetime | None = None

    @property
    def language(self) -> str:
        """The language of messages to them."""
        return self.languages[0]

    @property
    def may_have_cases(self) -> bool:
        """Whether they have a role in which a case can be opened and answered."""
        return not self.roles.isdisjoint(CASE_ROLES)

    @property
    def serves(self) -> bool:
        """Whether they can be asked to take a case when they are on duty."""
        return self.active and self.may_have_cases

    @property
    def in_police(self) -> bool:
        """Whether they serve in a police unit."""
        return self.organisation_kind == POLICE

    def destination(self, channel: str) -> str | None:
        """Where a message by ``channel`` (``sms``, ``email``) goes; absent if they have no such."""
        return {"sms": self.phone, "email": self.email}.get(channel)

    @property
    def channels(self) -> tuple[str, ...]:
        """By what they can be reached, the fastest first."""
        return tuple(each for each in ("sms", "email") if self.destination(each))


def check_slug(value: str, field: str) -> None:
    """Raises `Invalid` naming ``field`` unless ``value`` can be an organisation's id."""
    if not _SLUG.fullmatch(value):
        raise Invalid(field, "must be a slug of a-z, 0-9 and -")


def checked(person: Person) -> Person:
    """``person``, or `Invalid` naming the first field that cannot be."""
    if not _STAFF_ID.fullmatch(person.staff_id) or person.staff_id == SYSTEM:
        raise Invalid("staff_id", "must be 3 to 64 of a-z, 0-9 and -")
    check_slug(person.organisation, "organisation")
    if not person.name.strip():
        raise Invalid("name", "must not be empty")
    if not person.roles <= ROLES:
        raise Invalid("roles", f"must be of {', '.join(sorted(ROLES))}")
    if not person.languages:
        raise Invalid("languages", "must name one at least")
    if person.email is not None and not (
        len(person.email) <= _EMAIL_MAX and _EMAIL.fullmatch(person.email)
    ):
        raise Invalid("email", "must be an e-mail address")
    return person
