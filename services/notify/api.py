"""Routes of notify's HTTP: the register, and who was told; rosters have their own beside it.

They parse, hand on and return. No rule and no SQL stands here.
"""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from services.notify import api_calendars, api_people, api_rosters, api_telephone
from services.notify.bodies import MentionBody, NumberBody, PersonBody
from services.notify.callers import (
    AdministratorTx,
    Asked,
    CallingTx,
    CoordinatorTx,
    DepsOf,
    RegisterTx,
    ReportingTx,
)
from services.notify.calling import handlers as calling
from services.notify.calling.store import Reading
from services.notify.delivery.store import deliveries, offers
from services.notify.delivery.store.deliveries import Delivery
from services.notify.people import handlers as people
from services.notify.people import matches, members
from services.notify.people import store as register
from services.notify.views import CallView, MatchesView, NumberView, OwnView, PersonView
from services.notify.visibility import must_coordinate, must_serve
from shared.errors import Gone, NotFound
from shared.events.words import SYSTEM, Role
from shared.http.schemas import PathId
from shared.http.web import Authenticated, Db, Viewing
from shared.security.visibility import act_as

router = APIRouter()
router.include_router(api_people.router)
router.include_router(api_rosters.router)
router.include_router(api_telephone.router)
router.include_router(api_calendars.router)
MOST_CALLS = 50
"""Offers of a screen, or of a page of one: each takes some work."""
Offers = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=64)]],
    Query(min_length=1, max_length=MOST_CALLS, description="Their ids, once each."),
]


@router.put("/organisations/{organisation}", status_code=410, deprecated=True)
async def put_organisation(organisation: PathId, tx: AdministratorTx) -> None:  # noqa: ARG001
    """Gone: which organisations there are, and of what kind, the directory says."""
    raise Gone("the directory says which organisations there are: change it there")


@router.put("/people/{staff_id}")
async def put_person(
    staff_id: PathId, tx: RegisterTx, deps: DepsOf, viewer: Viewing, body: PersonBody
) -> PersonView:
    """Makes or changes an entry of the register. For administrators; a committee's secretary enters
    and changes its members, without contacts in the answer."""
    country, exclusions, wanted = deps.jurisdiction, deps.exclusions, body.person(staff_id)
    if viewer.has(Role.ADMINISTRATOR):
        kept = await people.put_person(country, exclusions, tx, wanted, viewer.staff_id)
    else:
        await must_serve(tx, viewer, exclusions)
        kept = await members.put_member(country, exclusions, tx, viewer, wanted)
    return PersonView.of(kept)


@router.get("/me")
async def show_me(caller: Authenticated, db: Db) -> OwnView:
    """The caller's own entry of the register; not found for somebody who serves nowhere now.

    Whatever else the token says: who asks is about to learn what it may say.
    """
    async with db.transaction() as tx:
        found = (await register.by_id(tx, [caller.staff_id])).get(caller.staff_id)
    if found is None or not found.active:
        raise NotFound
    return OwnView.of(found)


@router.post("/people/matches")
async def find_matches(
    tx: ReportingTx, deps: DepsOf, viewer: Viewing, body: MentionBody
) -> MatchesView:
    """Who of the register may be meant by a name, five at most. For whoever may report.

    Each asking is recorded, and after twenty in an hour refused. Whoever is chosen or not, a report
    hides the case from all whom its own words mean.
    """
    area = body.area(deps.jurisdiction.territories)
    await must_serve(tx, viewer, deps.exclusions)
    await matches.record(tx, viewer.staff_id, organisation=body.organisation, area=area)
    await act_as(tx, SYSTEM)
    found = await matches.find(tx, body.name, organisation=body.organisation, area=area)
    return MatchesView.of(found)


@router.get("/offers/{offer_id}/deliveries")
async def list_deliveries(
    offer_id: PathId, tx: CoordinatorTx, deps: DepsOf, viewer: Viewing
) -> list[Delivery]:
    """Who was told of an offer, when, how, and what became of it. For its coordinators."""
    offer = (await offers.by_id(tx, [offer_id])).get(offer_id)
    await must_coordinate(tx, viewer, deps.exclusions, offer)
    return await deliveries.deliveries(tx, offer_id)


@router.get("/offers")
async def list_calls(tx: CallingTx, deps: DepsOf, viewer: Viewing, offer: Offers) -> list[CallView]:
    """Whom to call about each of these offers now, as far as the caller may act on them.

    Duty and desk numbers of whoever is on duty, without anybody excluded from the case; and the
    last signs of the caller's own reply code. What they may not know of is left out.
    """
    found = await calling.whom_to_call(tx, deps, viewer, offer)
    return [CallView.of(each) for each in found]


@router.get("/offers/{offer_id}/on-duty")
async def show_calls(
    offer_id: PathId,
    tx: CallingTx,
    deps: DepsOf,
    viewer: Viewing,
    organisation: Asked | None = None,
) -> CallView:
    """Whom to call about an offer now; with ``organisation``, at another one that was asked too,
    or that its coordinators could have asked.

    For staff of the organisation that was asked, operators of a desk that answers for it,
    coordinators of its territory or of the case's, and the case holder.
    """
    return CallView.of(await calling.at_organisation(tx, deps, viewer, offer_id, organisation))


@router.post("/offers/{offer_id}/private-number")
async def read_private_number(
    offer_id: PathId, tx: CoordinatorTx, deps: DepsOf, viewer: Viewing, body: NumberBody
) -> NumberView:
    """The private number of somebody in the caller's territory, when nobody else answers.

    For its coordinators. Who read whose number, when and why is recorded before it is answered.
    """
    asked = Reading(
        reading_id=tx.ids.new(),
        read_by=viewer.staff_id,
        organisation=viewer.organisation,
        staff_id=body.staff_id,
        offer_id=offer_id,
        reason=body.reason,
    )
    person = await calling.private_number(tx, deps, viewer, asked)
    return NumberView(
        reading_id=asked.reading_id,
        read_at=tx.now,
        staff_id=person.staff_id,
        name=person.name,
        phone=person.phone,
    )
