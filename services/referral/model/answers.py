"""Answers to an offer, over whatever channel: yes, no, or "I have seen it".

The first yes wins. A limit is judged on the instant the answer was received at our edge, never on
the instant it is handled.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from services.referral.model import casework
from services.referral.model.casework import take_over
from services.referral.model.decision import (
    NOT_HANDED,
    Context,
    DecisionBuilder,
    handed,
    to_contact,
)
from services.referral.model.facts import Decision
from services.referral.model.ladder import climb, half_way
from services.referral.model.lifecycle import Party
from services.referral.model.service_request import Offer, ServiceRequest
from shared.errors import Conflict
from shared.events.words import (
    HELD,
    OPEN,
    Answer,
    CancelReason,
    FailReason,
    Judgement,
    OfferStatus,
    RejectReason,
    ServiceRequestStatus,
)


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: who gave it, and when it reached us. ``by_desk``: a coordinator entered it."""

    person: str
    received_at: datetime
    by_desk: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of an answer. ``decision`` is none where nothing changed; what stood already may
    still take a case over.

    ``first`` is the offer that stands in its way: whose answer was first, and when.
    """

    judgement: Judgement
    decision: Decision | None = None
    first: Offer | None = None

    def own(self, person: str) -> bool:
        """Whether what stands in its way is the same person's."""
        return self.first is not None and self.first.person == person


def judge(
    request: ServiceRequest,
    offer: Offer,
    answer: Answer,
    said: Said,
    context: Context,
    reason: RejectReason | None = None,
) -> Judged:
    """The one way an answer is judged, from HTTP and from the bus alike."""
    if not context.may_have(request, offer, said.person):
        return Judged(Judgement.NOT_ALLOWED)
    if answer is Answer.ACCEPT:
        judged = accept(request, offer, said, context)
    elif answer is Answer.REJECT:
        judged = reject(request, offer, said, context, reason or RejectReason.OTHER)
    elif answer is Answer.RECEIVED:
        judged = receive(request, offer, said, context)
    else:
        judged = hold_to(request, offer, answer, said, context)
    if judged.judgement is Judgement.ALREADY and not said.by_desk:
        return replace(judged, decision=take_over(request, offer, context))
    return judged


def accept(request: ServiceRequest, offer: Offer, said: Said, context: Context) -> Judged:
    """A yes. It stands while nobody else has said yes and consent, conflict and place allow it.

    Whoever others said it for is told, and is to take it over.
    """
    standing = _standing(request, offer, said, OfferStatus.ACCEPTED)
    if standing is not None:
        return standing
    late = said.received_at > offer.answer_by
    if offer.status not in OPEN and offer.status is not OfferStatus.EXPIRED:
        return Judged(Judgement.CLOSED, first=offer)
    if not _still_allowed(request, offer, context):
        return Judged(Judgement.NOT_ALLOWED, first=offer)
    builder = DecisionBuilder(request, context)
    won = builder.move(
        offer,
        OfferStatus.ACCEPTED,
        Party.PROVIDER,
        person=said.person,
        accepted_at=said.received_at,
        answered_by=said.person,
        answered_at=said.received_at,
        late=late,
        # from when the yes stands: after an outage its giver could not act on it any sooner
        **to_contact(request, context),
        **handed(request, context) if said.by_desk else NOT_HANDED,
    )
    for sibling in builder.request.open_offers:
        builder.move(
            sibling,
            OfferStatus.CANCELLED,
            Party.SYSTEM,
            reason=CancelReason.SUPERSEDED,
            superseded_by=won.id,
            ended_at=said.received_at,  # whoever lost is told when the other was first
        )
    builder.settle()
    return Judged(Judgement.STOOD, builder.decision())


def reject(
    request: ServiceRequest, offer: Offer, said: Said, context: Context, reason: RejectReason
) -> Judged:
    """A no, with a coded reason: the next candidate is asked at once."""
    standing = _standing(request, offer, said, OfferStatus.REJECTED)
    if standing is not None:
        return standing
    if offer.status is OfferStatus.EXPIRED and said.received_at > offer.answer_by:
        return Judged(Judgement.TOO_LATE, first=offer)
    if offer.status not in OPEN:
        return Judged(Judgement.CLOSED, first=offer)
    builder = DecisionBuilder(request, context)
    builder.move(
        offer,
        OfferStatus.REJECTED,
        Party.PROVIDER,
        reason=reason,
        answered_by=said.person,
        answered_at=said.received_at,
    )
    climb(builder)
    return Judged(Judgement.STOOD, builder.decision())


def receive(request: ServiceRequest, offer: Offer, said: Said, context: Context) -> Judged:
    """Seen, not decided: the ladder waits for T_decide."""
    standing = _standing(request, offer, said, OfferStatus.RECEIVED)
    if standing is not None:
        return standing
    if offer.status is OfferStatus.RECEIVED:
        return Judged(Judgement.ALREADY)
    if said.received_at > offer.answer_by:
        return Judged(Judgement.TOO_LATE, first=offer)
    if offer.status is not OfferStatus.REQUESTED:
        return Judged(Judgement.CLOSED, first=offer)
    decide_by = context.after(said.received_at, request.policy.decide)
    builder = DecisionBuilder(request, context)
    builder.move(
        offer,
        OfferStatus.RECEIVED,
        Party.PROVIDER,
        deadline=decide_by,
        answer_by=decide_by,
        decide_by=decide_by,
        told=True,
        received_at=said.received_at,
    )
    return Judged(Judgement.STOOD, builder.decision())


