"""Board: what of a coordinator's territories needs a person now, and whom they could have asked.

As in the other lists, whom a case is hidden from is asked before any of it is loaded.
"""

from dataclasses import dataclass

from services.referral import bodies
from services.referral.deps import Deps
from services.referral.handlers.find import find_request
from services.referral.handlers.lists import AT_ONCE, may_know_of, shown
from services.referral.model.attention import NOT_TOLD_AFTER, Attention, attention
from services.referral.model.matching import Match
from services.referral.model.service_request import ServiceRequest
from services.referral.store import lists
from services.referral.store.lists import OnBoard
from services.referral.unit_of_work import UnitOfWork
from services.referral.visibility import Staff
from shared.db import Tx
from shared.errors import Forbidden
from shared.events.words import SYSTEM, Role
from shared.http.pages import Page, filled
from shared.security.visibility import Viewer, act_as


@dataclass(frozen=True, slots=True)
class Needed:
    """A service request that needs a person, and why."""

    request: ServiceRequest
    why: tuple[Attention, ...]


async def board(tx: Tx, deps: Deps, viewer: Viewer, asked: bodies.OnBoard) -> Page[Needed]:
    """What needs a person now, by risk, then who waits longest; `Forbidden` for all but
    coordinators."""
    if not viewer.has(Role.COORDINATOR):
        raise Forbidden("this list is for coordinators")
    staff = await Staff.of(tx, deps.digests, [viewer.staff_id])

    async def read(after: OnBoard | None, most: int) -> list[tuple[OnBoard, Needed | None]]:
        told_before = tx.now - NOT_TOLD_AFTER
        places = await lists.need_a_person(tx, viewer.areas, told_before, after, most)
        may_know = await may_know_of(tx, staff, viewer, [place.id for place in places])
        seen = await shown(tx, staff, viewer, (each.id for each in places if each.id in may_know))
        return [(place, _needed(seen.get(place.id), tx)) for place in places]

    return await filled(read, OnBoard.at(asked.cursor), asked.limit, AT_ONCE)


def _needed(request: ServiceRequest | None, tx: Tx) -> Needed | None:
    why = attention(request, tx.now) if request else ()
    return Needed(request, why) if request and why else None


async def candidates(
    tx: Tx, deps: Deps, viewer: Viewer, service_request_id: str
) -> tuple[ServiceRequest, Match]:
    """Which services could be asked now, and which not and why. Nothing is decided or kept."""
    request = await find_request(tx, deps, viewer, service_request_id)
    await act_as(tx, SYSTEM)  # places are counted whoever has them
    work = await UnitOfWork.of(tx, deps, loaded=[request])
    return request, work.context(request).match(request)
