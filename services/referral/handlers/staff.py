"""Staff as notify says them: kept, so that every act and every look is held against it."""

from collections.abc import Sequence

from shared.db import Tx
from shared.events import Event
from shared.events.notify import StaffChanged
from shared.security import staff


async def on_staff_changed(tx: Tx, events: Sequence[Event[StaffChanged]]) -> None:
    """Keeps what was said of each."""
    for event in events:
        await staff.on_staff_changed(tx, event, event.body)
