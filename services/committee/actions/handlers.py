"""Handlers of actions: opened when an item is closed, reported on, and reminded of in time."""

from collections.abc import Sequence

from services.committee import matters, publish
from services.committee.actions import store
from services.committee.actions.model import (
    Action,
    Pace,
    Report,
    Terms,
    changed,
    next_reminder,
    reminder,
    reported,
)
from services.committee.deps import Deps
from services.committee.registry import store as registry
from shared.db import Tx
from shared.errors import Invalid
from shared.jurisdiction import Jurisdiction
from shared.security import staff


async def open_all(tx: Tx, deps: Deps, actions: Sequence[Action], by: str) -> None:
    """What was decided is to be done from now on."""
    pace = pace_of(deps.jurisdiction)
    for action in actions:
        await store.add(tx, action, next_reminder(action, pace, tx.now), by)
        publish.action_changed(tx, action, by)


async def report(tx: Tx, deps: Deps, action_id: str, said: Report, by: str) -> Action:
    """What became of an action; raises `NotFound`, and `Invalid` for a day that cannot be."""
    pace = pace_of(deps.jurisdiction)
    known = await store.hold(tx, action_id)
    if (known.status, known.reported_on) == (said.status, said.on):
        return known
    new = reported(known, said, pace.day(tx.now))
    await store.save(tx, new, next_reminder(new, pace, tx.now), by)
    publish.action_changed(tx, new, by)
    return new


async def change(tx: Tx, deps: Deps, action_id: str, terms: Terms, by: str) -> Action:
    """Another day, or somebody else sees to it.

    Raises as `changed` does, and `Invalid` for whoever is no member now or must not know of it.
    """
    pace = pace_of(deps.jurisdiction)
    known = await store.hold(tx, action_id)
    if (known.due, known.person) == (terms.due, terms.person):
        return known
    new = changed(known, terms)
    if terms.person not in (None, known.person):
        await _must_serve(tx, deps, new, pace)
    await store.save(tx, new, next_reminder(new, pace, tx.now), by)
    publish.action_changed(tx, new, by)
    return new


async def _must_serve(tx: Tx, deps: Deps, action: Action, pace: Pace) -> None:
    await matters.must_be_heard(tx, action.matter_id)
    who = action.person
    known = await staff.find(tx, [who] if who else [])
    hidden = await matters.hidden_from(tx, deps, action.matter_id, known.values())
    if who in hidden or who not in await _sitting(tx, action, pace):
        raise Invalid("person", "must be a member now who did not leave this item")


async def _sitting(tx: Tx, action: Action, pace: Pace) -> frozenset[str]:
    """Staff ids of those who are members of its committee today."""
    day, members = pace.day(tx.now), await registry.members(tx, action.committee_id)
    return frozenset(each.staff_id for each in members if each.sits(day))


async def remind(tx: Tx, deps: Deps, action: Action) -> None:
    """Has whoever sees to it, and the secretary, told; nobody twice, and nobody whom it is hidden
    from."""
    pace = pace_of(deps.jurisdiction)
    text = reminder(action, pace, tx.now)
    if text is not None:
        for staff_id in await _told(tx, deps, action, pace):
            publish.reminder(tx, action, text, staff_id, pace.ends(tx.now))
    await store.reminded(tx, action.action_id, next_reminder(action, pace, tx.now))


def pace_of(country: Jurisdiction) -> Pace:
    """When people are reminded here."""
    rules = country.profile.sittings
    return Pace(rules.remind_days, rules.remind_hour, country.zone)


async def _told(tx: Tx, deps: Deps, action: Action, pace: Pace) -> list[str]:
    """The member who sees to it and the secretary; the chair where both may not know of it, or sit
    there no more."""
    committee = await registry.find(tx, action.committee_id)
    sitting = await _sitting(tx, action, pace)
    wanted = [
        each for each in (action.person, committee.secretary, committee.chair) if each in sitting
    ]
    known = await staff.find(tx, wanted)
    serving = [
        known[each]
        for each in dict.fromkeys(wanted)
        if each in known
        and known[each].active
        and known[each].organisation == committee.organisation
    ]
    hidden = await matters.hidden_from(tx, deps, action.matter_id, serving)
    open_to = [each.staff_id for each in serving if each.staff_id not in hidden]
    nearer = [each for each in open_to if each in (action.person, committee.secretary)]
    return nearer or open_to
