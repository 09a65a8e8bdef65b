"""Handlers of sittings: planned, held and closed, and what is decided. See `items` for the agenda.

An item is closed by whoever sees it. So a secretary who left one closes the others, and is not told
that one is open: their deputy closes that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.committee import matters, publish
from services.committee.actions import handlers as actions
from services.committee.actions.model import Action
from services.committee.deps import Deps
from services.committee.registry import store as registry
from services.committee.registry.handlers import own_held, today
from services.committee.registry.model import Committee
from services.committee.sittings import agenda, store
from services.committee.sittings.model import (
    Attendance,
    Decision,
    Invited,
    Item,
    Outcome,
    Sitting,
    State,
    held,
    hosting,
    reinstated,
    settled,
    timed,
)
from services.committee.sittings.presence import present, room_of
from shared.db import Tx
from shared.errors import Conflict, Invalid
from shared.events.words import SYSTEM
from shared.security import staff
from shared.security.visibility import Viewer, act_as


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the minutes say of a sitting as a whole: who came, and whom other bodies sent."""

    attended: tuple[tuple[str, Attendance], ...]
    invited: tuple[Invited, ...]

    @property
    def here(self) -> frozenset[str]:
        """Staff ids of those who were present."""
        return frozenset(who for who, how in self.attended if how is Attendance.PRESENT)


async def plan(tx: Tx, deps: Deps, viewer: Viewer, wanted: Sitting) -> Sitting:
    """A new sitting, or a planned one otherwise: safe to repeat, its id is the caller's.

    Raises `Invalid` for a place that is none or a day on which the committee may not sit, and
    `Conflict` for one that was held or cancelled.
    """
    committee = await own_held(tx, viewer, wanted.committee_id)
    await _may_sit(tx, deps, committee, wanted.starts)
    place = deps.jurisdiction.territories.place(wanted.place or committee.territory, "place")
    new = replace(wanted, place=place.code)
    known = await store.planned(tx, wanted.sitting_id)
    if known is None:
        if not await store.plan(tx, new, viewer.staff_id):
            raise Conflict("this id is taken: choose another")
        return new
    if known.committee_id != new.committee_id or known.state is not State.PLANNED:
        raise Conflict("this sitting is planned no more", state=known.state)
    new = replace(new, version=known.version + 1)
    await store.save(tx, new)
    return new


async def cancel(tx: Tx, sitting_id: str) -> Sitting:
    """It will not be; raises `Conflict` for one that was held."""
    known = await store.hold(tx, sitting_id)
    if known.state is State.HELD:
        raise Conflict("this sitting was held", state=known.state)
    new = replace(known, state=State.CANCELLED, version=known.version + 1)
    await store.save(tx, new)
    return new


async def reinstate(tx: Tx, deps: Deps, viewer: Viewer, sitting_id: str) -> Sitting:
    """It was cancelled, and will be after all; raises as `reinstated` does, and `Invalid` where the
    committee is not approved for that day any more."""
    known = await store.find(tx, sitting_id)
    committee = await own_held(tx, viewer, known.committee_id)  # before the sitting, as in `plan`
    known = await store.hold(tx, sitting_id)
    day = known.starts.astimezone(deps.jurisdiction.zone).date()
    new = reinstated(known, day, today(tx, deps))
    if new is not known:
        await _may_sit(tx, deps, committee, known.starts)
        await store.save(tx, new)
    return new


async def invite(tx: Tx, deps: Deps, sitting_id: str, bodies: Sequence[str]) -> None:
    """Which other bodies are invited.

    Raises `Invalid` for one that the country does not have, and `Conflict` for a sitting that is
    planned no more.
    """
    for index, each in enumerate(bodies):
        deps.jurisdiction.body(each, f"bodies[{index}]")
    known = await store.hold(tx, sitting_id)
    if known.state is not State.PLANNED:
        raise Conflict("this sitting is planned no more", state=known.state)
    await store.invite(tx, sitting_id, hosting([Invited(each) for each in bodies]))


