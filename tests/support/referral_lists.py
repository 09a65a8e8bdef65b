"""Referral's lists over HTTP: cases are put into the database as referral saves them itself."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
from hypothesis import strategies as st

from deploy.local.stack import Stack
from services.referral.bodies import Part
from services.referral.handlers import lists as handlers
from services.referral.model.service_request import Offer, ServiceRequest
from services.referral.model.summary import awaited
from services.referral.store import requests
from shared.events.words import HELD, OPEN, Fulfilment, OfferStatus, Role, Urgency
from shared.security.tokens import Caller
from tests.support.referral import BLANK, MINUTE, NOON, numbered
from tests.support.referral_house import House, coordinator, opened, worker
from tests.support.tokens import bearer

ORGANISATION = "asylzat-naryn"
_NUMBERS = count(1)
WORKER = Caller("st-one", ORGANISATION, frozenset({Role.WORKER}))
COORDINATOR = Caller("st-coordinator", "ministry", frozenset({Role.COORDINATOR}), ("41704",))


@dataclass(slots=True)
class Lists:
    """One referral, its database, and its API as the stack's own process serves it."""

    house: House
    stack: Stack
    http: httpx.AsyncClient

    async def put(self, cases: Iterable[ServiceRequest]) -> list[ServiceRequest]:
        """Saves cases, new ones or as they are now."""
        saved = list(cases)
        async with self.house.db.transaction() as tx:
            await requests.save(tx, [(case, None) for case in saved])
        return saved

    async def ask(self, caller: Caller, path: str, **params: Any) -> httpx.Response:
        """One request, answered as it is."""
        headers = bearer(self.stack, caller)
        return await self.http.get(path, params=params, headers=headers)

    async def pages(self, caller: Caller, path: str, **params: Any) -> list[list[dict[str, Any]]]:
        """The rows of every page, from the top to where there is no cursor."""
        found: list[list[dict[str, Any]]] = []
        while True:
            answer = await self.ask(caller, path, **params)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            (rows,) = (value for value in page.values() if isinstance(value, list))
            found.append(rows)
            if "next" not in page:
                return found
            params["cursor"] = page["next"]


@asynccontextmanager
async def lists(stack: Stack) -> AsyncIterator[Lists]:
    """The lists of a stack that has ``referral.serve``, empty."""
    async with opened(stack) as house:
        async with house.db.transaction() as tx:
            await tx.execute("DELETE FROM offer")
            await tx.execute("DELETE FROM service_request")
        await house.knows(worker(ORGANISATION))
        await house.knows(coordinator())
        async with httpx.AsyncClient(base_url=stack.url("referral"), timeout=30) as http:
            yield Lists(house, stack, http)


def asked(
    urgency: Urgency,
    *,
    said: OfferStatus = OfferStatus.REQUESTED,
    answer_by: datetime = NOON,
    due: datetime | None = None,
    organisation: str = ORGANISATION,
    **changes: Any,
) -> ServiceRequest:
    """A case with one offer to an organisation; ``due``: the deadline of its present state."""
    offer = Offer(
        id=str(uuid4()),
        organisation=organisation,
        organisation_kind="crisis-centre",
        service="counselling",
        status=said,
        requested_at=NOON,
        answer_by=answer_by,
        decide_by=answer_by + MINUTE,
        deadline=due or answer_by,
        alert_id=str(uuid4()),
    )
    case = replace(
        BLANK,
        id=str(uuid4()),
        public_id=numbered(next(_NUMBERS)),
        incident_id=str(uuid4()),
        need_id=str(uuid4()),
        urgency=urgency,
        fulfilment=Fulfilment.OFFERING,
        offers=(offer,),
    )
    return replace(case, **changes)


def exhausted(urgency: Urgency, waited: timedelta = timedelta(), **changes: Any) -> ServiceRequest:
    """A case that nobody is left for, since so long before noon."""
    gone: dict[str, Any] = {"offers": (), "fulfilment": Fulfilment.EXHAUSTED}
    return asked(urgency, opened_at=NOON - waited, **gone | changes)


OFFERED = st.tuples(
    st.sampled_from(Urgency),
    st.sampled_from(sorted(OPEN | HELD)),
    st.integers(0, 2).map(lambda n: NOON + n * MINUTE),
)
TURNS = st.lists(
    st.lists(st.tuples(st.integers(0, 20), st.sampled_from(OfferStatus) | OFFERED), max_size=3),
    max_size=12,
)


async def paged(here: Lists, before: list[Any], turns: list[list[Any]], limit: int) -> None:
    """Reads the queue in pages, with ``turns`` of changes between them; it holds what was promised.

    That is: what stayed is found, in the list's order, and nothing twice in one place.
    """
    async with here.house.db.transaction() as tx:
        await tx.execute("DELETE FROM offer")
    cases = [asked(urgency, said=said, answer_by=at) for urgency, said, at in before]
    stayed = {case.id for case in await here.put(cases)}
    viewer, cursor, found = worker(ORGANISATION), None, list[ServiceRequest]()
    while True:
        async with here.house.as_seen_by(viewer) as tx:
            page = await handlers.queue(
                tx, here.house.deps, viewer, Part(cursor=cursor, limit=limit)
            )
        found += [each.request for each in page.rows]
        assert page.next is None or len(page.rows) == limit
        cursor = page.next
        if cursor is None:
            break
        for which, change in turns.pop(0) if turns else ():
            if isinstance(change, tuple):
                cases.append(asked(change[0], said=change[1], answer_by=change[2]))
                await here.put(cases[-1:])
            elif cases:
                number = which % len(cases)
                (offer,) = cases[number].offers
                stayed.discard(cases[number].id)
                cases[number] = replace(cases[number], offers=(replace(offer, status=change),))
                await here.put([cases[number]])
    assert stayed <= {case.id for case in found}
    assert [place(case) for case in found] == sorted(place(case) for case in found)
    assert len({(case.id, place(case)) for case in found}) == len(found)


def place(case: ServiceRequest) -> tuple[bool, int, datetime]:
    """By what the queue is sorted."""
    (offer,) = case.offers
    _, due = awaited(offer) or (None, offer.answer_by)
    return offer.status in HELD, case.urgency.rank, due
