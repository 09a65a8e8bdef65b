"""Staff as notify says them: kept, so that every act and every look is held against it.

Who has left, or turns out to be excluded, finds their cases no more; a coordinator hears of these.
"""

from collections.abc import Sequence

from services.referral.deps import Deps
from services.referral.model.timeouts import holder_gone
from services.referral.store import requests
from services.referral.unit_of_work import UnitOfWork
from shared.db import Tx
from shared.events import Event
from shared.events.notify import StaffChanged
from shared.security import staff


async def on_staff_changed(deps: Deps, tx: Tx, events: Sequence[Event[StaffChanged]]) -> None:
    """Keeps what was said of each, and looks at what they hold."""
    for event in events:
        await staff.on_staff_changed(tx, event, event.body)
    said = {event.body.staff_id: event for event in events}
    held = await requests.held_by(tx, said)
    if not held:
        return
    work = await UnitOfWork.of(tx, deps, loaded=held, people=said)
    for request in held:
        context, offer = work.context(request), request.holder
        if offer is None or offer.person not in said or offer.take_over_by is not None:
            continue
        if not context.may_have(request, offer, offer.person):
            with tx.because(said[offer.person]):
                work.settle(holder_gone(request, offer, context))
    await work.save()
