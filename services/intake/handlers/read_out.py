"""Reading out: an operator tells a case holder on the telephone, one group of fields at a time.

Three words must agree, and nobody is asked for them: referral's ticket (who holds the case, and who
reads out), notify's call proof (that this person is on the line), and intake's own consents.
"""

from dataclasses import replace
from datetime import datetime

from services.intake import visibility
from services.intake.bodies_readings import ReadOutBody
from services.intake.deps import Deps
from services.intake.disclosed import ReadOut
from services.intake.handlers.disclose import read
from services.intake.model.consents import SERVICE
from services.intake.model.disclosures import check_standing, readable
from services.intake.store import consents, disclosures, incidents, referral_state
from services.intake.store.disclosures import Reading
from services.intake.tickets import Proven, read_proof, read_ticket
from shared.db import Tx
from shared.errors import Forbidden
from shared.security.visibility import Viewer


async def read_out(deps: Deps, tx: Tx, viewer: Viewer, body: ReadOutBody) -> ReadOut:
    """One consented group, for an operator to say to the case holder; both are recorded before.

    Raises `Forbidden` where ticket and proof do not name this operator and one holder, have expired
    or were overtaken, or no consent for the group is in force; `NotFound` where either is excluded.
    """
    ticket, check_id = _agreed(deps, viewer, body, tx.now)
    claim = ticket.claim
    incident = await incidents.find(tx, ticket.incident_id, incidents.FIND_TO_READ)
    await visibility.look_as(tx, claim.staff_id, claim.organisation)
    await incidents.find(tx, ticket.incident_id)
    check_standing(claim, await referral_state.offer(tx, claim.offer_id))
    given = await consents.of_incident(tx, ticket.incident_id)
    if body.group not in readable(given, claim, SERVICE, tx.now):
        raise Forbidden("no consent for these fields is in force")
    heard = Reading(
        disclosure_id=tx.ids.new(),
        incident_id=ticket.incident_id,
        staff_id=claim.staff_id,
        organisation=claim.organisation,
        purpose=SERVICE,
        groups=[body.group.value],
        need_id=claim.need_id,
        offer_id=claim.offer_id,
        outside_hours=body.outside_hours,
        read_out_by=viewer.staff_id,
        check_id=check_id,
    )
    await disclosures.record(tx, heard)
    await visibility.look_as(tx, viewer.staff_id, viewer.organisation)
    reading = replace(
        heard,
        disclosure_id=tx.ids.new(),
        staff_id=viewer.staff_id,
        organisation=viewer.organisation,
    )
    await disclosures.record(tx, reading)
    return ReadOut(
        disclosure_id=reading.disclosure_id,
        read_at=tx.now,
        group=body.group,
        data=await read(deps, tx, viewer, incident, reading),
    )


def _agreed(deps: Deps, viewer: Viewer, body: ReadOutBody, now: datetime) -> tuple[Proven, str]:
    """The ticket, and the id of the check by which its holder is on the line with the caller."""
    ticket = read_ticket(deps.tickets, body.ticket, now)
    proof = read_proof(deps.calls, body.proof, now)
    said = (ticket.reader, proof.operator, proof.person)
    if said != (viewer.staff_id, viewer.staff_id, ticket.claim.staff_id):
        raise Forbidden("ticket and proof are not of this operator and one case holder")
    return ticket, proof.check_id
