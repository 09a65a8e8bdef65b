"""Handlers of overrides: somebody is absent, stands in or serves as well; and back again."""

from collections.abc import Mapping

from services.notify.people import store as people
from services.notify.people.model import Person
from services.notify.rosters import store
from services.notify.rosters.model import Override, checked_override
from shared.db import Tx
from shared.errors import Invalid, NotFound


async def make(tx: Tx, wanted: Override) -> Mapping[str, Person]:
    """Writes an override; whom it names, as far as the register has them.

    Raises `NotFound` when there is no such roster, and `Invalid` naming the field that cannot be.
    """
    roster = await store.by_id(tx, wanted.roster_id)
    if roster is None:
        raise NotFound
    plan = (await store.plans(tx, [roster.organisation], tx.now))[roster.organisation]
    others = (each for each in plan.overrides if each.roster_id == roster.roster_id)
    checked_override(wanted, roster, frozenset(each.steps_in for each in others if each.steps_in))
    known = await people.by_id(tx, [each for each in (wanted.leaves, wanted.steps_in) if each])
    if wanted.steps_in is not None:
        _check_serves(known.get(wanted.steps_in))
    await store.save_override(tx, wanted)
    return known


def _check_serves(person: Person | None) -> None:
    if person is None:
        raise Invalid("in", "is not in the register")
    if not person.active:
        raise Invalid("in", "does not serve any more")
    if not person.may_have_cases:
        raise Invalid("in", "has no role in which to take a case")


async def take_back(tx: Tx, roster_id: str, override_id: str, by: str) -> None:
    """The roster holds again as if the override had not been made; a second time changes nothing.

    Raises `NotFound` when there is none.
    """
    if not await store.take_back(tx, roster_id, override_id, by):
        raise NotFound
