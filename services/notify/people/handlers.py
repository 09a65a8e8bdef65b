"""Keeping the register. The caller's right to it is checked by `visibility`."""

from dataclasses import replace

from services.notify.people import store
from services.notify.people.model import Organisation, Person, check_slug, checked
from shared.db import Tx
from shared.errors import Invalid
from shared.jurisdiction import Jurisdiction
from shared.jurisdiction.phones import normalise


async def put_organisation(
    jurisdiction: Jurisdiction, tx: Tx, organisation: Organisation, by: str
) -> Organisation:
    """Writes an organisation; what was written, places in one spelling."""
    check_slug(organisation.organisation, "organisation")
    if organisation.kind not in jurisdiction.kinds:
        raise Invalid("kind", f"must be one of {', '.join(jurisdiction.kinds)}")
    kept = replace(organisation, territories=_areas(jurisdiction, organisation.territories))
    await store.save_organisation(tx, kept, by)
    return kept


async def put_person(jurisdiction: Jurisdiction, tx: Tx, person: Person, by: str) -> Person:
    """Writes a member of staff; what was written, phone and places in one spelling."""
    person = checked(person)
    kind = await store.kind_of(tx, person.organisation)
    if kind is None:
        raise Invalid("organisation", "is not known yet")
    spoken = jurisdiction.profile.languages
    if not set(person.languages) <= set(spoken):
        raise Invalid("languages", f"must be of {', '.join(spoken)}")
    phones = jurisdiction.profile.phones
    kept = replace(
        person,
        organisation_kind=kind,
        phone=person.phone and normalise(person.phone, phones.country_code, phones.national_digits),
        territories=_areas(jurisdiction, person.territories),
    )
    await store.save_person(tx, kept, by)
    return kept


def _areas(jurisdiction: Jurisdiction, territories: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        jurisdiction.territories.area(each, f"territories[{position}]")
        for position, each in enumerate(territories)
    )
