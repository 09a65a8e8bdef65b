"""Entering: what every register does with an entry beside its own rules."""

from collections.abc import Awaitable, Callable
from datetime import datetime, time
from typing import Any, TypeVar

from services.committee.deps import Deps
from services.committee.entries import CORRECTED, Draft, Ending, Kept, Story
from services.committee.registry.handlers import own
from shared import plausible
from shared.db import Tx
from shared.errors import Conflict
from shared.security.visibility import Viewer

T = TypeVar("T")
End = Callable[[Tx, str, Ending], Awaitable[Any]]
"""A store's: ends an entry that holds, and answers its row; none if none holds."""
YEARS = 10
"""A committee enters what it did before it had Tirek, too; more is a mistake of typing."""
HOLDS_NO_MORE = "it holds no more: look at what stands in its place"


def dated(tx: Tx, deps: Deps, draft: Draft, field: str) -> None:
    """Raises `Invalid` naming ``field`` for a day that has not come, or is too long ago."""
    begins = datetime.combine(draft.happened_on, time(), deps.jurisdiction.zone)
    plausible.past(field, begins, tx.now, YEARS)


async def begun(tx: Tx, viewer: Viewer, draft: Draft, what: T, end: End) -> Kept[T]:
    """A new entry, in the place of the one that it replaces, which ends. Raises as `ended`."""
    story = Story(first_id=draft.entry_id, first_at=tx.now)
    if draft.replaces is not None:
        before = await ended(tx, viewer, draft.replaces, CORRECTED, end)
        story = Story(first_id=before["first_id"], first_at=before["first_at"])
    return Kept(draft=draft, story=story, entered_at=tx.now, entered_by=viewer.staff_id, what=what)


async def withdraw(tx: Tx, viewer: Viewer, entry_id: str, because: str, end: End) -> None:
    """One of the viewer's own committee was entered in error: it counts no more, and stays in its
    story. Raises as `ended`."""
    await own(tx, viewer)
    await ended(tx, viewer, entry_id, because, end)


async def ended(tx: Tx, viewer: Viewer, entry_id: str, because: str, end: End) -> Any:
    """Ends an entry; its row. Raises `Conflict` where none holds."""
    row = await end(tx, entry_id, Ending(at=tx.now, by=viewer.staff_id, because=because))
    if row is None:
        raise Conflict(HOLDS_NO_MORE)
    return row


def kept_of(row: Any, day: str) -> dict[str, Any]:
    """The fields of `Kept` but for ``what``, from a row; ``day`` is the column of its day."""
    ending = None
    if row["ended_at"] is not None:
        ending = Ending(at=row["ended_at"], by=row["ended_by"], because=row["ended_because"])
    return {
        "draft": Draft(
            entry_id=row["entry_id"],
            happened_on=row[day],
            replaces=row["replaces"],
        ),
        "story": Story(first_id=row["first_id"], first_at=row["first_at"]),
        "entered_at": row["entered_at"],
        "entered_by": row["entered_by"],
        "ended": ending,
    }
