"""What is known of the play: cases, their needs, who was alerted with which code. No I/O."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from deploy.samples.load import Incident
from services.referral.offer_views import OfferLine
from services.referral.views import ServiceRequestView
from shared.events.words import HELD, Fulfilment, OfferStatus, ServiceRequestStatus


class Stage(Enum):
    """How far a need has come: a symbol and words, the least advanced first."""

    REPORTED = ("·", "reported")
    MATCHED = ("○", "matched")
    ALERTED = ("◌", "alerted")
    NEXT = ("»", "next one alerted")
    SEEN = ("◐", "seen")
    DRAFT = ("‖", "waits for consent")
    ACCEPTED = ("✓", "accepted")
    LATE = ("✓", "accepted late")
    EXHAUSTED = ("▲", "coordinator told")
    OVER = ("×", "over")

    @property
    def symbol(self) -> str:
        """One sign; the words always stand beside it."""
        return self.value[0]

    @property
    def words(self) -> str:
        """For a person."""
        return self.value[1]


ORDER = list(Stage)


@dataclass(frozen=True, slots=True)
class Alert:
    """An SMS that asks one person about one offer. ``at``: seconds since the play began."""

    offer_id: str
    staff_id: str
    phone: str
    code: str
    text: str
    at: float


@dataclass(slots=True)
class Case:
    """One sample incident in the play. Times are seconds since the play began."""

    name: str
    sample: Incident
    reported_at: float | None = None
    incident_id: str | None = None
    problem: str | None = None
    """Why it could not be reported."""
    settled_at: float | None = None
    """When it last came to what the sample expects."""
    needs: dict[str, ServiceRequestView] = field(default_factory=dict)
    """By service type."""
    why: dict[str, str] = field(default_factory=dict)
    """By service type: why those candidates, in words."""
    alerts: dict[tuple[str, str], Alert] = field(default_factory=dict)
    """By offer and person."""

    @property
    def number(self) -> str:
        """The number its file begins with."""
        return self.name.split("-")[0]

    @property
    def stage(self) -> Stage:
        """That of its least advanced need."""
        stages = [stage(need) for need in self.needs.values()]
        return min(stages, key=ORDER.index, default=Stage.REPORTED)


def stage(need: ServiceRequestView) -> Stage:
    """How far a need has come."""
    if need.status is ServiceRequestStatus.DRAFT:
        return Stage.DRAFT
    if need.status is not ServiceRequestStatus.ACTIVE:
        return Stage.OVER
    if need.fulfilment is Fulfilment.EXHAUSTED:
        return Stage.EXHAUSTED
    has_it = holder(need)
    if has_it is not None:
        return Stage.LATE if has_it.late else Stage.ACCEPTED
    return _asking(need, open_offers(need))


def _asking(need: ServiceRequestView, asked: list[OfferLine]) -> Stage:
    if any(offer.status is OfferStatus.RECEIVED for offer in asked):
        return Stage.SEEN
    if any(offer.told for offer in asked):
        return Stage.NEXT if len(need.offers) > len(asked) else Stage.ALERTED
    return Stage.MATCHED if need.offers else Stage.REPORTED


def holder(need: ServiceRequestView) -> OfferLine | None:
    """The offer somebody accepted and has."""
    return next((offer for offer in need.offers if offer.status in HELD), None)


def open_offers(need: ServiceRequestView) -> list[OfferLine]:
    """Those who are being asked."""
    asked = (OfferStatus.REQUESTED, OfferStatus.RECEIVED)
    return [offer for offer in need.offers if offer.status in asked]


def who(need: ServiceRequestView) -> str:
    """The organisation that has it, or those that are being asked."""
    has_it = holder(need)
    if has_it is not None:
        return has_it.organisation
    return ", ".join(offer.organisation for offer in open_offers(need))


def changes(before: ServiceRequestView | None, after: ServiceRequestView) -> Iterable[str]:
    """What happened to a need between two looks, one line each."""
    known = {offer.offer_id: offer for offer in before.offers} if before else {}
    if before is None and after.status is ServiceRequestStatus.DRAFT:
        yield "waits as a draft: nothing permits it yet"
    for offer in after.offers:
        was = known.get(offer.offer_id)
        if was is None:
            yield f"matched: {offer.organisation}"
        if offer.told and not (was and was.told):
            yield f"alerted: {offer.organisation}"
        if offer.tier > (was.tier if was else 1):
            yield f"the second tier is told too: {offer.organisation}"
        if offer.status is not (was.status if was else OfferStatus.REQUESTED):
            yield _said(offer)
    if after.fulfilment is Fulfilment.EXHAUSTED and (
        before is None or before.fulfilment is not Fulfilment.EXHAUSTED
    ):
        yield "nobody is left to ask: a coordinator is told"


def _said(offer: OfferLine) -> str:
    words = {
        OfferStatus.RECEIVED: "seen, not decided",
        OfferStatus.ACCEPTED: "accepted late" if offer.late else "accepted",
        OfferStatus.REJECTED: "said no",
        OfferStatus.EXPIRED: "stayed silent: its time is over",
        OfferStatus.CANCELLED: "is no longer asked",
    }
    reason = f" ({offer.reason})" if offer.reason else ""
    return f"{offer.organisation} {words.get(offer.status, offer.status.value)}{reason}"
