"""Laws of asking: who is asked, in which order, and when nobody is left."""

from collections.abc import Iterator

from services.referral.model.matching import Candidate
from services.referral.model.service_request import Offer, ServiceRequest
from shared.events.words import Fulfilment, OfferStatus, RejectReason
from tests.simulation.book import Book
from tests.simulation.laws.judging import apart, binding, standing_in, unsuitable, why_not
from tests.simulation.memory import LIVING
from tests.simulation.step import Change, Step

FOR_NOW = (RejectReason.AT_CAPACITY, RejectReason.OUT_OF_HOURS)


def nobody_excluded_is_told(book: Book, step: Step, change: Change) -> str | None:
    """No organisation hears of a case from which it, its place or a party in it is excluded."""
    case = book.case(change.after)
    for offer in change.alerts:
        if case.excludes(book.country.directory.organisations[offer.organisation]):
            return f"{offer.organisation} is excluded, and was asked"
    return None


def nobody_is_asked_who_may_not_be(book: Book, step: Step, change: Change) -> str | None:
    """Consent and verification bind everybody; area, person and hours bind the ladder."""
    case, directory = book.case(change.after), book.country.directory
    for offer in change.asked:
        reason = binding(case, directory.organisations[offer.organisation], step.now)
        if reason is None and not _by_hand(step, change):
            reason = unsuitable(case, directory.services[offer.service], step.now)
        if reason is not None or directory.services[offer.service].service_type != (
            case.service_type
        ):
            return f"{offer.service} {reason or 'is of another type'}, and was asked"
    return None


def matching_leaves_nobody_out(book: Book, step: Step, change: Change) -> str | None:
    """Whoever may be asked, and has or can take a place, is a candidate, and nobody else is."""
    case, directory = book.case(change.after), book.country.directory
    for look in change.looks:
        candidates = {each.service for each in look.found.candidates}
        others = {each.service: each.reason for each in look.found.excluded}
        for service in directory.services.values():
            if service.service_type != case.service_type:
                continue
            reason = why_not(book, case, service, step.now)
            if reason is None and look.free.get(service.id, 1) <= 0:
                reason = None if service.id in look.takeable else "is full"
            if service.id in candidates:
                if reason is not None:
                    return f"{service.id} {reason}, and is a candidate"
            elif reason is None or service.id not in others:
                return f"{service.id} may be asked, and is left out: {others.get(service.id)}"
    return None


def the_best_is_asked_first(book: Book, step: Step, change: Change) -> str | None:
    """Stand-ins, then the nearest area, then the nearest place, then most room; a place that is
    held is taken last."""
    for offer, candidates in _climbs(step, change):
        known = {each.service for each in change.after.offers if each.id != offer.id}
        chosen = next((each for each in candidates if each.service == offer.service), None)
        if chosen is None:
            return f"{offer.service} was no candidate, and was asked"
        ahead = standing_in(book, change.after)
        best = _rank(book, change.after, chosen, ahead)
        for each in candidates:
            if each.service not in known and _rank(book, change.after, each, ahead) < best:
                return f"{offer.service} was asked before {each.service}"
    return None


def nobody_is_asked_again(book: Book, step: Step, change: Change) -> str | None:
    """Who had a turn gets none again, but for a no of the moment, and that in a later round."""
    for offer, _ in _climbs(step, change):
        start = round_start(book, step, change)
        for place, old in enumerate(change.after.offers):
            if old.id == offer.id or old.service != offer.service:
                continue
            if place >= start and (book.had_turn(old) or _passed_over(book, old)):
                return f"{offer.service} was asked twice in a round"
            for_now = old.status is OfferStatus.REJECTED and old.reason in FOR_NOW
            if place < start and book.had_turn(old) and not for_now:
                return f"{offer.service} had said no, or nothing, for good, and was asked again"
    return None


def a_round_has_its_length(book: Book, step: Step, change: Change) -> str | None:
    """No more candidates have a turn in one round than the policy says."""
    for _ in _climbs(step, change):
        turns, most = _turns(book, step, change), _most(book, change)
        if turns >= most:
            return f"{turns} had a turn, {most} may, and one more was asked"
    return None


