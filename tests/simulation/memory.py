"""Referral's tables in memory: its real handlers, acts and jobs run on them without I/O.

What a statement of PostgreSQL answers is answered here from values, and nothing is decided here.
``test_memory.py`` holds both to the same answers.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.referral.directory.model import Directory
from services.referral.model.facts import Decision
from services.referral.model.matching import Match
from services.referral.model.service_request import Offer, ServiceRequest
from services.referral.store import capacity, places, public_ids
from services.referral.store.capacity import Capacity
from services.referral.store.decisions import Look
from shared.db import Tx
from shared.events import Act, Body, Event
from shared.events.words import Fulfilment, OfferStatus, ServiceRequestStatus, Urgency
from shared.ids import Ids
from shared.security import staff, visibility
from shared.security.staff import Member

LIVING = frozenset(
    {
        OfferStatus.REQUESTED,
        OfferStatus.RECEIVED,
        OfferStatus.ACCEPTED,
        OfferStatus.IN_PROGRESS,
        OfferStatus.ON_HOLD,
    }
)
"""States that may have a place or a deadline. The simulation's own words, not the model's."""


Decided = tuple[ServiceRequest | None, Decision, Event[Any] | None]
"""A decision, what it was made from, and the event that led to it."""
Said = tuple[Body, str, int, Act | None]
"""An event: its body, its aggregate, the version of that, and the act behind it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look at the directory found, and the places it was told of."""

    found: Match
    free: Mapping[str, int]
    takeable: frozenset[str]


@dataclass(slots=True)
class Shelf:
    """Every service request as it was last committed, and what the tables' indexes would find."""

    requests: dict[str, ServiceRequest] = field(default_factory=dict)
    of_offer: dict[str, str] = field(default_factory=dict)
    of_need: dict[tuple[str, str], str] = field(default_factory=dict)
    due: dict[str, datetime] = field(default_factory=dict)
    living: dict[str, tuple[Offer, ...]] = field(default_factory=dict)
    staff: dict[str, Member] = field(default_factory=dict)

    def copy(self) -> "Shelf":
        """What a transaction that is lost goes back to."""
        kept = (self.requests, self.of_offer, self.of_need, self.due, self.living, self.staff)
        return Shelf(*(each.copy() for each in kept))  # type: ignore[arg-type]  # dicts of theirs

    def put(self, request: ServiceRequest) -> None:
        """Saves one aggregate, whole."""
        before = self.requests.get(request.id)
        self.requests[request.id] = request
        self.of_need[request.incident_id, request.need_id] = request.id
        for offer in request.offers[len(before.offers) if before else 0 :]:
            self.of_offer[offer.id] = request.id
        living = tuple(offer for offer in request.offers if offer.status in LIVING)
        self.living.pop(request.id, None)
        if living:
            self.living[request.id] = living
        due = request.next_due
        self.due.pop(request.id, None)
        if due is not None:
            self.due[request.id] = due

    def placed(self) -> Iterator[tuple[ServiceRequest, Offer]]:
        """Every living offer, with its service request."""
        for request_id, offers in self.living.items():
            request = self.requests[request_id]
            for offer in offers:
                yield request, offer


class MemoryTx(Tx):
    """One transaction on a shelf. ``decided``, ``looks``, ``said`` are kept for the laws."""

    def __init__(self, shelf: Shelf, now: datetime, ids: Ids) -> None:
        self.shelf = shelf
        self.now = now
        self.ids = ids
        self.cause: Event[Any] | None = None
        self.decided: list[Decided] = []
        self.latest: dict[str, ServiceRequest] = {}
        self.looks: list[Look] = []
        self.seen: dict[int, Seen] = {}
        self.said: list[Said] = []
        self.capacity: Capacity | None = None

    async def fetch(self, query: str, *args: Any) -> list[Any]:
        """The statements of `capacity` and of the staff; there are no others."""
        return _ANSWERS[query](self.shelf, *args)

    async def execute(self, query: str, *_args: Any) -> str:
        """Settings of the session and rows to lock need no memory."""
        if query not in (visibility.ACTING, places.PLACES):
            raise LookupError(f"the simulation knows no such statement: {query}")
        return ""

    def emit(self, body: Body, *, subject: str, version: int, act: Act | None = None) -> None:
        """Kept, and delivered by the world once the transaction is committed."""
        self.said.append((body, subject, version, act))

    @contextmanager
    def because(self, event: Event[Any]) -> Iterator[None]:
        """What is decided inside comes of this event."""
        before, self.cause = self.cause, event
        yield
        self.cause = before

    def wake(self, channel: str = "wake") -> None:
        """The world looks at `Shelf.due` after each step."""

    def decide(self, decision: Decision) -> None:
        """A decision was settled; beside it goes what it was made from."""
        request = decision.request
        before = self.latest.get(request.id) or self.shelf.requests.get(request.id)
        self.decided.append((before, decision, self.cause))
        self.latest[request.id] = request


