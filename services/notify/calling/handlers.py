"""Whom to call: who is on duty now for an offer, and a private number by a recorded reading.

Whoever is excluded from the case is neither answered nor listed; unknown, foreign and excluded
look alike.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from services.notify.calling import store
from services.notify.calling.model import CODE_ENDS, Asker, Callable, Duty
from services.notify.calling.store import Reading
from services.notify.codes import store as codes
from services.notify.delivery.model import Offer
from services.notify.delivery.store import offers
from services.notify.deps import Deps
from services.notify.people import store as people
from services.notify.people.model import Person
from services.notify.rosters.serving import Staff
from services.notify.visibility import Looker, must_coordinate
from shared.db import Tx
from shared.errors import NotFound, RetryLater, Unprocessable
from shared.events.words import SYSTEM, Role
from shared.security.tags import ExcludedPeople
from shared.security.visibility import Viewer, act_as

NONE = ""
"""An id that is nobody's: what is looked up instead of what is not there."""


async def whom_to_call(
    tx: Tx, deps: Deps, viewer: Viewer, offer_ids: Sequence[str], at: str | None = None
) -> list[Callable]:
    """For each of these offers that the caller may act on: who is on duty there now, or ``at``
    another organisation.

    Offers that they may not know of are left out. Colleagues of a police unit in which an excluded
    party serves are not answered, nor listed.
    """
    deps = replace(deps, exclusions=deps.exclusions.remembering())
    seen = await _seen(tx, deps, viewer, offer_ids)
    await act_as(tx, SYSTEM)
    staff = await Staff.of(tx, (at or each.organisation for each, _ in seen), deps.days)
    told = await codes.of_offers(tx, deps.codes, [offer.offer_id for offer, _ in seen])
    found = []
    for offer, lists in seen:
        excluded = _excluded(deps, lists)
        if excluded is None:
            continue
        code = told.get((offer.offer_id, viewer.staff_id))
        found.append(
            Callable(
                offer_id=offer.offer_id,
                organisation=at or offer.organisation,
                code_ends=code[-CODE_ENDS:] if code else None,
                on_duty=_on_duty(deps, staff, at or offer.organisation, excluded),
            )
        )
    return found


async def _seen(
    tx: Tx, deps: Deps, viewer: Viewer, offer_ids: Sequence[str]
) -> list[tuple[Offer, list[str]]]:
    """Those of these offers that the caller may act on, with the sealed lists of their cases.

    The steps are the same for each, whatever becomes of it.
    """
    looker, asked = await Looker.of(tx, viewer), await offers.by_id(tx, offer_ids)
    organisations = [offer.organisation for offer in asked.values()]
    served = await store.served(tx, viewer.organisation, organisations)
    beside: dict[str, list[Offer]] = defaultdict(list)
    for each in await store.beside(tx, (offer.service_request_id for offer in asked.values())):
        beside[each.service_request_id].append(each)
    asker = Asker(
        staff_id=viewer.staff_id,
        organisation=viewer.organisation,
        worker=viewer.has(Role.WORKER),
        coordinates=await store.coordinated(tx, organisations),
        areas=viewer.areas if viewer.has(Role.COORDINATOR) else (),
        serves_for=served if viewer.has(Role.OPERATOR) else (),
    )
    seen = []
    for offer_id in dict.fromkeys(offer_ids):
        offer = asked.get(offer_id)
        siblings = beside[offer.service_request_id] if offer else []
        lists = _lists(siblings)
        sealed: list[str | None] = [*lists] or [None]
        learns = [looker.may_learn(deps.exclusions, each) for each in sealed]
        if offer is not None and all(learns) and asker.may_call(offer, siblings):
            seen.append((offer, lists))
    return seen


async def at_organisation(
    tx: Tx, deps: Deps, viewer: Viewer, offer_id: str, organisation: str | None
) -> Callable:
    """Who is on duty where the offer was made, or at another organisation that was asked too; for
    its coordinators also at one that they could have asked.

    Raises `NotFound` when the caller may not act on it, or there.
    """
    wanted, at = [offer_id], None
    if organisation is not None:
        known = await offers.by_id(tx, [offer_id])
        siblings = await store.beside(tx, [each.service_request_id for each in known.values()])
        wanted = [each.offer_id for each in siblings if each.organisation == organisation]
        if not wanted and organisation in await store.coordinated(tx, [organisation]):
            wanted, at = [offer_id], organisation
    if found := await whom_to_call(tx, deps, viewer, wanted or [NONE], at):
        return found[0]
    raise NotFound("no such offer")


async def private_number(tx: Tx, deps: Deps, viewer: Viewer, asked: Reading) -> Person:
    """Somebody's private number, for the coordinator of the territory, once it is recorded.

    Raises `NotFound` for anybody else, and for whoever does not serve there or is excluded.
    """
    offer = (await offers.by_id(tx, [asked.offer_id])).get(asked.offer_id)
    await must_coordinate(tx, viewer, deps.exclusions, offer)
    person = (await people.by_id(tx, [asked.staff_id])).get(asked.staff_id)
    organisation = person.organisation if person else NONE
    theirs = organisation in await store.coordinated(tx, [organisation])
    lists = _lists(await store.beside(tx, [offer.service_request_id] if offer else []))
    looker = await Looker.of(tx, viewer)
    learns = [looker.may_learn(deps.exclusions, each) for each in lists]
    excluded = _excluded(deps, lists)
    members = (await people.of_organisations(tx, [organisation]))[organisation]
    if (
        person is None
        or excluded is None
        or not (person.active and theirs and all(learns))
        or deps.exclusions.hits(excluded, person)
        or deps.exclusions.hits_unit(excluded, members)
    ):
        raise NotFound("nobody of that id serves there")
    await store.record(tx, asked)
    return person


def _lists(siblings: Sequence[Offer]) -> list[str]:
    """The sealed lists of a service request: one, or more when somebody was added later."""
    return list(dict.fromkeys(each.excluded_people for each in siblings if each.excluded_people))


def _excluded(deps: Deps, lists: Sequence[str]) -> ExcludedPeople | None:
    """Who must not learn of it; none if a list cannot be read: then nobody is listed."""
    try:
        return deps.exclusions.read(*lists)
    except (Unprocessable, RetryLater):
        return None


def _unit(deps: Deps, staff: Staff, organisation: str, excluded: ExcludedPeople) -> bool:
    return deps.exclusions.hits_unit(excluded, staff.members.get(organisation, []))


def _on_duty(
    deps: Deps, staff: Staff, organisation: str, excluded: ExcludedPeople
) -> tuple[Duty, ...]:
    """Tier by tier, without whoever must not know, and without any number that they may answer."""
    if _unit(deps, staff, organisation, excluded):
        return ()
    tiers = {tier: staff.serving(organisation, tier) for tier in staff.tiers(organisation)}
    hidden = {
        each.staff_id: each.desk_phone
        for each in {*staff.members.get(organisation, []), *chain(*tiers.values())}
        if deps.exclusions.hits(excluded, each)
    }
    numbers = {tier: staff.duty_phones(organisation, tier) for tier in tiers}
    shared = set(hidden.values()) | {
        number
        for tier, serving in tiers.items()
        if any(each.staff_id in hidden for each in serving)
        for number in numbers[tier]
    }
    found = [
        Duty(
            tier=tier,
            phones=tuple(each for each in numbers[tier] if each not in shared),
            people=tuple(
                replace(each, desk_phone=None) if each.desk_phone in shared else each
                for each in serving
                if each.staff_id not in hidden
            ),
        )
        for tier, serving in tiers.items()
    ]
    return tuple(each for each in found if each.people or each.phones)
