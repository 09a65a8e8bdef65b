"""Visibility of deliveries: for coordinators of their territory who are not excluded."""

from services.notify.delivery.model import Offer
from services.notify.people import store as people
from services.notify.people.exclusions import Exclusions
from shared.db import Tx
from shared.errors import NotFound, RetryLater, Unprocessable
from shared.security.visibility import Viewer

COORDINATES = "SELECT coordinates($1)"


NO_ORGANISATION = ""


async def must_coordinate(
    tx: Tx, viewer: Viewer, offer: Offer | None, exclusions: Exclusions
) -> None:
    """Raises `NotFound` without an offer, for a coordinator of another territory, and for one who
    is excluded.

    All is asked for in each case: the statements do not show which it is.
    """
    organisation = offer.organisation if offer else NO_ORGANISATION
    theirs: bool = await tx.fetchval(COORDINATES, organisation)
    known = (await people.by_id(tx, [viewer.staff_id])).get(viewer.staff_id)
    if offer is None:
        raise NotFound
    try:
        excluded = exclusions.read(offer.excluded_people)
    except (Unprocessable, RetryLater):
        raise NotFound from None
    hit = exclusions.hits(excluded, known) if known else viewer.staff_id in excluded.staff_ids
    if hit or not theirs:
        raise NotFound