def _lock(_shelf: Shelf, services: list[str]) -> list[Any]:
    nothing = {"places": None, "instead_of": None, "said_by": None, "said_at": None, "raised": 0}
    return [{"service": service, **nothing} for service in services]


def _held(
    shelf: Shelf, services: list[str], held: list[str], open_: list[str], now: datetime
) -> list[Any]:
    found = dict.fromkeys(services, 0)
    for request, offer in shelf.placed():
        if offer.service not in found:
            continue
        until = offer.requested_at + request.policy.hold
        if offer.status in held or (offer.status in open_ and until > now):
            found[offer.service] += 1
    return [{"service": service, "held": held} for service, held in found.items() if held]


def _takeable(
    shelf: Shelf, service: str, now: datetime, urgencies: list[str], limit: int
) -> list[Any]:
    found = [
        (urgencies.index(request.urgency), -offer.requested_at.timestamp(), offer.id, request)
        for request, offer in shelf.placed()
        if offer.service == service
        and offer.status is OfferStatus.REQUESTED
        and offer.requested_at + request.policy.hold > now
        and request.urgency in urgencies
    ]
    found.sort(key=lambda each: each[:3])
    return [
        {"id": request.id, "offer_id": offer_id, "urgency": request.urgency.value}
        for *_, offer_id, request in found[:limit]
    ]


def _staff(shelf: Shelf, staff_ids: list[str]) -> list[Any]:
    return [
        {name: getattr(shelf.staff[each], name) for name in Member.__slots__}
        for each in staff_ids
        if each in shelf.staff
    ]


def _claim(shelf: Shelf, drawn: list[str]) -> list[Any]:
    given = {request.public_id for request in shelf.requests.values()}
    return [{"public_id": each} for each in drawn if each not in given]


_ANSWERS: dict[str, Callable[..., list[Any]]] = {
    places.LOCK: _lock,
    capacity.HELD_PLACES: _held,
    capacity.TAKEABLE: _takeable,
    staff.FIND: _staff,
    public_ids.CLAIM: _claim,
}


# --- the functions of `services.referral.store.requests`, by their names -------------------------


def _shelf(tx: Tx) -> Shelf:
    if not isinstance(tx, MemoryTx):
        raise TypeError("a transaction of the simulation, please")
    return tx.shelf


async def id_of_offer(tx: Tx, offer_id: str) -> str | None:
    """The aggregate an offer lives in."""
    return _shelf(tx).of_offer.get(offer_id)


async def by_id(tx: Tx, request_id: str, *, lock: bool = False) -> ServiceRequest | None:
    """One aggregate."""
    return _shelf(tx).requests.get(request_id)


async def by_ids(tx: Tx, request_ids: Iterable[str]) -> list[ServiceRequest]:
    """Aggregates, in the order of their ids."""
    requests = _shelf(tx).requests
    return [requests[each] for each in dict.fromkeys(request_ids) if each in requests]


async def by_offers(tx: Tx, offer_ids: Iterable[str]) -> dict[str, ServiceRequest]:
    """Aggregates by an offer of theirs."""
    shelf = _shelf(tx)
    known = [each for each in offer_ids if each in shelf.of_offer]
    return {each: shelf.requests[shelf.of_offer[each]] for each in known}


async def by_needs(
    tx: Tx, needs: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], ServiceRequest]:
    """Aggregates by incident and need."""
    shelf = _shelf(tx)
    return {each: shelf.requests[shelf.of_need[each]] for each in needs if each in shelf.of_need}


async def save(tx: Tx, changed: Sequence[tuple[ServiceRequest, ServiceRequest | None]]) -> None:
    """Aggregates as they are now."""
    for request, _ in changed:
        _shelf(tx).put(request)


async def due(tx: Tx, quarantine: Sequence[str]) -> str | None:
    """What is due longest."""
    due = _shelf(tx).due.items()
    found = min(
        ((at, each) for each, at in due if at <= tx.now and each not in quarantine), default=None
    )
    return found[1] if found else None


async def next_due(tx: Tx) -> datetime | None:
    """When the clock must look next."""
    return min((at for at in _shelf(tx).due.values() if at > tx.now), default=None)


async def waiting(tx: Tx, directory: Directory, quarantine: Sequence[str]) -> str | None:
    """The first of the waiting list that has not seen this directory."""
    found = [
        request
        for request in _shelf(tx).requests.values()
        if request.fulfilment is Fulfilment.EXHAUSTED
        and request.status is ServiceRequestStatus.ACTIVE
        and request.directory_change != directory.change
        and request.id not in quarantine
    ]
    ranks = list(Urgency)
    first = min(
        found, key=lambda each: (ranks.index(each.urgency), each.opened_at, each.id), default=None
    )
    return first.id if first else None


async def keep(tx: Tx, looks: Sequence[Look]) -> None:
    """`records.keep`: what looks at the directory found."""
    if isinstance(tx, MemoryTx):
        tx.looks += looks


STORE = (id_of_offer, by_id, by_ids, by_offers, by_needs, save, due, next_due, waiting)
