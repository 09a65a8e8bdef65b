"""The ladder: who is asked next, and when nobody is left, which human hears of it.

One offer is open at a time. A candidate that was asked and told has had its turn; one that nobody
could tell anything, or that a coordinator took off, is passed over for this round; its turn may be
still to come. A new round begins when the directory changes: who had no place then may be asked
again.
"""

from dataclasses import replace
from datetime import datetime

from services.referral.model.decision import Course
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
NOT_PERMITTED = "notice-not-permitted"


def climb(course: Course) -> None:
    """Asks the next candidate, unless somebody has it, is being asked, or nobody may be."""
    request = course.request
    if request.status is not ServiceRequestStatus.ACTIVE:
        return
    if request.holder is None and not request.open_offers:
        candidate = _next(course)
        if candidate is None:
            _exhaust(course)
        else:
            ask(course, candidate)
    course.settle()


def ask(course: Course, candidate: Candidate) -> Offer:
    """Makes an offer to a candidate and sends it: its place is held, T_ack runs."""
    world, policy = course.world, course.request.policy
    answer_by = world.after(world.now, policy.ack)
    draft = course.put(
        Offer(
            id=world.new_id(),
            organisation=candidate.organisation,
            organisation_kind=candidate.organisation_kind,
            service=candidate.service,
            status=OfferStatus.DRAFT,
            requested_at=world.now,
            answer_by=answer_by,
            decide_by=world.after(answer_by, policy.decide),
            deadline=None,
            alert_id=world.new_id(),
        )
    )
    offer = course.move(
        draft,
        OfferStatus.REQUESTED,
        Party.SYSTEM,
        deadline=answer_by,
        next_tier_at=half_way(course, draft),
    )
    course.alert(offer)
    return offer


def next_tier(course: Course, offer: Offer) -> None:
    """Tells the next tier of the same organisation too; the offer and its deadline stay."""
    world = course.world
    further = replace(offer, tier=offer.tier + 1, alert_id=world.new_id())
    course.alert(course.put(replace(further, next_tier_at=half_way(course, further))))


def could_not_tell(course: Course, offer: Offer) -> None:
    """Nobody could be told at the offer's tier: the next tier at once, else the next candidate."""
    if offer.status is OfferStatus.RECEIVED:
        return  # somebody there has seen it, and decides
    if offer.tier < course.request.policy.tiers:
        next_tier(course, offer)
        return
    if offer.told:
        course.amend(offer, next_tier_at=None)
        return
    course.move(offer, OfferStatus.CANCELLED, Party.SYSTEM, reason=CancelReason.UNREACHABLE)
    course.pass_over(offer.service)
    climb(course)


def exclude(course: Course, organisation: str) -> None:
    """A party to the incident serves there: nobody of it may be asked, or have it, ever again.

    However late that is found out: whoever answered unasked before has what they may not see.
    """
    if organisation not in course.request.excluded_organisations:
        excluded = (*course.request.excluded_organisations, organisation)
        course.request = replace(course.request, excluded_organisations=excluded)
    theirs = [each for each in course.request.offers if each.organisation == organisation]
    living = [each for each in theirs if each.status in OPEN | HELD]
    for offer in living:
        held = offer.status in HELD
        reason = CancelReason.WITHDRAWN if held else CancelReason.UNREACHABLE
        course.move(offer, OfferStatus.CANCELLED, Party.SYSTEM, reason=reason)
    if living:
        climb(course)


def displace(course: Course, offer: Offer) -> None:
    """The place that was held is needed more urgently: the offer ends, the ladder goes on."""
    course.move(offer, OfferStatus.CANCELLED, Party.SYSTEM, reason=CancelReason.NO_CAPACITY)
    climb(course)


def reopen(course: Course) -> None:
    """A new round: the directory has changed."""
    course.request = replace(
        course.request,
        round=course.request.round + 1,
        round_starts=len(course.request.offers),
        passed_over=(),
        directory_change=course.world.directory_change,
    )
    climb(course)


def half_way(course: Course, offer: Offer) -> datetime | None:
    """When the next tier is told: half of what is left of T_ack, while a further tier exists."""
    now = course.world.now
    last = offer.tier >= course.request.policy.tiers
    if last or offer.status is OfferStatus.RECEIVED or now >= offer.answer_by:
        return None
    return now + (offer.answer_by - now) / 2


def silent(request: ServiceRequest) -> int:
    """How many candidates were told and said nothing."""
    return sum(offer.status is OfferStatus.EXPIRED and offer.told for offer in request.offers)


def tell_of_silence(course: Course) -> None:
    """After so many silent candidates a coordinator hears of it, once; the ladder goes on."""
    request = course.request
    if not request.coordinator_told and silent(request) >= request.policy.coordinator_after:
        course.request = replace(request, coordinator_told=True)
        course.notice(NO_ANSWER, request.id)


def _next(course: Course) -> Candidate | None:
    request = course.request
    before, now = request.offers[: request.round_starts], request.offers[request.round_starts :]
    turns = [offer.service for offer in now if offer.used_up]
    if len(turns) >= request.policy.max_offers:
        return None
    over = {offer.service for offer in before if offer.used_up and not offer.for_now}
    gone = over.union(turns, request.passed_over)
    found = course.world.match(request).candidates
    return next((each for each in found if each.service not in gone), None)


def _exhaust(course: Course) -> None:
    request = replace(course.request, directory_change=course.world.directory_change)
    course.request = request
    if request.fulfilment is not Fulfilment.EXHAUSTED:
        course.progress(fulfilment=Fulfilment.EXHAUSTED)
        course.notice(EXHAUSTED, f"{request.id}.{request.version}")
