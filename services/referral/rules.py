"""What the handlers decide by: the jurisdiction, the directory, and what is free at this moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.referral import store
from services.referral.model.course import World
from services.referral.model.directory import Directory, Service
from services.referral.model.hours import open_now
from services.referral.model.matching import Match, match
from services.referral.model.values import Decision, Offer, Policy, ServiceRequest
from services.referral.saying import say
from shared.db import Tx
from shared.events import Act
from shared.events.words import Urgency
from shared.jurisdiction import Jurisdiction
from shared.tokens import Signer


@dataclass(frozen=True, slots=True)
class Rules:
    """Loaded once at start; nothing in it changes while a process lives."""

    jurisdiction: Jurisdiction
    directory: Directory
    signer: Signer

    def policy(self, service_type: str, urgency: Urgency) -> Policy:
        """The policies in force, to be frozen on a service request."""
        policies = self.jurisdiction.policies
        timers = self.jurisdiction.timers(service_type, urgency)
        ladder = policies.ladder[urgency]
        return Policy(
            version=policies.version,
            ack=timers.ack,
            decide=timers.decide,
            contact=timers.contact,
            hold=policies.hold_for(timers),
            undo=timedelta(seconds=self.jurisdiction.profile.undo_seconds),
            tiers=ladder.tiers,
            max_offers=ladder.max_offers,
            coordinator_after=ladder.coordinator_after,
        )


@dataclass(slots=True)
class Desk:
    """One decision at work: the world it may know, and saving what it decided."""

    tx: Tx
    rules: Rules
    world: World
    looked: list[Match]

    @classmethod
    async def of(cls, tx: Tx, rules: Rules, service_type: str) -> "Desk":
        """Prepares for a request of this type; locks the places that are counted for it."""
        free = await store.free_places(tx, rules.directory, service_type)
        looked: list[Match] = []
        zone = rules.jurisdiction.zone

        def is_open(service: Service, at: datetime) -> bool:
            return open_now(service, at, zone)

        def look(request: ServiceRequest) -> Match:
            found = match(request, rules.directory, free, tx.now, is_open)
            looked.append(found)
            return found

        def place_free(_request: ServiceRequest, offer: Offer) -> bool:
            return free.get(offer.service, 1) > 0

        def after(start: datetime, amount: timedelta) -> datetime:
            return rules.jurisdiction.deadline(service_type, start, amount)

        world = World(
            now=tx.now,
            new_id=tx.ids.new,
            after=after,
            match=look,
            place_free=place_free,
            directory_change=rules.directory.change,
        )
        return cls(tx, rules, world, looked)

    async def settle(self, decision: Decision, act: Act | None = None) -> ServiceRequest:
        """Saves the aggregate, keeps the decision records, says what happened, wakes the clock."""
        request = decision.request
        await store.save(self.tx, request)
        for found in self.looked:
            await store.record_decision(self.tx, request, found, self.rules.directory.change)
        territory = self.rules.jurisdiction.territories.raion_of(request.territory).code
        say(self.tx, decision, territory, act)
        self.tx.wake()
        return request
