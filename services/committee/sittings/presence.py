"""Presence: who is of the committee that day and who is here, as people come; the quorum; and who
must not hear an item."""

from collections.abc import Sequence

from services.committee import matters, visibility
from services.committee.deps import Deps
from services.committee.registry import store as registry
from services.committee.sittings import agenda, store
from services.committee.sittings.model import Attendance, Attended, Item, Sitting, State, seated
from services.committee.sittings.room import Quorum, Room, quorum
from shared.db import Tx
from shared.errors import Conflict
from shared.events.words import SYSTEM
from shared.security import staff
from shared.security.visibility import Viewer, act_as


async def attend(tx: Tx, deps: Deps, sitting_id: str, attended: Attended) -> None:
    """Who is here, as they come: the minutes of `hold` say it for good.

    Raises `Invalid` as `seated` does, and `Conflict` for a sitting that is planned no more.
    """
    known = await store.hold(tx, sitting_id)
    if known.state is not State.PLANNED:
        raise Conflict("this sitting is planned no more", state=known.state)
    room = await room_of(tx, deps, known, frozenset())
    await store.attend(tx, sitting_id, seated(attended, room))


async def counted(tx: Tx, deps: Deps, sitting: Sitting) -> Quorum:
    """The quorum of a sitting as it was held; before that, of those who are said to be here."""
    if sitting.quorum is not None:
        return sitting.quorum
    room = await room_of(tx, deps, sitting, await present(tx, sitting.sitting_id))
    return quorum(room, deps.jurisdiction.profile.sittings.quorum_above)


async def barred(tx: Tx, deps: Deps, items: Sequence[Item]) -> dict[str, frozenset[str]]:
    """Which members the incident of an item excludes, by item id: they must not hear it."""
    if not items:
        return {}
    members = await registry.members(tx, items[0].committee_id)
    people = await staff.find(tx, [each.staff_id for each in members])
    return {
        each.item_id: await matters.excluded(tx, deps, each.matter_id, people.values())
        for each in items
    }


async def correctable(tx: Tx, viewer: Viewer, sitting: Sitting) -> bool:
    """Whether the viewer may say otherwise who was there: who keeps the minutes, until any item has
    an outcome. One that is hidden bears it no less, and of that nobody else may learn."""
    if sitting.state is not State.HELD or not await visibility.keeps(tx, viewer):
        return False
    await act_as(tx, SYSTEM)
    dealt_with = await agenda.dealt_with(tx, sitting.sitting_id)
    await act_as(tx, viewer.staff_id)
    return not dealt_with


async def room_of(tx: Tx, deps: Deps, sitting: Sitting, here: frozenset[str]) -> Room:
    """Who is of the committee on the day of a sitting; of them these are here."""
    day = sitting.starts.astimezone(deps.jurisdiction.zone).date()
    return Room(day=day, members=await registry.members(tx, sitting.committee_id), here=here)


async def present(tx: Tx, sitting_id: str) -> frozenset[str]:
    """Staff ids of the members who are said to be here."""
    return frozenset(
        who
        for who, how in (await store.attended(tx, sitting_id)).items()
        if how is Attendance.PRESENT
    )