def hold_to(
    request: ServiceRequest, offer: Offer, answer: Answer, said: Said, context: Context
) -> Judged:
    """A word of the case holder: on the way, there, or not able to."""
    if offer.status in HELD and offer.person == said.person:
        decision = _HOLDERS[answer](request, offer, context, said.received_at)
        return Judged(Judgement.STOOD if decision else Judgement.ALREADY, decision)
    ended = offer.reason if offer.person == said.person else None
    if answer is Answer.UNABLE:
        if ended == FailReason.UNABLE:
            return Judged(Judgement.ALREADY)
        return reject(request, offer, said, context, RejectReason.OTHER)  # who may not come says no
    if ended == FailReason.NO_CONTACT:
        claim = _late_claim(request, offer, said, context) if answer is Answer.ARRIVED else None
        return Judged(Judgement.TOO_LATE, claim, offer)
    return Judged(*_in_the_way(request, offer))


def _late_claim(
    request: ServiceRequest, offer: Offer, said: Said, context: Context
) -> Decision | None:
    """Others are asked by now; who coordinates it sees that somebody says they were there."""
    if offer.contact_claimed_at is not None:
        return None
    builder = DecisionBuilder(request, context)
    builder.amend(offer, contact_claimed_at=said.received_at)
    return builder.decision()


def _in_the_way(request: ServiceRequest, offer: Offer) -> tuple[Judgement, None, Offer | None]:
    """Why somebody who holds nothing cannot act on an offer as if they did."""
    taken = request.settled_by
    if taken is not None:
        return Judgement.TAKEN, None, taken
    asked = offer.status in OPEN or offer.status is OfferStatus.EXPIRED
    if asked and request.status is ServiceRequestStatus.ACTIVE:
        return Judgement.NOT_HELD, None, None
    return Judgement.CLOSED, None, offer


def _unable(
    request: ServiceRequest, offer: Offer, context: Context, _at: datetime
) -> Decision | None:
    return casework.fail(request, offer, context, by=Party.PROVIDER, reason=FailReason.UNABLE)


_HOLDERS: dict[Answer, Callable[[ServiceRequest, Offer, Context, datetime], Decision | None]] = {
    Answer.ON_THE_WAY: casework.on_the_way,
    Answer.ARRIVED: casework.start,
    Answer.UNABLE: _unable,
}


def _standing(
    request: ServiceRequest, offer: Offer, said: Said, wanted: OfferStatus
) -> Judged | None:
    """What stands already: the same answer by the same person, or somebody's first one."""
    if offer.answered_by == said.person and wanted is OfferStatus.REJECTED is offer.status:
        return Judged(Judgement.ALREADY)
    taken = request.settled_by
    if taken is not None:
        same = taken.id == offer.id and taken.person == said.person
        if same and wanted is not OfferStatus.REJECTED:
            return Judged(Judgement.ALREADY)
        return Judged(Judgement.TAKEN, first=taken)
    if request.status is not ServiceRequestStatus.ACTIVE:
        return Judged(Judgement.CLOSED, first=offer)
    if offer.status is OfferStatus.REJECTED:
        return Judged(Judgement.TAKEN, first=offer)
    return None


def _still_allowed(request: ServiceRequest, offer: Offer, context: Context) -> bool:
    """Whether consent and conflict still hold and, where the hold has lapsed, a place is free."""
    if offer.organisation in request.excluded_organisations:
        return False
    if not request.permits(offer.organisation, offer.organisation_kind, context.now):
        return False
    holds_place = context.now < offer.requested_at + request.policy.hold
    return (offer.status in OPEN and holds_place) or context.place_free(request, offer)


def release(request: ServiceRequest, offer: Offer, said: Said, context: Context) -> Decision | None:
    """The acceptor takes a yes back within `Policy.undo`; none when that is done already.

    Siblings that the yes had superseded are asked again while their time is not over and consent,
    conflict and place still hold. Raises `Conflict` for anybody else, and when it is too late.
    """
    if offer.person != said.person:
        raise Conflict("a yes is taken back by its giver alone")
    if (offer.status, offer.reason) == (OfferStatus.FAILED, FailReason.RELEASED):
        return None
    accepted_at = offer.accepted_at if offer.status is OfferStatus.ACCEPTED else None
    if accepted_at is None or said.received_at > accepted_at + request.policy.undo:
        raise Conflict("it is too late to take this yes back", state=offer.status.value)
    builder = DecisionBuilder(request, context)
    builder.move(offer, OfferStatus.FAILED, Party.PROVIDER, reason=FailReason.RELEASED)
    for sibling in builder.request.offers:
        superseded = sibling.status is OfferStatus.CANCELLED and sibling.superseded_by == offer.id
        open_still = superseded and context.now < sibling.answer_by
        if open_still and _still_allowed(request, sibling, context):
            again = builder.move(
                sibling,
                OfferStatus.REQUESTED,
                Party.SYSTEM,
                deadline=sibling.answer_by,
                next_tier_at=half_way(builder, sibling),
                alert_id=context.new_id(),
                superseded_by=None,
            )
            builder.alert(again)
    climb(builder)
    return builder.decision()
