"""Staff as notify says them: kept, so that every act and every look is held against it.

Who has left, or turns out to be excluded, finds their cases no more; a coordinator hears of these.
A police unit loses a case that excludes one of it.
"""

from collections.abc import Sequence
from functools import partial

from services.referral.deps import Deps
from services.referral.handlers.exclusions import is_unit_excluded, look_at_holder
from services.referral.model.exclusions import hide, living
from services.referral.store import requests
from services.referral.unit_of_work import UnitOfWork
from shared.db import Tx
from shared.events import Event
from shared.events.notify import StaffChanged
from shared.events.words import POLICE
from shared.security import staff


async def on_staff_changed(deps: Deps, tx: Tx, events: Sequence[Event[StaffChanged]]) -> None:
    """Keeps what was said of each, and looks at what they or their unit have."""
    for event in events:
        await staff.on_staff_changed(tx, event, event.body)
    said = {event.body.staff_id for event in events}
    serving = {event.body.organisation for event in events}
    known = await requests.that_concern(tx, said, serving, POLICE)
    if not known:
        return
    work = await UnitOfWork.of(tx, deps, loaded=known, people=said)
    for event in events:
        with tx.because(event):
            for request in known:
                _look(work, request.id, event.body)
    await work.save()


def _look(work: UnitOfWork, request_id: str, said: StaffChanged) -> None:
    request = work.requests[request_id]
    theirs = [each for each in living(request) if each.organisation == said.organisation]
    is_excluded = partial(is_unit_excluded, work, request)
    if any(map(is_excluded, theirs)):
        work.settle(hide(request, work.context(request), is_excluded))
    holder = work.requests[request_id].holder
    if holder is not None and holder.person == said.staff_id:
        look_at_holder(work, work.requests[request_id])
