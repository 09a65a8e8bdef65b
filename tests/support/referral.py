"""A service request by itself: a clock that is turned by hand, a list of candidates."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from services.referral.model.answers import Judged, Said
from services.referral.model.decision import Context, DecisionBuilder
from services.referral.model.facts import Decision, Noticed
from services.referral.model.ladder import climb
from services.referral.model.matching import Candidate, Match
from services.referral.model.service_request import Offer, Permission, Policy, ServiceRequest
from services.referral.model.timeouts import tick
from shared.events.words import Fulfilment, ServiceRequestStatus, Urgency
from shared.symbols import PUBLIC_ID_LENGTH, SYMBOLS

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
POLICY = Policy(
    version="test",
    ack=10 * MINUTE,
    decide=20 * MINUTE,
    contact=120 * MINUTE,
    hold=30 * MINUTE,
    undo=2 * MINUTE,
    review=3 * 24 * 60 * MINUTE,
    tiers=2,
    max_offers=8,
    coordinator_after=2,
)


class Scene:
    """What a test turns: the time, who may be asked, how many places are free."""

    def __init__(self, *services: str) -> None:
        self.now = NOON
        self.services = list(services)
        self.full: set[str] = set()
        self.strangers: set[str] = set()
        """Who serves elsewhere, or must not know of the case."""
        self._ids = count(1)

    def later(self, amount: timedelta) -> None:
        """Turns the clock."""
        self.now += amount

    @property
    def context(self) -> Context:
        """What a decision may know at this moment."""
        return Context(
            now=self.now,
            new_id=lambda: f"id-{next(self._ids)}",
            after=lambda start, amount: start + amount,
            match=self._match,
            place_free=lambda _request, offer: offer.service not in self.full,
            may_have=lambda _request, _offer, person: person not in self.strangers,
            directory_change="d1",
        )

    def _match(self, request: ServiceRequest) -> Match:
        found = tuple(
            Candidate(service, f"org-{service}", "crisis-centre", 0, None)
            for service in self.services
            if service not in self.full
            and f"org-{service}" not in request.excluded_organisations
            and any(
                each.covers(f"org-{service}", "crisis-centre", self.now)
                for each in request.permissions
            )
        )
        return Match(found, ())

    def opened(self, **changes: object) -> Decision:
        """A service request that was just opened and matched."""
        builder = DecisionBuilder(replace(BLANK, **changes), self.context)  # type: ignore[arg-type]
        climb(builder)
        return builder.decision()


BLANK = ServiceRequest(
    id="sr",
    public_id="K7M4P2",
    incident_id="incident",
    need_id="need",
    service_type="shelter",
    urgency=Urgency.HIGH,
    territory="41704245845020",
    status=ServiceRequestStatus.ACTIVE,
    fulfilment=Fulfilment.UNMATCHED,
    policy=POLICY,
    opened_at=NOON,
    age_band="30-44",
    language="ky",
    permissions=(Permission("consent", "crisis-centre"),),
)


def numbered(number: int) -> str:
    """A public id for each number below 15⁶."""
    signs = ""
    for _ in range(PUBLIC_ID_LENGTH):
        number, place = divmod(number, len(SYMBOLS))
        signs += SYMBOLS[place]
    return signs


def last(request: ServiceRequest) -> Offer:
    """The newest offer."""
    return request.offers[-1]


def said(scene: Scene, person: str = "st-one") -> Said:
    """Something said by a person now."""
    return Said(person, scene.now)


def told(request: ServiceRequest) -> ServiceRequest:
    """The same request after somebody was really told of every open offer."""
    return replace(request, offers=tuple(replace(each, told=True) for each in request.offers))


def ticked(scene: Scene, request: ServiceRequest) -> Decision:
    """What the clock does now."""
    decision = tick(request, scene.context)
    assert decision is not None
    return decision


def taken(judged: Judged) -> ServiceRequest:
    """The request after an answer that stood."""
    assert judged.decision is not None
    return judged.decision.request


def notices(decision: Decision) -> list[str]:
    """The templates of the notices a decision asks for."""
    return [fact.template for fact in decision.facts if isinstance(fact, Noticed)]