async def hold(tx: Tx, deps: Deps, viewer: Viewer, wanted: Sitting, record: Record) -> Sitting:
    """A sitting as it was held, or what was wrong of that, until an outcome is recorded. Safe to
    repeat.

    Of any item: who was present bears an outcome that is hidden from whoever asks no less.
    Raises `Invalid` as `held` does, and for one that is not over yet; `Conflict` for one that was
    cancelled, has no agenda or has outcomes.
    """
    known = await store.find(tx, wanted.sitting_id)
    committee = await own_held(tx, viewer, known.committee_id)  # before the sitting, as in `plan`
    known = await store.hold(tx, known.sitting_id)
    if known.state is State.CANCELLED:
        raise Conflict("this sitting was cancelled", state=known.state)
    was = replace(
        known,
        starts=wanted.starts,
        ends=wanted.ends,
        chair=wanted.chair,
        secretary=wanted.secretary,
    )
    if was == known and await _is_recorded(tx, known, record):
        return known  # sent again, it was not held again, and nobody is told again
    await _must_be_open(tx, viewer, known)
    was = replace(was, version=known.version + 1)
    ends = timed(was).ends
    if ends is None or ends > tx.now:
        raise Invalid("ends", "must not be in the future")
    await _may_sit(tx, deps, committee, was.starts)
    above = deps.jurisdiction.profile.sittings.quorum_above
    new = held(was, record.attended, await room_of(tx, deps, was, record.here), above)
    bodies = hosting(record.invited)
    for index, each in enumerate(bodies):
        deps.jurisdiction.body(each.body, f"invited[{index}].body")
    await act_as(tx, SYSTEM)
    no = await store.number(tx, new)
    await act_as(tx, viewer.staff_id)
    await store.save(tx, new, no)
    await store.attend(tx, new.sitting_id, record.attended)
    await store.invite(tx, new.sitting_id, bodies)
    publish.sitting_held(tx, new, viewer.staff_id)
    return await store.find(tx, new.sitting_id)


async def _is_recorded(tx: Tx, known: Sitting, record: Record) -> bool:
    attended = await store.attended(tx, known.sitting_id)
    invited = await store.invited(tx, known.sitting_id)
    return (
        known.state is State.HELD
        and set(attended.items()) == set(record.attended)
        and set(invited) == set(record.invited)
    )


async def _must_be_open(tx: Tx, viewer: Viewer, known: Sitting) -> None:
    if not await agenda.items(tx, known.sitting_id):
        raise Conflict("this sitting has no agenda yet")
    await act_as(tx, SYSTEM)
    dealt_with = await agenda.dealt_with(tx, known.sitting_id)
    await act_as(tx, viewer.staff_id)
    if dealt_with:
        raise Conflict("an outcome is recorded already: who was present stands", state=known.state)


async def settle(tx: Tx, deps: Deps, sitting_id: str, item_id: str, outcome: Outcome) -> None:
    """What came of an item, or what was wrong of that, until the item is closed.

    Raises `Invalid` as `settled` does, `Conflict` before the sitting was held or after, and
    `Unavailable` until intake has said whom the incident excludes.
    """
    for index, each in enumerate(outcome.decisions):
        deps.jurisdiction.body(each.body, f"decisions[{index}].body")
    sitting = await store.hold(tx, sitting_id)
    item = await agenda.item(tx, sitting_id, item_id)
    if sitting.state is not State.HELD:
        raise Conflict("this sitting was not held yet", state=sitting.state)
    if item.closed_at is not None:
        raise Conflict("this item is closed: what was decided stands")
    await matters.must_be_heard(tx, item.matter_id)
    room = await room_of(tx, deps, sitting, await present(tx, sitting_id))
    people = await staff.find(tx, [each.staff_id for each in room.members])
    away = await matters.hidden_from(tx, deps, item.matter_id, people.values())
    filled = settled(outcome, sitting, room, away)
    await agenda.record(tx, item, outcome, filled)


async def close(tx: Tx, deps: Deps, viewer: Viewer, sitting_id: str) -> None:
    """Closes each item that the viewer sees; what was decided is to be done from now on.

    Raises `Conflict` while one of them has no outcome. Safe to repeat.
    """
    sitting = await store.hold(tx, sitting_id)
    items = await agenda.items(tx, sitting_id)
    day = sitting.held_on
    if day is None or any(each.outcome is None for each in items):
        raise Conflict("an item has no outcome yet", state=sitting.state)
    for item in items:
        if item.closed_at is None:
            await agenda.close(tx, item)
            await actions.open_all(tx, deps, _actions(tx, item, day), viewer.staff_id)


def _actions(tx: Tx, item: Item, day: date) -> list[Action]:
    decisions: Sequence[Decision] = item.outcome.decisions if item.outcome else ()
    return [
        Action(
            action_id=tx.ids.new(),
            decision_id=each.decision_id,
            sitting_id=item.sitting_id,
            committee_id=item.committee_id,
            matter_id=item.matter_id,
            what=each.what,
            body=each.body,
            person=each.person,
            decided_on=day,
            due=each.due,
            control=each.control,
        )
        for each in decisions
    ]


async def _may_sit(tx: Tx, deps: Deps, committee: Committee, starts: datetime) -> None:
    day = starts.astimezone(deps.jurisdiction.zone).date()
    if not await registry.may_sit(tx, committee.committee_id, day):
        raise Invalid("starts", "is no day on which this committee is approved")
