"""Timeline of an offer: what became of it when, against which limit, and what is awaited."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.referral.model.service_request import Offer
from services.referral.model.summary import Awaited, awaited
from shared.events.words import OPEN, OfferStatus


class Stage(StrEnum):
    """How far an offer came; its endings are the words of `OfferStatus`."""

    REQUESTED = "requested"
    TOLD = "told"
    SEEN = "seen"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ON_THE_WAY = "on-the-way"
    CONTACT = "contact"
    ON_HOLD = "on-hold"
    ANSWER = "answer"
    REVIEW = "review"
    TAKE_OVER = "take-over"


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``at`` is none while it is awaited, ``limit`` none where nothing limits it.

    ``person`` is whoever took it. Times before this was kept are not there.
    """

    stage: str
    at: datetime | None
    limit: datetime | None = None
    late: bool = False
    person: str | None = None
    reason: str | None = None


ENDINGS = frozenset(
    {
        OfferStatus.COMPLETED,
        OfferStatus.FAILED,
        OfferStatus.EXPIRED,
        OfferStatus.CANCELLED,
        OfferStatus.ENTERED_IN_ERROR,
    }
)
_WAITS = {
    Awaited.ANSWER: Stage.ANSWER,
    Awaited.CONTACT: Stage.CONTACT,
    Awaited.REVIEW: Stage.REVIEW,
    Awaited.TAKE_OVER: Stage.TAKE_OVER,
}


def timeline(offer: Offer, seen_by: datetime, now: datetime) -> tuple[Step, ...]:
    """Every step in the order of time, then what is awaited. ``seen_by``: the end of T_ack."""
    taken = sorted(_taken(offer, seen_by), key=lambda each: (each.at is None, each.at or now))
    waits = awaited(offer)
    if waits is None:
        return tuple(taken)
    what, due = waits
    return (*taken, Step(_WAITS[what], None, due, late=offer.overdue or due < now))


def _taken(offer: Offer, seen_by: datetime) -> Iterator[Step]:
    yield Step(Stage.REQUESTED, offer.requested_at)
    if offer.told_at:
        yield Step(Stage.TOLD, offer.told_at, seen_by, late=offer.told_at > seen_by)
    if offer.received_at:
        yield Step(Stage.SEEN, offer.received_at, seen_by, late=offer.received_at > seen_by)
    if offer.answered_at and offer.status not in OPEN:
        yield _answered(offer, offer.answered_at)
    if offer.on_the_way_at:
        yield Step(Stage.ON_THE_WAY, offer.on_the_way_at, offer.contact_by, person=offer.person)
    if offer.contact_claimed_at:
        late = offer.contact_by is not None and offer.contact_claimed_at > offer.contact_by
        by, holder = offer.contact_by, offer.person
        yield Step(Stage.CONTACT, offer.contact_claimed_at, by, late=late, person=holder)
    if offer.on_hold_at:
        reason = offer.reason if offer.status is OfferStatus.ON_HOLD else None
        yield Step(Stage.ON_HOLD, offer.on_hold_at, person=offer.person, reason=reason)
    if offer.status in ENDINGS:
        yield Step(offer.status, offer.ended_at, reason=offer.outcome or offer.reason)


def _answered(offer: Offer, at: datetime) -> Step:
    """An offer that was taken back, and answered anew, has its last answer."""
    limit, by = offer.answer_by, offer.answered_by
    if offer.accepted_at:
        return Step(Stage.ACCEPTED, at, limit, late=offer.late, person=by)
    return Step(Stage.REJECTED, at, limit, person=by, reason=offer.reason)
