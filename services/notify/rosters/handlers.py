"""Handlers of rosters: they are kept and shown, and say who is on duty now."""

from collections.abc import Mapping
from dataclasses import replace

from services.notify.people import store as people
from services.notify.people.model import REMOVED, UNKNOWN, Person
from services.notify.rosters import store
from services.notify.rosters.duty import LocalDays, of_tier, on_duty
from services.notify.rosters.model import Roster, checked
from shared.db import Tx
from shared.errors import Invalid, NotFound
from shared.jurisdiction import Jurisdiction


async def put_roster(jurisdiction: Jurisdiction, tx: Tx, roster: Roster, by: str) -> None:
    """Writes a roster; raises `Invalid` naming the field that cannot be.

    An organisation that is no longer in the directory takes no new roster: nobody will be asked
    there. One that it has can be changed, for an offer may still be open.
    """
    checked(roster)
    organisation = await people.organisation(tx, roster.organisation)
    if organisation is None:
        raise Invalid("organisation", UNKNOWN)
    if not organisation.listed and not await _is_kept(tx, roster):
        raise Invalid("organisation", REMOVED)
    known = await people.by_id(tx, roster.people)
    for position, staff_id in enumerate(roster.people):
        if staff_id not in known:
            raise Invalid(f"people[{position}]", "is not in the register")
        if not known[staff_id].may_have_cases:
            raise Invalid(f"people[{position}]", "has no role in which to take a case")
    phone = roster.phone and jurisdiction.phone(roster.phone)
    await store.save(tx, replace(roster, phone=phone), by)


async def _is_kept(tx: Tx, roster: Roster) -> bool:
    kept = await store.of_organisations(tx, [roster.organisation])
    return any(each.roster_id == roster.roster_id for each in kept[roster.organisation])


async def of_organisation(tx: Tx, organisation: str) -> list[tuple[Roster, Mapping[str, Person]]]:
    """Its rosters that the caller may see, each beside whom of it they may see, by staff id."""
    plan = (await store.of_organisations(tx, [organisation]))[organisation]
    known = await people.by_id(tx, {each for roster in plan for each in roster.people})
    return [(roster, known) for roster in plan]


async def show(tx: Tx, roster_id: str) -> tuple[Roster, Mapping[str, Person]]:
    """One as `of_organisation` has it; raises `NotFound` also when the caller may not see it."""
    roster = await store.by_id(tx, roster_id)
    if roster is None:
        raise NotFound
    return roster, await people.by_id(tx, roster.people)


async def remove(tx: Tx, roster_id: str, by: str) -> None:
    """Deletes a roster; raises `NotFound`."""
    if not await store.remove(tx, roster_id, by):
        raise NotFound


async def who_is_on_duty(tx: Tx, organisation: str, days: LocalDays) -> dict[int, list[Person]]:
    """Who is on duty now, by tier and in order: those whom the caller may see."""
    plan = (await store.plans(tx, [organisation], tx.now))[organisation]
    crews = on_duty(plan, tx.now, days)
    known = await people.by_id(tx, plan.people)
    return {
        tier: [known[each] for each in of_tier(crews, tier) if each in known and known[each].serves]
        for tier in plan.tiers
    }
