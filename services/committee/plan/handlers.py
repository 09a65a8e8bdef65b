"""Handlers of the plan: rows are planned, agreed with another body, and done."""

from dataclasses import replace
from datetime import date

from services.committee import matters, once
from services.committee.deps import Deps
from services.committee.plan import store
from services.committee.plan.model import Item, Joint, changed, checked, done, replied
from services.committee.registry.handlers import own, today
from shared.db import Tx
from shared.errors import Conflict, Invalid, NotFound
from shared.security import staff
from shared.security.visibility import Viewer


async def plan(tx: Tx, deps: Deps, viewer: Viewer, wanted: Item) -> Item:
    """A new row of the plan of the viewer's committee, or one as it is to be instead.

    The id is the caller's own, so that the same sent twice is there once. Raises `Invalid` as
    `checked` does, for a body that is none, and for an organisation of which the register has
    nobody: who would say yes?
    """
    committee = await own(tx, viewer)
    item = checked(
        replace(wanted, committee_id=committee.committee_id, organisation=committee.organisation),
        today(tx, deps),
    )
    for field, body in (("prepares", item.terms.prepares), ("reports", item.terms.reports)):
        deps.jurisdiction.body(body, field)
    if item.joint is not None and not await staff.of_organisations(tx, [item.joint.organisation]):
        raise Invalid("joint_with", "nobody of the register serves there")
    await once.alone(tx, item.item_id)
    held = await store.held(tx, item.item_id)
    if held is not None:
        _must_be_own(viewer, held)
        return await _changed(tx, viewer, held, changed(held, item))
    new = replace(item, matter_id=await matters.opened(tx, committee.committee_id))
    await store.insert(tx, new, viewer.staff_id)
    return new


async def drop(tx: Tx, viewer: Viewer, item_id: str) -> None:
    """Takes a row out that was a mistake. Raises `Conflict` once it is done or agreed on."""
    item = await store.hold(tx, item_id)
    _must_be_own(viewer, item)
    if item.done_on is not None or (item.joint is not None and item.joint.yes):
        raise Conflict("it is done or agreed on: it stays in the plan")
    await store.delete(tx, item_id)


async def reply(tx: Tx, viewer: Viewer, item_id: str, version: int, *, yes: bool) -> Item:
    """The yes or no of the other body, by somebody who serves there, to the version they saw.

    Raises `NotFound` for everybody else, those whose plan it is among them, and as `replied` does.
    """
    item = await store.hold(tx, item_id)
    if item.joint is None or item.joint.organisation != viewer.organisation:
        raise NotFound("no such row")
    said = Joint(organisation=viewer.organisation, yes=yes, by=viewer.staff_id)
    return await _changed(tx, viewer, item, replied(item, said, version))


async def finish(tx: Tx, deps: Deps, viewer: Viewer, item_id: str, day: date | None) -> Item:
    """It was done on this day; none takes that back. Raises as `done` does."""
    item = await store.hold(tx, item_id)
    _must_be_own(viewer, item)
    return await _changed(tx, viewer, item, done(item, day, today(tx, deps)))


def _must_be_own(viewer: Viewer, item: Item) -> None:
    """Whoever is only asked to join sees a row of another's plan, and may not write it."""
    if item.organisation != viewer.organisation:
        raise NotFound("no such row")


async def _changed(tx: Tx, viewer: Viewer, held: Item, new: Item) -> Item:
    if new is not held:
        await store.update(tx, new, viewer.staff_id)
    return new
