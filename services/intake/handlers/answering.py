"""Who answers for a ground: somebody who may know of the incident, or whoever records it.

Of whom that is nothing shows, nor in what is asked: else a report that accuses a number, and names
somebody here, would tell whether it is theirs.
"""

from services.intake.model.consents import Consent, answered_for
from services.intake.model.exclusions import Exclusions
from services.intake.visibility import serving
from shared.db import Tx
from shared.security.visibility import Viewer


async def answered(
    tx: Tx, viewer: Viewer, excluded: Exclusions, consents: tuple[Consent, ...]
) -> tuple[Consent, ...]:
    """The same, with somebody who may know of it answering for each ground."""
    named = {each.terms.named_person for each in consents} - {None}
    known = await serving(tx, filter(None, named))
    able = {
        member.staff_id
        for member in known.values()
        if not excluded.hit(member.staff_id, member.organisation, member.tags)
    }
    return answered_for(consents, able, viewer.staff_id)
