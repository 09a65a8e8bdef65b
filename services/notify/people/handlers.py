"""Handlers of the register: organisations as the directory says them, people as they are entered.

A caller's right to enter somebody is checked by `visibility`.
"""

from dataclasses import replace

import structlog

from services.notify.people import store
from services.notify.people.model import REMOVED, UNKNOWN, Organisation, Person, checked
from shared.db import Tx
from shared.errors import Invalid, Unprocessable
from shared.events import Event
from shared.events.referral import OrganisationChanged
from shared.jurisdiction import Jurisdiction
from shared.jurisdiction.phones import normalise

log = structlog.get_logger()


async def on_organisation_changed(
    jurisdiction: Jurisdiction, tx: Tx, event: Event[OrganisationChanged], body: OrganisationChanged
) -> None:
    """Keeps what the directory says of an organisation. What is older than it has no effect.

    Raises `Unprocessable` for a kind or a place that the jurisdiction does not have: who is police
    must not hang on a word that nobody reads.
    """
    if body.kind not in jurisdiction.kinds:
        raise Unprocessable(f"{body.organisation}: no kind of organisation that is known here")
    try:
        territories = _areas(jurisdiction, body.territories)
    except Invalid as problem:
        raise Unprocessable(f"{body.organisation}.{problem}") from problem
    heard = Organisation(
        organisation=body.organisation,
        kind=body.kind,
        territories=territories,
        listed=body.listed,
    )
    newer = await store.save_organisation(tx, heard, event.aggregate_version)
    log.info(
        "organisation.changed" if newer else "organisation.older",
        organisation=body.organisation,
        aggregate_version=event.aggregate_version,
    )


async def put_person(jurisdiction: Jurisdiction, tx: Tx, person: Person, by: str) -> Person:
    """Writes a member of staff; what was written, phone and places in one spelling.

    An organisation that is no longer in the directory takes nobody new. Who is there can be
    changed, or entered as inactive: who served there is still looked for among the excluded.
    """
    person = checked(person)
    organisation = await store.organisation(tx, person.organisation)
    if organisation is None:
        raise Invalid("organisation", UNKNOWN)
    if not organisation.listed and person.active and not await _serves_there(tx, person):
        raise Invalid("organisation", REMOVED)
    spoken = jurisdiction.profile.languages
    if not set(person.languages) <= set(spoken):
        raise Invalid("languages", f"must be of {', '.join(spoken)}")
    phones = jurisdiction.profile.phones
    kept = replace(
        person,
        organisation_kind=organisation.kind,
        phone=person.phone and normalise(person.phone, phones.country_code, phones.national_digits),
        territories=_areas(jurisdiction, person.territories),
    )
    await store.save_person(tx, kept, by)
    return kept


async def _serves_there(tx: Tx, person: Person) -> bool:
    known = (await store.by_id(tx, [person.staff_id])).get(person.staff_id)
    return known is not None and known.organisation == person.organisation


def _areas(jurisdiction: Jurisdiction, territories: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        jurisdiction.territories.area(each, f"territories[{position}]")
        for position, each in enumerate(territories)
    )