def one_is_asked_at_a_time(book: Book, step: Step, change: Change) -> str | None:
    """The ladder asks nobody while somebody is being asked, or has it."""
    for offer, _ in _climbs(step, change):
        for other in change.after.offers:
            if other.id != offer.id and other.status in LIVING:
                return f"{offer.service} was asked beside {other.service}"
    return None


def exhausted_only_when_nobody_is_left(book: Book, step: Step, change: Change) -> str | None:
    """While a candidate has had no turn, the ladder goes on."""
    request = change.after
    if request.fulfilment is not Fulfilment.EXHAUSTED or not change.looks or step.kind == "add":
        return None
    if _turns(book, step, change) >= _most(book, change):
        return None
    start = round_start(book, step, change)
    gone = {
        offer.service
        for place, offer in enumerate(request.offers)
        if (book.had_turn(offer) and (place >= start or offer.reason not in FOR_NOW))
        or (place >= start and _passed_over(book, offer))
    }
    for each in change.looks[-1].found.candidates:
        if each.service not in gone:
            return f"exhausted, and {each.service} was not asked"
    return None


def every_asking_is_told(book: Book, step: Step, change: Change) -> str | None:
    """An offer that is made, or made again, goes out under an alert of its own."""
    told = {offer.id: offer for offer in change.alerts}
    for move in change.moves:
        if move.offer.status is OfferStatus.REQUESTED and move.offer.id not in told:
            return f"{move.offer.service} was asked, and nobody was told"
    fresh = [offer.alert_id for offer in change.alerts]
    if len(set(fresh)) < len(fresh) or not book.alerts.isdisjoint(fresh):
        return "two askings went out under one alert"
    return None


def tiers_come_in_turn(book: Book, step: Step, change: Change) -> str | None:
    """A further tier is the next one, exists, and is told at half of what is left of T_ack."""
    made = {move.offer.id for move in change.moves}
    tiers = book.ladder(change.after).tiers
    for offer in change.alerts:
        before = change.before.offer(offer.id) if change.before else None
        if offer.id in made or before is None:
            continue
        if offer.tier != before.tier + 1 or offer.tier > tiers:
            return f"tier {offer.tier} of {tiers} was told after tier {before.tier}"
        if before.status is not OfferStatus.REQUESTED:
            return "a further tier was told of what somebody has seen"
        since = book.alerted_at[offer.id]
        half_way = since + (before.answer_by - since) / 2
        if step.kind == "clock" and not half_way <= step.now < before.answer_by:
            return "a further tier was told before its time, or when it was over"
    return None


def round_start(book: Book, step: Step, change: Change) -> int:
    """How many offers there were when the round began."""
    if change.after.id == step.reopened and change.before is not None:
        return len(change.before.offers)
    return book.round_starts[change.after.id]


def _climbs(step: Step, change: Change) -> Iterator[tuple[Offer, tuple[Candidate, ...]]]:
    """Offers that the ladder made, each with the candidates it saw."""
    if change.looks and not _by_hand(step, change):
        for offer in change.asked:
            yield offer, change.looks[-1].found.candidates


def _by_hand(step: Step, change: Change) -> bool:
    return step.kind == "add" and change.after.id == step.about


def _rank(
    book: Book, request: ServiceRequest, each: Candidate, ahead: dict[str, int]
) -> tuple[bool, int, int, int, int]:
    directory = book.country.directory
    near = directory.organisations[each.organisation].territory
    full = each.free is not None and each.free <= 0
    place = book.case(request).territory
    far = apart(place, near, directory.levels)
    served = directory.services[each.service].service_areas
    wide = -max((len(area) for area in served if place.startswith(area)), default=0)
    return full, ahead.get(each.organisation, 2), wide, far, -(each.free or 0)


def _passed_over(book: Book, offer: Offer) -> bool:
    """Whether it is no turn, and yet not to be repeated in this round."""
    untold = offer.status is OfferStatus.EXPIRED and not offer.told
    unreachable = offer.status is OfferStatus.CANCELLED and offer.reason == "unreachable"
    return untold or unreachable or offer.id in book.taken_off


def _turns(book: Book, step: Step, change: Change) -> int:
    """Turns of this round that are over."""
    start = round_start(book, step, change)
    made = {offer.id for offer in change.asked}
    return sum(book.had_turn(each) and each.id not in made for each in change.after.offers[start:])


def _most(book: Book, change: Change) -> int:
    return book.ladder(change.after).max_offers
