"""Taking a consent back: reading under it ends with this transaction, before anybody hears."""

from dataclasses import replace

from services.intake import visibility
from services.intake.bodies import WithdrawalBody
from services.intake.model.consents import Consent, withdraw
from services.intake.model.incidents import Incident
from services.intake.model.plausible import CLAIM_YEARS
from services.intake.publish import act_of, emit_withdrawn, permissions
from services.intake.store import consents, incidents
from services.intake.views import Withdrawn
from shared.db import Tx
from shared.errors import NotFound
from shared.plausible import past
from shared.security.visibility import Viewer


async def withdraw_consent(
    tx: Tx, viewer: Viewer, which: tuple[str, str], body: WithdrawalBody
) -> Withdrawn:
    """Withdraws a consent, ``which`` is (incident, consent); again, it answers as it did.

    Whoever may know of the incident may, and whoever holds the case: it is them she tells. Raises
    `NotFound` for everybody else, and `Conflict` for what rests on the law alone.
    """
    await visibility.must_take_part(tx, viewer, which[0])
    incident = await incidents.find(tx, which[0], incidents.FIND_TO_CHANGE)
    past("claimed_at", body.claimed_at, tx.now, CLAIM_YEARS)
    known = {each.consent_id: each for each in await consents.of_incident(tx, incident.incident_id)}
    consent = known.get(which[1])
    if consent is None:
        raise NotFound
    ended = known[consent.consent_id] = withdraw(consent, tx.now)
    left = permissions(known.values(), consent.need_id, tx.now)
    if ended != consent:
        changed = replace(incident, version=incident.version + 1)
        await consents.withdraw(tx, consent.consent_id, viewer.staff_id)
        await incidents.set_version(tx, changed.incident_id, changed.version)
        emit_withdrawn(tx, changed, ended, left, act_of(tx, viewer, body.claimed_at))
    return _withdrawn(incident, ended, [each.consent_id for each in left])


def _withdrawn(incident: Incident, consent: Consent, left: list[str]) -> Withdrawn:
    return Withdrawn(
        incident_id=incident.incident_id,
        need_id=consent.need_id,
        consent_id=consent.consent_id,
        withdrawn_at=consent.withdrawn_at or incident.received_at,
        permissions_left=left,
    )
