"""Model of somebody's entry as a form. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from secrets import choice
from typing import Any, Self

from services.console.frame.forms import Form
from services.console.frame.texts import later
from shared.events.words import Role

Json = Mapping[str, Any]
ROLES: Mapping[str, str] = {
    Role.WORKER: later("takes cases"),
    Role.REPORTER: later("reports"),
    Role.COORDINATOR: later("coordinates a territory"),
    Role.ADMINISTRATOR: later("keeps people and rosters"),
    Role.OPERATOR: later("answers the desk, and enters what others say"),
    Role.AUDITOR: later("audits"),
    Role.SECRETARY: later("keeps the registers of a local committee"),
    Role.MEMBER: later("sits in a local committee, and takes no cases"),
}
CHANNELS = {"sms": "phone", "email": "email"}
"""Which contact goes by which channel."""
_SIGNS = "abcdefghijkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What an administrator enters. The language of messages stands first in notify's list.

    ``place`` is the name of a territory that is looked for; those that are chosen are codes.
    """

    name: str = ""
    organisation: str = ""
    roles: tuple[str, ...] = ()
    language: str = ""
    languages: tuple[str, ...] = ()
    phone: str = ""
    desk_phone: str = ""
    email: str = ""
    territories: tuple[str, ...] = ()
    place: str = ""
    active: bool = True

    @classmethod
    def of(cls, person: Json) -> Self:
        """As the register has it."""
        return cls(
            name=person["name"],
            organisation=person["organisation"],
            roles=tuple(person["roles"]),
            language=person["languages"][0],
            languages=tuple(person["languages"]),
            phone=person["phone"] or "",
            desk_phone=person["desk_phone"] or "",
            email=person["email"] or "",
            territories=tuple(person["territories"]),
            active=person["active"],
        )

    @classmethod
    def typed(cls, form: Form) -> Self:
        """As it was typed."""
        return cls(
            name=form.text("name"),
            organisation=form.text("organisation"),
            roles=tuple(form.all("roles")),
            language=form.text("language"),
            languages=tuple(form.all("languages")),
            phone=form.text("phone"),
            desk_phone=form.text("desk_phone"),
            email=form.text("email"),
            territories=tuple(form.all("territories")),
            place=form.text("place"),
            active=form.has("active"),
        )

    def body(self) -> Json:
        """As notify takes it."""
        others = [each for each in self.languages if each != self.language]
        return {
            "name": self.name,
            "organisation": self.organisation,
            "roles": list(self.roles),
            "languages": [self.language, *others],
            "phone": self.phone or None,
            "desk_phone": self.desk_phone or None,
            "email": self.email or None,
            "territories": list(self.territories),
            "active": self.active,
        }


def new_staff_id() -> str:
    """A staff id that tells nothing."""
    return "st-" + "".join(choice(_SIGNS) for _ in range(8))
