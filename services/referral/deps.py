"""Dependencies: what referral decides by. Jurisdiction, directory, and the keys of tickets and of
digests of who is excluded."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.referral.directory.file import LiveDirectory
from services.referral.directory.model import Directory
from services.referral.model.service_request import Offer, Policy, ServiceRequest
from services.referral.model.timeline import Step, timeline
from shared.events.words import Role, Urgency
from shared.jurisdiction import Jurisdiction
from shared.jurisdiction.live import Live
from shared.security.excluded_staff import Digests
from shared.security.tokens import Signer
from shared.security.visibility import Viewer


@dataclass(frozen=True, slots=True)
class Names:
    """The raion and the service type in somebody's language, and the zone of the country."""

    place: str
    service_name: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Deps:
    """Made at start; ``country`` and ``live`` follow their files while a process lives."""

    country: Live[Jurisdiction]
    live: LiveDirectory
    signer: Signer
    digests: Digests

    @property
    def jurisdiction(self) -> Jurisdiction:
        """The jurisdiction as it is now."""
        return self.country.current

    @property
    def directory(self) -> Directory:
        """The directory as it is now."""
        return self.live.current

    def served_by(self, viewer: Viewer) -> frozenset[str]:
        """The organisations that an operator answers for; of anybody else none."""
        if not viewer.has(Role.OPERATOR):
            return frozenset()
        return self.directory.served_by(viewer.organisation)

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
            review=policies.review[urgency],
            undo=timedelta(seconds=self.jurisdiction.profile.undo_seconds),
            tiers=ladder.tiers,
            max_offers=ladder.max_offers,
            coordinator_after=ladder.coordinator_after,
        )

    def raion(self, request: ServiceRequest) -> str:
        """The finest territory of a request that may be shown before acceptance."""
        return self.jurisdiction.territories.raion_of(request.territory).code

    def timeline(self, request: ServiceRequest, offer: Offer, now: datetime) -> tuple[Step, ...]:
        """What became of an offer when."""
        start, ack = offer.requested_at, request.policy.ack
        seen_by = self.jurisdiction.deadline(request.service_type, start, ack)
        return timeline(offer, seen_by, now)

    def organisation_name(self, organisation: str) -> str:
        """What an organisation is called; its id once the directory has it no more."""
        known = self.directory.organisations.get(organisation)
        return known.name if known else organisation

    def type_name(self, service_type: str, language: str) -> str:
        """The name of a service type in ``language``, or in another one."""
        names = self.jurisdiction.service_types[service_type].names
        return names.get(language) or next(iter(names.values()), service_type)

    def names(self, request: ServiceRequest, language: str) -> Names:
        """What may be shown of a request, as ``language`` names it."""
        return Names(
            place=self.jurisdiction.area_name(request.territory, language),
            service_name=self.type_name(request.service_type, language),
            time_zone=self.jurisdiction.zone.key,
        )
