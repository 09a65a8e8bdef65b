"""Every door of referral's HTTP about a case, and every way in which somebody may be known."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from deploy.local.stack import Stack
from services.referral.model.service_request import ServiceRequest
from services.referral.store import requests
from shared.events.words import OfferStatus, Role
from shared.security.excluded_staff import staff_digest
from shared.security.tags import Tagger
from shared.security.tokens import Caller
from tests.support.referral_house import House, opened, worker
from tests.support.tokens import bearer

PHONE = "+996000777001"
NAME = "Асан Үсөнов"
TAGS = Tagger((b"the key of the tags, of notify alone",))
HOLDER = "st-holder"
LATER = "2026-12-07T10:00:00+06:00"

Body = dict[str, Any] | None
OF_OFFERS: dict[str, Body] = {
    "received": {},
    "accept": {},
    "reject": {"reason": "at-capacity"},
    "ticket": None,
    "on-the-way": None,
    "start": None,
    "hold": {"reason": "waiting-for-papers", "review_at": LATER},
    "resume": None,
    "complete": {"outcome": "helped"},
    "release": None,
    "fail": {"reason": "other"},
    "handover": {"to": HOLDER, "reason": "end-of-shift"},
    "cancel": {"reason": "coordinator"},
    "void": {"reason": "entered-twice"},
}
FOR_OTHERS: dict[str, Body] = {
    verb: (OF_OFFERS[verb] or {}) | {"on_behalf_of": HOLDER}
    for verb in ("received", "accept", "reject")
}
OF_REQUESTS: dict[str, Body] = {
    "offers": {"service": "sezim-bishkek-counselling"},
    "close": {"reason": "nobody-can-help"},
    "open-again": None,
    "void": {"reason": "entered-twice"},
}


NOT_GIVEN = "222222"
"""A public id that no test gives."""


def everything(offer_id: str, request_id: str, public_id: str) -> list[tuple[str, str, Body]]:
    """Method, path and body of everything that can be asked or done about one case by its ids."""
    offer, request = f"/offers/{offer_id}", f"/service-requests/{request_id}"
    named, could = f"/cases/{public_id}", f"{request}/candidates"
    posts = [(f"{offer}/{verb}", body) for verb, body in OF_OFFERS.items()]
    posts += [(f"{offer}/{verb}", body) for verb, body in FOR_OTHERS.items()]
    posts += [(f"{request}/{verb}", body) for verb, body in OF_REQUESTS.items()]
    gets = [("GET", path, None) for path in (offer, request, could, named)]
    return [*gets, *(("POST", *each) for each in posts)]


def lists(role: Role, public_id: str) -> list[str]:
    """Every list that a role may ask for, whole and by a public id."""
    found = ["/queue"] if role is Role.WORKER else ["/queue", "/service-requests?limit=200"]
    by_id = [f"{path.partition('?')[0]}?public_id={public_id}" for path in found]
    return by_id + found


@dataclass(slots=True)
class Doors:
    """One referral behind its HTTP, and its house."""

    house: House
    stack: Stack
    http: httpx.AsyncClient
    _nothing: dict[Role, list[Any]] = field(default_factory=dict)

    async def nothing(self, caller: Caller, role: Role) -> list[Any]:
        """What everything that can be asked answers of a case that is not there, asked once."""
        if role not in self._nothing:
            asked = everything("none", "none", NOT_GIVEN)
            self._nothing[role] = [await self.ask(caller, *each) for each in asked]
        return self._nothing[role]

    async def ask(self, caller: Caller, method: str, path: str, body: Body = None) -> Any:
        """One request of somebody's: the status, and what it says."""
        answer = await self.http.request(
            method, path, json=body, headers=bearer(self.stack, caller)
        )
        return answer.status_code, answer.json()

    async def case(self, status: OfferStatus, **reported: Any) -> ServiceRequest:
        """A case whose first offer is asked for, or held by somebody else of the organisation."""
        request = await self.house.reported(**reported)
        offer = request.offers[0]
        moved = replace(offer, status=status)
        if status is OfferStatus.ACCEPTED:
            moved = replace(moved, person=HOLDER, accepted_at=offer.requested_at)
        await self.house.knows(worker(offer.organisation, HOLDER))
        return await self.saved(replace(request, offers=(moved,)))

    async def saved(self, request: ServiceRequest) -> ServiceRequest:
        """A case as it is to be from now on."""
        async with self.house.db.transaction() as tx:
            await requests.save(tx, [(request, None)])
        return request


@asynccontextmanager
async def doors(stack: Stack) -> AsyncIterator[Doors]:
    """The doors of a stack that has ``referral.serve``."""
    async with (
        opened(stack) as house,
        httpx.AsyncClient(base_url=stack.url("referral"), timeout=30) as http,
    ):
        yield Doors(house, stack, http)


def caller_of(role: Role, organisation: str) -> Caller:
    """Somebody of a case's organisation, or who coordinates its territory; at first unsuspected."""
    if role is Role.WORKER:
        return Caller("st-accused", organisation, frozenset({role}), ("41704245",))
    return Caller("st-accused", "ministry", frozenset({role}), ("41704245",))


def tags_of(caller: Caller) -> frozenset[str]:
    """What notify says of them."""
    return TAGS.person(caller.staff_id, NAME, caller.organisation, [PHONE])


Hiding = Callable[[House, str, Caller], dict[str, Any]]


def _keyed(tags: Callable[[Caller], frozenset[str]]) -> Hiding:
    def hiding(house: House, incident_id: str, caller: Caller) -> dict[str, Any]:
        return {"excluded_digests": house.deps.digests.of(incident_id, tags(caller))}

    return hiding


KNOWN_BY: dict[str, Hiding] = {
    "id": _keyed(lambda caller: TAGS.staff(caller.staff_id)),
    "id, by a release before": lambda _house, incident_id, caller: {
        "excluded_staff": (staff_digest(incident_id, caller.staff_id),)
    },
    "phone": _keyed(lambda _caller: TAGS.phone(PHONE)),
    "name and organisation": _keyed(lambda caller: TAGS.name("Усонов Асан", caller.organisation)),
    "organisation": lambda _house, _incident_id, caller: {
        "excluded_organisations": (caller.organisation,)
    },
    "place": lambda _house, _incident_id, _caller: {"excluded_places": ("41704245",)},
}
"""How an incident excludes somebody, by the word for it: the fields of its service request."""
