"""Visibility: who may see the register, and who was told of an offer.

Whoever is not in the register is nobody and sees "not found". Administrators apart, where they keep
the register: somebody has to enter the first member of staff. The service itself is no caller.
"""

from services.notify.delivery.model import Offer
from services.notify.people import store as people
from services.notify.people.exclusions import Exclusions
from shared.db import Tx
from shared.errors import NotFound
from shared.events.words import Role
from shared.security.visibility import Viewer

COORDINATES = "SELECT coordinates($1)"


async def may_learn(tx: Tx, exclusions: Exclusions, staff_id: str, sealed: str | None) -> bool:
    """Whether somebody may learn of what carries this sealed list: in the register, and not in it.

    The one function that tests a staff id. It takes as long whatever it finds.
    """
    known = (await people.by_id(tx, [staff_id])).get(staff_id)
    return exclusions.let(known, sealed)


async def must_serve(tx: Tx, viewer: Viewer, exclusions: Exclusions) -> None:
    """Raises `NotFound` for a caller who is not in the register, unless they keep it."""
    known = await may_learn(tx, exclusions, viewer.staff_id, None)
    if not known and Role.ADMINISTRATOR not in viewer.roles:
        raise NotFound


async def must_coordinate(
    tx: Tx, viewer: Viewer, exclusions: Exclusions, offer: Offer | None
) -> None:
    """Raises `NotFound` when there is no such offer, for a coordinator of another territory, and
    for one who is excluded or in no register.

    All is asked for in every case, so that an answer takes as long whatever it is.
    """
    theirs: bool = await tx.fetchval(COORDINATES, offer.organisation if offer else "")
    sealed = offer.excluded_people if offer else None
    if not await may_learn(tx, exclusions, viewer.staff_id, sealed) or not theirs:
        raise NotFound
