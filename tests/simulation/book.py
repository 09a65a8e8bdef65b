"""What somebody outside would know of a seed, written down step by step: the laws ask it."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from services.referral.model.ladder import EXHAUSTED
from services.referral.model.service_request import Offer, ServiceRequest
from shared.events.intake import ConsentWithdrawn
from shared.events.notify import AlertUnreachable
from shared.events.words import CancelReason, OfferStatus, UnreachableReason
from shared.jurisdiction import Timers
from shared.jurisdiction.policies import Ladder
from tests.simulation.cases import Case
from tests.simulation.country import Country
from tests.simulation.memory import Shelf
from tests.simulation.step import Change, Step

BEFORE = datetime.min.replace(tzinfo=UTC)
CUT_SHORT = (
    CancelReason.UNREACHABLE,
    CancelReason.SUPERSEDED,
    CancelReason.NO_CAPACITY,
    CancelReason.WITHDRAWN,
)


class Broken(Exception):
    """A law does not hold; ``law`` is its name."""

    def __init__(self, law: str, sentence: str) -> None:
        super().__init__(f"{law}: {sentence}")
        self.law = law
        self.sentence = sentence


@dataclass(slots=True)
class Book:
    """``notices`` by service request and template; ``alerted_at``: when an offer's people were
    last told; ``round_starts``: how many offers there were at the last reopening;
    ``taken_off``: offers that a coordinator ended."""

    country: Country
    shelf: Shelf
    cases: dict[str, Case] = field(default_factory=dict)
    notices: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    alerts: set[str] = field(default_factory=set)
    alerted_at: dict[str, datetime] = field(default_factory=dict)
    round_starts: Counter[str] = field(default_factory=Counter)
    taken_off: set[str] = field(default_factory=set)
    clock_awake: datetime | None = None
    """Since when the clock has been awake; none while it sleeps."""
    looked_at: datetime = BEFORE
    """When it was last looked whether something was missed."""

    def case(self, request: ServiceRequest) -> Case:
        """What is true of a service request."""
        return self.cases[request.need_id]

    def may_have(self, request: ServiceRequest, offer: Offer, person: str | None) -> bool:
        """Whether somebody serves where the offer went, and neither they nor it is excluded."""
        case = self.case(request)
        hidden = person in case.people or offer.organisation in case.organisations
        return person in self.country.people[offer.organisation] and not hidden

    def timers(self, request: ServiceRequest) -> Timers:
        """The clocks that the jurisdiction's table names for it."""
        case, policies = self.case(request), self.country.jurisdiction.policies
        table = policies.timers.get(case.service_type, policies.timers["default"])
        return table[case.urgency]

    def review(self, request: ServiceRequest) -> timedelta:
        """How long it may be in progress before a human looks at it, by the table."""
        return self.country.jurisdiction.policies.review[self.case(request).urgency]

    def ladder(self, request: ServiceRequest) -> Ladder:
        """How far the jurisdiction's table lets it climb."""
        return self.country.jurisdiction.policies.ladder[self.case(request).urgency]

    def hold(self, request: ServiceRequest) -> timedelta:
        """How long an open offer has its place: T_ack and T_decide, or the most that is allowed."""
        timers, most = self.timers(request), self.country.jurisdiction.policies.hold_at_most
        return min(timers.ack + timers.decide, most)

    def has_place(
        self, request: ServiceRequest, offer: Offer, status: OfferStatus, now: datetime
    ) -> bool:
        """Whether an offer in this state has its place now."""
        if status in (OfferStatus.REQUESTED, OfferStatus.RECEIVED):
            return now < offer.requested_at + self.hold(request)
        return status in (OfferStatus.ACCEPTED, OfferStatus.IN_PROGRESS, OfferStatus.ON_HOLD)

    def occupied(self, now: datetime) -> Counter[str]:
        """Places that are taken now, by service."""
        found: Counter[str] = Counter()
        for request, offer in self.shelf.placed():
            if self.has_place(request, offer, offer.status, now):
                found[offer.service] += 1
        return found

    def had_turn(self, offer: Offer) -> bool:
        """Whether a candidate that was asked so has had its turn."""
        if offer.status is OfferStatus.EXPIRED:
            return offer.told
        return offer.status is not OfferStatus.CANCELLED or offer.reason not in CUT_SHORT

    def note(self, step: Step, change: Change) -> None:
        """What a decision said, for those after it."""
        for fact in change.notices:
            self.notices[change.after.id][fact.template] += 1
        for offer in change.alerts:
            self.alerts.add(offer.alert_id)
            self.alerted_at[offer.id] = step.now
        if change.after.id == step.reopened and change.before is not None:
            self.round_starts[change.after.id] = len(change.before.offers)

    def learn(self, step: Step, change: Change) -> None:
        """What the cause of a decision made known: the decision is judged by it already."""
        if step.kind == "cancel" and change.after.id == step.about:
            ended = {each.offer.id for each in change.moves}
            self.taken_off |= ended.difference(each.id for each in change.asked)
        body = change.cause.body if change.cause else None
        if isinstance(body, ConsentWithdrawn):
            self.cases[body.need_id].permissions = body.permissions_left
        elif isinstance(body, AlertUnreachable):
            self.unit_excluded(body)

    def unit_excluded(self, body: AlertUnreachable) -> str | None:
        """The unit that this says to be excluded, from now on: whatever referral made of it."""
        if body.reason is not UnreachableReason.UNIT_EXCLUDED:
            return None
        request = self.shelf.requests[self.shelf.of_offer[body.offer_id]]
        offer = request.offer(body.offer_id)
        if offer is None:
            raise LookupError(body.offer_id)
        self.case(request).organisations.add(offer.organisation)
        return offer.organisation

    def somebody_knows(self, request: ServiceRequest) -> bool:
        """Whether a coordinator was told that nobody is left."""
        return self.notices[request.id][EXHAUSTED] > 0
