"""Jobs of the committee service, driven by time."""

from datetime import datetime, timedelta

from services.committee.actions import handlers
from services.committee.actions import store as actions
from services.committee.deps import Deps
from services.committee.progress import store as progress
from shared.db import Tx
from shared.runtime.jobs import Look
from shared.runtime.quarantine import Quarantine, Step

UNLINKED_KEPT = timedelta(days=35)
"""Longer than a report may be repeated under its key (intake's ``ANSWERS_KEPT``, 30 days): until
then a page that was cut off may still learn which incident it opened, and link it."""
EVERY = timedelta(hours=1)
RETENTION = Look("retention", longest=EVERY.total_seconds())
"""Nobody notifies it: it looks by the hour."""
AT_ONCE = 1000
REMINDERS = Look("reminders", longest=60.0, due=actions.FIRST_REMINDER)
"""Nobody notifies it: it looks by the minute, and an action is due by the day."""


async def forget(tx: Tx) -> datetime | None:
    """Forgets how far incidents have come that are no committee's; when to look again."""
    forgotten = await progress.forget(tx, tx.now - UNLINKED_KEPT, AT_ONCE)
    return tx.now if forgotten == AT_ONCE else tx.now + EVERY


def reminders_job(deps: Deps, quarantine: Quarantine) -> Step:
    """A step of reminding: of the first action that is due to be; returns when to look again."""

    async def step(tx: Tx) -> datetime | None:
        action = await actions.to_remind(tx, quarantine.ids)
        if action is None:
            return await actions.next_reminder(tx)
        quarantine.takes(action_id=action.action_id)
        await handlers.remind(tx, deps, action)
        return tx.now

    return step
