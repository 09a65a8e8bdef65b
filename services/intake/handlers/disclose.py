"""Reading personal data: recorded first, and only what may be read.

The record and the reading are one transaction, which commits before anything is answered. The
incident's row is locked against a withdrawal while a holder reads: what was withdrawn before is not
read, and a withdrawal that comes during the reading waits for it.
"""

import structlog

from services.intake import visibility
from services.intake.bodies_readings import DisclosureBody, EnteredBody
from services.intake.deps import Deps
from services.intake.disclosed import Disclosed, Frame, Opened, PersonalData, arrange
from services.intake.model.disclosures import OWN_ENTRY, check_standing, ends, own_entry, readable
from services.intake.model.incidents import Incident, View
from services.intake.store import consents, disclosures, incidents, persons, referral_state
from services.intake.store.disclosures import Reading
from services.intake.store.persons import SealedGroup
from services.intake.tickets import read_ticket
from services.intake.vault import unseal
from shared.db import Tx
from shared.errors import Forbidden, NotFound
from shared.security.visibility import Viewer


async def disclose(
    deps: Deps, tx: Tx, viewer: Viewer, incident_id: str, body: DisclosureBody
) -> Disclosed:
    """What the holder of an accepted offer may read under the consent in force.

    Raises `Forbidden` for a ticket that is not this caller's, has expired or was overtaken by an
    event, and when no consent is in force; `NotFound` for whoever is excluded.
    """
    ticket = read_ticket(deps.tickets, body.ticket, tx.now)
    claim = ticket.claim
    theirs = (claim.staff_id, claim.organisation) == (viewer.staff_id, viewer.organisation)
    if not theirs or ticket.reader is not None or ticket.incident_id != incident_id:
        raise Forbidden("the ticket is for somebody else, or for another incident")
    incident = await incidents.find(tx, incident_id, incidents.FIND_TO_READ)
    check_standing(claim, await referral_state.offer(tx, claim.offer_id))
    given = await consents.of_incident(tx, incident_id)
    reading = Reading(
        disclosure_id=tx.ids.new(),
        incident_id=incident_id,
        staff_id=viewer.staff_id,
        organisation=viewer.organisation,
        purpose=body.purpose,
        groups=[group.value for group in readable(given, claim, body.purpose, tx.now)],
        need_id=claim.need_id,
        offer_id=claim.offer_id,
        outside_hours=body.outside_hours,
        until=ends(given, claim, body.purpose, tx.now),
    )
    return await _read(deps, tx, viewer, incident, reading)


async def show_entered(
    deps: Deps, tx: Tx, viewer: Viewer, incident_id: str, body: EnteredBody
) -> Disclosed:
    """What whoever took a report entered, for 24 hours.

    Raises `NotFound` for everybody else, and `Forbidden` when it is too late.
    """
    # not locked: it rests on no consent, and no stranger may wait where there is an incident
    incident = await incidents.find(tx, incident_id)
    view = visibility.view(incident, viewer)
    if view in (None, View.LAY) or incident.entered_by != viewer.staff_id:
        raise NotFound
    reading = Reading(
        disclosure_id=tx.ids.new(),
        incident_id=incident_id,
        staff_id=viewer.staff_id,
        organisation=viewer.organisation,
        purpose=body.purpose,
        groups=own_entry(incident.received_at, tx.now),
        outside_hours=body.outside_hours,
        until=incident.received_at + OWN_ENTRY,
    )
    return await _read(deps, tx, viewer, incident, reading)


async def _read(
    deps: Deps, tx: Tx, viewer: Viewer, incident: Incident, reading: Reading
) -> Disclosed:
    await disclosures.record(tx, reading)
    return Disclosed(
        disclosure_id=reading.disclosure_id,
        incident_id=incident.incident_id,
        read_at=tx.now,
        until=reading.until,
        groups=list(reading.groups),
        data=await read(deps, tx, viewer, incident, reading),
    )


async def read(
    deps: Deps, tx: Tx, viewer: Viewer, incident: Incident, reading: Reading
) -> PersonalData:
    """What a reading names, once it is on record."""
    opened = await _open(deps, await persons.sealed(tx, incident.incident_id))
    frame = Frame(
        territory=incident.territory,
        place=deps.place(incident.territory, viewer.language),
        received_at=incident.received_at,
        safe_for=deps.jurisdiction.profile.safe_contact_expires,
        zone=deps.jurisdiction.zone,
        now=tx.now,
        in_danger=reading.outside_hours is not None,
    )
    structlog.get_logger().info(
        "disclosure.read",
        disclosure_id=reading.disclosure_id,
        incident_id=incident.incident_id,
        offer_id=reading.offer_id,
        reason=reading.outside_hours,
    )
    return arrange(opened, reading.groups, frame)


async def _open(deps: Deps, sealed: list[SealedGroup]) -> list[Opened]:
    found = await deps.keys.find({each.person_id for each in sealed})
    keys = {person_id: deps.vault.unwrap(wrapped) for person_id, wrapped in found.items()}
    return [
        Opened(
            each.role,
            each.group,
            unseal(keys[each.person_id], each.person_id, each.group, each.sealed),
        )
        for each in sealed
        if each.person_id in keys  # who was erased has none
    ]
