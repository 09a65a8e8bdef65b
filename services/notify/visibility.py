"""Visibility of deliveries: for coordinators of their territory who are not excluded."""

from services.notify.people import store as people
from services.notify.people.exclusions import Exclusions
from shared.db import Tx
from shared.errors import NotFound, RetryLater, Unprocessable
from shared.security.visibility import Viewer

COORDINATES = "SELECT coordinates($1)"


async def must_coordinate(
    tx: Tx, viewer: Viewer, organisation: str, exclusions: Exclusions, sealed: str | None
) -> None:
    """Raises `NotFound` for a coordinator of another territory, and for one who is excluded.

    Both are asked for in either case, so that an answer takes as long whatever it is.
    """
    theirs: bool = await tx.fetchval(COORDINATES, organisation)
    known = (await people.by_id(tx, [viewer.staff_id])).get(viewer.staff_id)
    try:
        excluded = exclusions.read(sealed)
    except (Unprocessable, RetryLater):
        raise NotFound from None
    hit = exclusions.hits(excluded, known) if known else viewer.staff_id in excluded.staff_ids
    if hit or not theirs:
        raise NotFound
