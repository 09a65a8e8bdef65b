"""One decision at work: what it may know is gathered, and what it decided is saved and said."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.referral import places, records, store
from services.referral.model.course import Course, World
from services.referral.model.directory import Directory, Service
from services.referral.model.hours import open_now
from services.referral.model.ladder import displace
from services.referral.model.matching import Match, Room, match
from services.referral.model.values import Decision, Moved, Offer, ServiceRequest
from services.referral.places import Hold, Places
from services.referral.rules import Rules
from services.referral.saying import say
from shared.db import Tx
from shared.events import Act
from shared.events.words import OfferStatus


@dataclass(slots=True)
class Desk:
    """The world of one decision. ``looked`` collects its looks at the directory, to be recorded."""

    tx: Tx
    rules: Rules
    service_type: str
    directory: Directory
    places: Places
    looked: list[Match] = field(default_factory=list)

    @classmethod
    async def of(cls, tx: Tx, rules: Rules, request: ServiceRequest) -> "Desk":
        """Prepares for a request that is new or locked; locks the places counted for its type."""
        directory = rules.directory
        counted = await places.count(tx, directory, request)
        return cls(tx, rules, request.service_type, directory, counted)

    @property
    def world(self) -> World:
        """What a pure decision may know."""
        return World(
            now=self.tx.now,
            new_id=self.tx.ids.new,
            after=self._after,
            match=self._look,
            place_free=self._place_free,
            directory_change=self.directory.change,
        )

    async def settle(self, decision: Decision, act: Act | None = None) -> ServiceRequest:
        """Saves the aggregate, keeps the decision records, says what happened, wakes the clock."""
        request = decision.request
        await store.save(self.tx, request)
        looked, self.looked = self.looked, []
        for found in looked:
            await records.keep(self.tx, request, found, self.directory.change)
        say(self.tx, decision, self.rules.raion(request), act)
        self.tx.wake()
        for fact in decision.facts:
            if isinstance(fact, Moved) and fact.offer.status is OfferStatus.REQUESTED:
                hold = self.places.take(fact.offer.service)
                if hold is not None:
                    await self._displace(hold)
        return request

    async def _displace(self, hold: Hold) -> None:
        """Ends a hold that was only asked for: somebody at higher risk needs the place."""
        request = await store.by_id(self.tx, hold.service_request_id)
        offer = request.offer(hold.offer_id) if request else None
        if request is None or offer is None:
            raise LookupError(f"the offer {hold.offer_id} was locked and is not there")
        course = Course(request, self.world)
        displace(course, offer)
        await self.settle(course.decision())

    def _look(self, request: ServiceRequest) -> Match:
        zone = self.rules.jurisdiction.zone

        def is_open(service: Service, at: datetime) -> bool:
            return open_now(service, at, zone)

        room = Room(self.places.free, self.places.takeable_by(request))
        found = match(request, self.directory, room, self.tx.now, is_open)
        self.looked.append(found)
        return found

    def _place_free(self, _request: ServiceRequest, offer: Offer) -> bool:
        return self.places.free.get(offer.service, 1) > 0

    def _after(self, start: datetime, amount: timedelta) -> datetime:
        return self.rules.jurisdiction.deadline(self.service_type, start, amount)
