"""Handlers of items: put on an agenda, taken off it, and who leaves for one."""

from dataclasses import replace

from services.committee import matters
from services.committee.deps import Deps
from services.committee.registry import store as registry
from services.committee.sittings import agenda, store
from services.committee.sittings.model import Item, Source, State, sourced
from services.committee.sittings.presence import room_of
from shared.db import Tx
from shared.errors import Conflict, Forbidden, Invalid
from shared.events.words import SYSTEM, Role
from shared.security.visibility import Viewer, act_as


async def put_item(tx: Tx, viewer: Viewer, wanted: Item) -> Item:
    """An item on the agenda, at its end: safe to repeat, its id is the caller's.

    An own one opens a matter; others are about one that the viewer sees. Raises `Invalid` as
    `sourced` does, `NotFound` for a matter that they do not see, and `Conflict` where the agenda
    has it already, or the sitting was cancelled or is closed as far as they see.
    """
    sourced(wanted)
    sitting = await store.hold(tx, wanted.sitting_id)
    if sitting.state is State.CANCELLED:
        raise Conflict("this sitting was cancelled", state=sitting.state)
    items = await agenda.items(tx, sitting.sitting_id)
    for each in items:
        if each.item_id == wanted.item_id:
            return each
        if each.matter_id == wanted.matter_id:
            raise Conflict("the agenda has this matter already")
    if items and all(each.closed_at is not None for each in items):
        raise Conflict("this sitting is closed: put it on another one", state=sitting.state)
    committee_id = sitting.committee_id
    if wanted.source is Source.OWN:
        matter_id = await matters.opened(tx, committee_id)
    else:
        matter_id = wanted.matter_id
        await matters.must_be_of(tx, matter_id, committee_id)
    new = replace(wanted, committee_id=committee_id, matter_id=matter_id)
    await act_as(tx, SYSTEM)
    place = await agenda.position(tx, sitting.sitting_id)
    await act_as(tx, viewer.staff_id)
    if not await agenda.add(tx, new, place, viewer.staff_id):
        raise Conflict("this id is taken: choose another")
    return await agenda.item(tx, sitting.sitting_id, new.item_id)


async def remove_item(tx: Tx, viewer: Viewer, sitting_id: str, item_id: str) -> None:
    """Takes an item off; raises `Conflict` for one of which an outcome is recorded."""
    await store.hold(tx, sitting_id)
    item = await agenda.item(tx, sitting_id, item_id)
    if item.outcome is not None:
        raise Conflict("this item was dealt with")
    await act_as(tx, SYSTEM)
    await agenda.remove(tx, item)
    await act_as(tx, viewer.staff_id)


async def leave(tx: Tx, deps: Deps, viewer: Viewer, item: Item, staff_id: str | None) -> None:
    """Somebody has a conflict and leaves for this item: it is not there for them any more.

    For oneself; of another the chair or the secretary says so, else `Forbidden`. Raises `Invalid`
    for whoever is no member.
    """
    who = staff_id or viewer.staff_id
    committee = await registry.find(tx, item.committee_id)
    if who != viewer.staff_id:
        if not viewer.has(Role.SECRETARY) and committee.chair != viewer.staff_id:
            raise Forbidden("only the chair or the secretary may say so of another")
        sitting = await store.find(tx, item.sitting_id)
        if not (await room_of(tx, deps, sitting, frozenset())).sits(who):
            raise Invalid("staff_id", "is no member of this committee on that day")
    await matters.leave(tx, item.matter_id, who, viewer.staff_id)
