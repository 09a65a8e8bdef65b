"""Exclusions that come late: they hold for whatever is queued, asked or answered from now on."""

from services.notify.delivery.store import exclusions
from services.notify.deps import Deps
from shared.db import Tx
from shared.events import Event
from shared.events.referral import ExclusionsForwarded


async def on_exclusions_forwarded(
    deps: Deps, tx: Tx, event: Event[ExclusionsForwarded], body: ExclusionsForwarded
) -> None:
    """Keeps the list; a message that is queued is held against it when its turn comes."""
    deps.exclusions.wait_for_key(body.excluded_people)
    await exclusions.save(tx, body, event.aggregate_version)
