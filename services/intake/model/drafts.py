"""Drafts: a report that somebody is still writing. It is theirs alone, and not for long."""

from datetime import datetime, timedelta

from shared.errors import Conflict

KEPT = timedelta(hours=72)
"""How long a draft is kept after its last change; then its key is destroyed."""
MOST = 20
"""Drafts that one person may have."""


def expires_at(changed_at: datetime) -> datetime:
    """When a draft that is not changed again is gone."""
    return changed_at + KEPT


def check_room(count: int) -> None:
    """Raises `Conflict` for one who has as many as they may."""
    if count >= MOST:
        raise Conflict(f"there are {MOST} drafts already: send or delete one first")
