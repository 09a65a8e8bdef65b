"""Visibility: who may see the register, and who was told of an offer.

Whoever is not in the register, or does not serve where their token says, is nobody and sees "not
found". Administrators apart, in the register and the rosters that they keep: somebody has to enter
the first member of staff. Another system (the role ``system``) calls nothing here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from services.notify.delivery.model import Offer
from services.notify.people import store as people
from services.notify.people.exclusions import Exclusions
from services.notify.people.model import Person
from shared.db import Tx
from shared.errors import NotFound
from shared.events.words import SYSTEM, Role
from shared.security.visibility import Viewer, act_as

COORDINATES = "SELECT coordinates($1)"


@dataclass(frozen=True, slots=True)
class Looker:
    """Whoever looks, as the register has them: none for a caller who does not serve where their
    token says. ``colleagues``: everybody who serves there or did."""

    person: Person | None
    colleagues: Sequence[Person]

    @classmethod
    async def of(cls, tx: Tx, viewer: Viewer) -> Self:
        """Looks them up; the database shows all colleagues, for this one look."""
        known = (await people.by_id(tx, [viewer.staff_id])).get(viewer.staff_id)
        if known is not None and not (known.active and known.organisation == viewer.organisation):
            known = None
        await act_as(tx, SYSTEM)
        there = await people.of_organisations(tx, [viewer.organisation])
        await act_as(tx, viewer.staff_id)
        return cls(known, there[viewer.organisation])

    def may_learn(self, exclusions: Exclusions, sealed: str | None) -> bool:
        """Whether they may learn of what carries this sealed list: neither they nor, in a police
        unit, a colleague stand in it.

        The one function that tests a staff id. It takes as long whatever the list says.
        """
        return exclusions.let(self.person, sealed, self.colleagues)


async def must_serve(tx: Tx, viewer: Viewer, exclusions: Exclusions) -> None:
    """Raises `NotFound` for a caller who does not serve, unless they keep the register."""
    known = (await Looker.of(tx, viewer)).may_learn(exclusions, None)
    if not known and Role.ADMINISTRATOR not in viewer.roles:
        raise NotFound


async def must_coordinate(
    tx: Tx, viewer: Viewer, exclusions: Exclusions, offer: Offer | None
) -> None:
    """Raises `NotFound` when there is no such offer, for a coordinator of another territory, and
    for one who is excluded or does not serve.

    All is asked for in every case, so that an answer takes as long whatever it is.
    """
    theirs: bool = await tx.fetchval(COORDINATES, offer.organisation if offer else "")
    sealed = offer.excluded_people if offer else None
    looker = await Looker.of(tx, viewer)
    if not looker.may_learn(exclusions, sealed) or not theirs:
        raise NotFound


async def must_see_rosters(tx: Tx, viewer: Viewer, organisation: str) -> None:
    """Raises `NotFound` unless there is this organisation and the caller may see who serves there:
    its own workers, coordinators of its territory, and whoever keeps the register."""
    known = await people.organisation(tx, organisation)
    coordinates: bool = await tx.fetchval(COORDINATES, organisation)
    works_there = viewer.has(Role.WORKER) and viewer.organisation == organisation
    if known is None or not (coordinates or works_there or viewer.has(Role.ADMINISTRATOR)):
        raise NotFound
