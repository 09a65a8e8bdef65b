"""Handlers of the registry: committees are approved and ended, members join and leave."""

from dataclasses import replace
from datetime import date

from services.committee import once, publish
from services.committee.deps import Deps
from services.committee.registry import store
from services.committee.registry.model import (
    Committee,
    Member,
    after,
    again,
    checked,
    dated,
    followed,
    joining,
    withdrawable,
)
from shared.db import Tx
from shared.errors import Conflict, Invalid, NotFound
from shared.events.words import SYSTEM
from shared.security import staff
from shared.security.visibility import Viewer, act_as


def today(tx: Tx, deps: Deps) -> date:
    """The day where the committees are."""
    return tx.now.astimezone(deps.jurisdiction.zone).date()


async def own(tx: Tx, viewer: Viewer) -> Committee:
    """The committee that the viewer serves in; raises `NotFound` for whoever serves elsewhere."""
    found = await store.of_organisation(tx, viewer.organisation)
    if found is None:
        raise NotFound("no committee")
    return found


async def own_held(tx: Tx, viewer: Viewer, committee_id: str) -> Committee:
    """The viewer's own committee, locked; raises `NotFound` for any other."""
    committee = await store.hold(tx, committee_id)
    if committee.organisation != viewer.organisation:
        raise NotFound("no such committee")
    return committee


async def approve(tx: Tx, deps: Deps, viewer: Viewer, committee: Committee) -> Committee:
    """A new committee, by the coordinator of its territory.

    Raises `NotFound` for another's territory, `Invalid` for a place that is none, and `Conflict`
    where the organisation is a committee already.
    """
    place = deps.jurisdiction.territories.place(committee.territory, "territory")
    if not viewer.covers(place.code):
        raise NotFound("no such territory")
    new = checked(replace(committee, territory=place.code))
    await once.alone(tx, new.organisation)
    await act_as(tx, SYSTEM)  # it may be one in another's territory
    taken = await store.of_organisation(tx, new.organisation) is not None
    await act_as(tx, viewer.staff_id)
    if taken:
        raise Conflict("this organisation is a committee already: approve it anew")
    await store.save(tx, new, viewer.staff_id)
    publish.committee_changed(tx, new, today(tx, deps), viewer.staff_id)
    return new


async def change(tx: Tx, deps: Deps, viewer: Viewer, wanted: Committee) -> Committee:
    """Approves a committee anew, ends it, or names its chair and secretary: what is given in
    ``wanted`` holds. Its organisation and its place stay, and the term that was is kept. Safe to
    repeat.

    Raises `NotFound` for one that the viewer may not see, `Invalid` for a chair or a secretary who
    is no member, and for a term that begins in one that is over.
    """
    known = await store.hold(tx, wanted.committee_id)
    new = checked(
        replace(
            wanted,
            organisation=known.organisation,
            territory=known.territory,
            version=known.version,
        )
    )
    day = today(tx, deps)
    sitting = {
        each.staff_id for each in await store.members(tx, known.committee_id) if each.sits(day)
    }
    for field, named in (("chair", new.chair), ("secretary", new.secretary)):
        if named is not None and named not in sitting:
            raise Invalid(field, "must be a member of this committee now")
    after(await store.past_terms(tx, known.committee_id), new)
    if new == known:
        return known  # sent again: nobody is told again
    new = replace(new, version=known.version + 1)
    over = followed(known, new)
    if over is not None:
        await store.keep(tx, known.committee_id, over, viewer.staff_id)
    await store.save(tx, new, viewer.staff_id)
    publish.committee_changed(tx, new, day, viewer.staff_id)
    return new


async def join(tx: Tx, deps: Deps, viewer: Viewer, member: Member) -> Member:
    """A new member, by the committee's secretary; the one who is there where it is sent again.

    Raises `Invalid` for a body that is none, for somebody whom the register does not have, or has
    elsewhere, and as `joining` does.
    """
    deps.jurisdiction.body(member.body)
    committee = await own_held(tx, viewer, member.committee_id)
    known = (await staff.find(tx, [member.staff_id])).get(member.staff_id)
    if known is None or not known.active:
        raise Invalid("staff_id", "is nobody of the register yet: enter them there first")
    if known.organisation != committee.organisation:
        raise Invalid("staff_id", "serves elsewhere by the register")
    others = await store.members(tx, member.committee_id)
    there = again(member, others)
    if there is not None:
        return there
    joining(member, others)
    await store.join(tx, member, viewer.staff_id)
    return member


async def leave(tx: Tx, viewer: Viewer, committee_id: str, member_id: str, last: date) -> None:
    """A member's last day. Whoever was chair or secretary is so no more from the next naming on.

    Raises `Invalid` as `dated` does.
    """
    await own_held(tx, viewer, committee_id)
    for each in await store.members(tx, committee_id):
        if each.member_id == member_id:
            dated(replace(each, member_to=last))
    await store.leave(tx, committee_id, member_id, last)


async def withdraw(tx: Tx, deps: Deps, viewer: Viewer, committee_id: str, member_id: str) -> None:
    """A member who was entered in error. Sent twice, it is done once.

    Raises `Conflict` as `withdrawable` does, and for one who has taken part: they leave by a day.
    """
    committee = await own_held(tx, viewer, committee_id)
    others = await store.members(tx, committee_id)
    member = next((each for each in others if each.member_id == member_id), None)
    if member is None:
        if await store.withdrawn(tx, committee_id, member_id):
            return
        raise NotFound("no such member")
    withdrawable(member, committee, others)
    await act_as(tx, SYSTEM)  # also in what is hidden from the viewer
    took_part = await store.took_part(tx, member, deps.jurisdiction.zone.key)
    await act_as(tx, viewer.staff_id)
    if took_part:
        raise Conflict("they have taken part already: enter their last day")
    await store.withdraw(tx, member, viewer.staff_id)
