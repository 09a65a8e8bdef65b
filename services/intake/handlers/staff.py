"""Staff as notify says them: kept, so that every look is held against it.

A police unit in which an excluded person turns out to serve is excluded as a whole, in every
service: colleagues would tell.
"""

from collections.abc import Sequence

from services.intake.deps import Deps
from services.intake.handlers.exclude import add
from services.intake.model.exclusions import Exclusions
from services.intake.store import units
from shared.db import Tx
from shared.events import Event
from shared.events.notify import StaffChanged
from shared.events.words import POLICE
from shared.security import staff


async def on_staff_changed(deps: Deps, tx: Tx, events: Sequence[Event[StaffChanged]]) -> None:
    """Keeps what was said of each, and hides incidents that mean an officer from their unit."""
    police = [each for each in events if each.body.organisation_kind == POLICE]
    if police:
        await units.hear(tx)
    for event in events:
        await staff.on_staff_changed(tx, event, event.body)
    if not police:
        return
    tags = {tag for event in police for tag in event.body.tags}
    for found in await units.that_mean(tx, tags):
        incident = found
        for event in police:
            if not incident.excluded.meets(event.body.tags):
                continue
            with tx.because(event):
                unit = Exclusions(organisations=(event.body.organisation,))
                incident = await add(deps, tx, incident, unit)
