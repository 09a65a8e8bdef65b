"""Ladder: who is asked next, and when nobody is left, which human hears of it.

One offer is open at a time. A candidate that was asked and told has had its turn; one that nobody
could tell anything, or that a coordinator took off, is passed over for this round; its turn may be
still to come. A new round begins when the directory changes: who had no place then may be asked
again.
"""

from dataclasses import replace
from datetime import datetime

from services.referral.model.decision import DecisionBuilder
from services.referral.model.lifecycle import Party
from services.referral.model.matching import Candidate
from services.referral.model.service_request import Offer, ServiceRequest
from shared.events.words import (
    HELD,
    OPEN,
    CancelReason,
    Fulfilment,
    OfferStatus,
    ServiceRequestStatus,
)

EXHAUSTED = "notice-exhausted"
NO_ALERTS = "notice-alerts-not-going-out"
NO_ANSWER = "notice-no-answer"
NO_CONSENT = "notice-no-consent"
NOT_PERMITTED = "notice-not-permitted"
"""The same of an emergency."""


def climb(builder: DecisionBuilder) -> None:
    """Asks the next candidate, unless somebody has it, is being asked, or nobody may be."""
    request = builder.request
    if request.status is not ServiceRequestStatus.ACTIVE:
        return
    if request.holder is None and not request.open_offers:
        candidate = _next(builder)
        if candidate is None:
            _exhaust(builder)
        else:
            ask(builder, candidate)
    builder.settle()


def ask(builder: DecisionBuilder, candidate: Candidate) -> Offer:
    """Makes an offer to a candidate and sends it: its place is held, T_ack runs."""
    context, policy = builder.context, builder.request.policy
    answer_by = context.after(context.now, policy.ack)
    draft = builder.put(
        Offer(
            id=context.new_id(),
            organisation=candidate.organisation,
            organisation_kind=candidate.organisation_kind,
            service=candidate.service,
            status=OfferStatus.DRAFT,
            requested_at=context.now,
            answer_by=answer_by,
            decide_by=context.after(answer_by, policy.decide),
            deadline=None,
            alert_id=context.new_id(),
        )
    )
    offer = builder.move(
        draft,
        OfferStatus.REQUESTED,
        Party.SYSTEM,
        deadline=answer_by,
        next_tier_at=half_way(builder, draft),
    )
    builder.alert(offer)
    return offer


def next_tier(builder: DecisionBuilder, offer: Offer) -> None:
    """Tells the next tier of the same organisation too; the offer and its deadline stay."""
    context = builder.context
    further = replace(offer, tier=offer.tier + 1, alert_id=context.new_id())
    builder.alert(builder.put(replace(further, next_tier_at=half_way(builder, further))))


def could_not_tell(builder: DecisionBuilder, offer: Offer) -> None:
    """Nobody could be told at the offer's tier: the next tier at once, else the next candidate."""
    if offer.status is OfferStatus.RECEIVED:
        return  # somebody there has seen it, and decides
    if offer.tier < builder.request.policy.tiers:
        next_tier(builder, offer)
        return
    if offer.told:
        builder.amend(offer, next_tier_at=None)
        return
    builder.move(offer, OfferStatus.CANCELLED, Party.SYSTEM, reason=CancelReason.UNREACHABLE)
    builder.pass_over(offer.service)
    climb(builder)


def exclude(builder: DecisionBuilder, organisation: str) -> None:
    """A party to the incident serves there: nobody of it may be asked, or have it, ever again.

    However late that is found out: whoever answered unasked before has what they may not see.
    """
    if organisation not in builder.request.excluded_organisations:
        excluded = (*builder.request.excluded_organisations, organisation)
        builder.request = replace(builder.request, excluded_organisations=excluded)
    theirs = [each for each in builder.request.offers if each.organisation == organisation]
    living = [each for each in theirs if each.status in OPEN | HELD]
    for offer in living:
        held = offer.status in HELD
        reason = CancelReason.WITHDRAWN if held else CancelReason.UNREACHABLE
        builder.move(offer, OfferStatus.CANCELLED, Party.SYSTEM, reason=reason)
    if living:
        climb(builder)


def displace(builder: DecisionBuilder, offer: Offer) -> None:
    """The place that was held is needed more urgently: the offer ends, the ladder goes on."""
    builder.move(offer, OfferStatus.CANCELLED, Party.SYSTEM, reason=CancelReason.NO_CAPACITY)
    climb(builder)


def reopen(builder: DecisionBuilder) -> None:
    """A new round: the directory has changed."""
    builder.request = replace(
        builder.request,
        round=builder.request.round + 1,
        round_starts=len(builder.request.offers),
        passed_over=(),
        directory_change=builder.context.directory_change,
    )
    climb(builder)


def half_way(builder: DecisionBuilder, offer: Offer) -> datetime | None:
    """When the next tier is told: half of what is left of T_ack, while a further tier exists."""
    now = builder.context.now
    last = offer.tier >= builder.request.policy.tiers
    if last or offer.status is OfferStatus.RECEIVED or now >= offer.answer_by:
        return None
    return now + (offer.answer_by - now) / 2


def silent(request: ServiceRequest) -> int:
    """How many candidates were told and said nothing."""
    return sum(offer.status is OfferStatus.EXPIRED and offer.told for offer in request.offers)


def tell_of_silence(builder: DecisionBuilder) -> None:
    """After so many silent candidates a coordinator hears of it, once; the ladder goes on."""
    request = builder.request
    if not request.coordinator_told and silent(request) >= request.policy.coordinator_after:
        builder.request = replace(request, coordinator_told=True)
        builder.notice(NO_ANSWER, request.id)


def _next(builder: DecisionBuilder) -> Candidate | None:
    request = builder.request
    before, now = request.offers[: request.round_starts], request.offers[request.round_starts :]
    turns = [offer.service for offer in now if offer.used_up]
    if len(turns) >= request.policy.max_offers:
        return None
    over = {offer.service for offer in before if offer.used_up and not offer.for_now}
    gone = over.union(turns, request.passed_over)
    found = builder.context.match(request).candidates
    return next((each for each in found if each.service not in gone), None)


def _exhaust(builder: DecisionBuilder) -> None:
    request = replace(builder.request, directory_change=builder.context.directory_change)
    builder.request = request
    if request.fulfilment is not Fulfilment.EXHAUSTED:
        builder.progress(fulfilment=Fulfilment.EXHAUSTED)
        builder.notice(EXHAUSTED, f"{request.id}.{request.version}")
