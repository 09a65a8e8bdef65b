"""Handlers of the register: organisations as the directory says them, people as they are entered,
and what is said of them to whoever shows cases to people.

A caller's right to enter somebody is checked by `visibility`.
"""

from dataclasses import replace

import structlog

from services.notify.people import store
from services.notify.people.exclusions import Exclusions
from services.notify.people.model import REMOVED, UNKNOWN, Organisation, Person, checked
from services.notify.people.publish import body_of, emit_changed, fingerprint
from shared.db import Tx
from shared.errors import Invalid, Unprocessable
from shared.events import Act, Event
from shared.events.referral import OrganisationChanged
from shared.events.words import Channel
from shared.jurisdiction import Jurisdiction
from shared.jurisdiction.live import Live

MOST = 200
"""People looked at in one transaction: their tags take some milliseconds to compute."""
log = structlog.get_logger()


async def on_organisation_changed(
    country: Live[Jurisdiction],
    tx: Tx,
    event: Event[OrganisationChanged],
    body: OrganisationChanged,
) -> None:
    """Keeps what the directory says of an organisation. What is older than it has no effect.

    Raises `Unprocessable` for a kind or a place that the jurisdiction does not have: who is police
    must not hang on a word that nobody reads. Who said it may have read newer files than we have.
    """
    await country.refresh()
    jurisdiction = country.current
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
        desks=body.desks or (),
    )
    newer = await store.save_organisation(tx, heard, event.aggregate_version)
    log.info(
        "organisation.changed" if newer else "organisation.older",
        organisation=body.organisation,
        aggregate_version=event.aggregate_version,
    )


async def put_person(
    jurisdiction: Jurisdiction, exclusions: Exclusions, tx: Tx, person: Person, by: str
) -> Person:
    """Writes a member of staff and says what of it concerns others; what was written, phone and
    places in one spelling.

    An organisation that is no longer in the directory takes nobody new. Who is there can be
    changed, or entered as inactive: who served there is still looked for among the excluded.
    """
    person = checked(person)
    organisation = await store.organisation(tx, person.organisation)
    if organisation is None:
        raise Invalid("organisation", UNKNOWN)
    known = next(iter(await store.hold(tx, [person.staff_id])), None)
    serves_there = known is not None and known.organisation == person.organisation
    if not organisation.listed and person.active and not serves_there:
        raise Invalid("organisation", REMOVED)
    spoken = jurisdiction.profile.languages
    if not set(person.languages) <= set(spoken):
        raise Invalid("languages", f"must be of {', '.join(spoken)}")
    kept = replace(
        person,
        organisation_kind=organisation.kind,
        organisation_territories=organisation.territories,
        phone=person.phone and jurisdiction.phone(person.phone),
        desk_phone=person.desk_phone and jurisdiction.phone(person.desk_phone, "desk_phone"),
        territories=_areas(jurisdiction, person.territories),
        former_tags=exclusions.tags(known) if known else frozenset(),
    )
    if known is not None:
        kept = replace(
            kept,
            phone_verified_at=known.phone_verified_at if kept.phone == known.phone else None,
            email_verified_at=known.email_verified_at if kept.email == known.email else None,
        )
    await store.save_person(tx, kept, by)
    act = Act(received_at=tx.now, actor=by, channel=Channel.API)
    await emit_changed(tx, exclusions, [kept], act)
    return kept


async def emit_register(exclusions: Exclusions, tx: Tx, after: str) -> str:
    """Emits what of a part of the register was never said: after an upgrade, under a new key of
    tags, or because the release before wrote it. Workers take turns.

    Returns behind whom to go on; empty when this was the last part, or another's turn.
    """
    if not await store.lock(tx):
        return ""
    part = await store.page(tx, after, MOST)
    unsaid = [
        each.staff_id for each, said in part if said != fingerprint(body_of(each, exclusions))
    ]
    if unsaid:
        await emit_changed(tx, exclusions, await store.hold(tx, unsaid))
    return part[-1][0].staff_id if len(part) == MOST else ""


def _areas(jurisdiction: Jurisdiction, territories: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        jurisdiction.territories.area(each, f"territories[{position}]")
        for position, each in enumerate(territories)
    )
