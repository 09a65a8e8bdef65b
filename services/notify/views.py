"""Views that notify's HTTP returns: names to whoever may choose one, contacts to who keeps them."""

from typing import Self

from pydantic import BaseModel

from services.notify.people.model import Person


class NameView(BaseModel):
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


class PersonView(NameView):
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
            **NameView.of(person).model_dump(),
            organisation=person.organisation,
            organisation_kind=person.organisation_kind,
            languages=list(person.languages),
            phone=person.phone,
            email=person.email,
            territories=list(person.territories),
        )


class DutyView(BaseModel):
    """Who is on duty at one tier, in the order of the roster."""

    tier: int
    people: list[NameView]
