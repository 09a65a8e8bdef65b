"""Unit of work: gathers what decisions may know, saves what they decided, and emits it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from services.referral.deps import Deps
from services.referral.directory.hours import open_now
from services.referral.directory.model import Directory, Service
from services.referral.model.decision import Context, DecisionBuilder
from services.referral.model.facts import Decision, Moved
from services.referral.model.ladder import displace
from services.referral.model.matching import Match, Vacancies, match
from services.referral.model.service_request import Offer, ServiceRequest
from services.referral.publish import emit
from services.referral.store import capacity, decisions
from services.referral.store import requests as store
from services.referral.store.capacity import Capacity, Hold
from services.referral.store.decisions import Look
from services.referral.store.places import change
from services.referral.visibility import Staff
from shared.db import Tx
from shared.errors import Unprocessable
from shared.events import Act


@dataclass(slots=True)
class UnitOfWork:
    """All decisions of one transaction: `of` loads, `context` and `settle` decide, `save` saves."""

    tx: Tx
    deps: Deps
    directory: Directory
    capacity: Capacity
    staff: Staff
    """Who may be given, or may answer, what is decided on."""
    requests: dict[str, ServiceRequest] = field(default_factory=dict)
    """Every aggregate at hand, as decided so far."""
    _loaded: dict[str, ServiceRequest] = field(default_factory=dict)
    _changed: dict[str, None] = field(default_factory=dict)
    _found: list[Match] = field(default_factory=list)
    """Looks at the directory of the decision in the making."""
    _looks: list[Look] = field(default_factory=list)

    @classmethod
    async def of(
        cls,
        tx: Tx,
        deps: Deps,
        *,
        new: Iterable[ServiceRequest] = (),
        loaded: Iterable[ServiceRequest] = (),
        people: Iterable[str] = (),
    ) -> "UnitOfWork":
        """Prepares for requests that are new, or loaded and locked; locks the places counted.

        ``people`` are the staff ids that somebody names or answers as: nobody else gets anything.
        """
        directory = deps.directory
        known = {each.id: each for each in loaded}
        wanted = [*known.values(), *new]
        places = await capacity.count(tx, directory, wanted)
        work = cls(tx, deps, directory, places, await Staff.of(tx, deps.digests, people))
        holders = {hold.service_request_id for hold in work.capacity.holds()} - known.keys()
        if holders:
            known |= {each.id: each for each in await store.by_ids(tx, sorted(holders))}
        work._loaded = known
        work.requests = dict(known)
        return work

    @classmethod
    async def of_offers(
        cls, tx: Tx, deps: Deps, offer_ids: Sequence[str], people: Iterable[str] = ()
    ) -> tuple["UnitOfWork", dict[str, str]]:
        """Prepares for the requests of these offers, locked; with the request's id by offer.

        Raises `Unprocessable` for an offer that is not known.
        """
        requests = await store.by_offers(tx, offer_ids)
        if any(offer_id not in requests for offer_id in offer_ids):
            raise Unprocessable("no such offer")
        work = await cls.of(tx, deps, loaded=requests.values(), people=people)
        return work, {offer_id: request.id for offer_id, request in requests.items()}

    def context(self, request: ServiceRequest) -> Context:
        """What a pure decision about a request may know."""
        return Context(
            now=self.tx.now,
            new_id=self.tx.ids.new,
            after=partial(self.deps.jurisdiction.deadline, request.service_type),
            match=self._look,
            place_free=self._place_free,
            may_have=self._may_have,
            directory_change=change(
                self.directory.change, self.capacity.raised.get(request.service_type, 0)
            ),
        )

    def settle(self, decision: Decision, act: Act | None = None) -> ServiceRequest:
        """Takes a decision over, with its looks, and emits what happened."""
        request = decision.request
        self.requests[request.id] = request
        self._changed[request.id] = None
        self._looks += [Look(request, self.directory.change, found) for found in self._found]
        self._found = []
        emit(self.tx, decision, partial(self.deps.raion, request), act)
        for fact in decision.facts:
            if isinstance(fact, Moved):
                hold = self.capacity.moved(request, fact.offer, fact.before, self.tx.now)
                if hold is not None:
                    self._displace(hold)
        return request

    async def save(self) -> None:
        """Writes every aggregate that was decided on, once, and wakes the clock."""
        if not self._changed:
            return
        changed = [(self.requests[each], self._loaded.get(each)) for each in self._changed]
        await store.save(self.tx, changed)
        if self._looks:
            await decisions.keep(self.tx, self._looks)
        self.tx.wake()

    def _displace(self, hold: Hold) -> None:
        """Ends a hold that was only asked for: somebody at higher risk needs the place."""
        request = self.requests[hold.service_request_id]
        offer = request.offer(hold.offer_id)
        if offer is None:
            raise LookupError(f"the offer {hold.offer_id} was locked and is not there")
        builder = DecisionBuilder(request, self.context(request))
        displace(builder, offer)
        self.settle(builder.decision())

    def _look(self, request: ServiceRequest) -> Match:
        zone = self.deps.jurisdiction.zone

        def is_open(service: Service, at: datetime) -> bool:
            return open_now(service, at, zone)

        vacancies = Vacancies(self.capacity.free, self.capacity.takeable_by(request))
        found = match(request, self.directory, vacancies, self.tx.now, is_open)
        self._found.append(found)
        return found

    def _place_free(self, _request: ServiceRequest, offer: Offer) -> bool:
        return self.capacity.free.get(offer.service, 1) > 0

    def _may_have(self, request: ServiceRequest, offer: Offer, person: str) -> bool:
        return self.staff.may_have(request, offer.organisation, person)
