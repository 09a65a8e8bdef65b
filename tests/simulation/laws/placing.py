"""Laws of places: never more held than there are, each given back once, taken only in need."""

from collections.abc import Iterator

from services.referral.model.facts import Moved
from services.referral.model.service_request import ServiceRequest
from shared.events.words import CancelReason, OfferStatus
from tests.simulation.book import Book
from tests.simulation.step import Step


def no_more_is_held_than_there_is(book: Book, step: Step) -> str | None:
    """Whoever is given a place in this step finds one: held and accepted never exceed capacity."""
    if step.capacity is None or not step.capacity.free:
        return None  # of what is not counted there is enough
    taken = {
        move.offer.service
        for request, move in _moves(step)
        if book.has_place(request, move.offer, move.offer.status, step.now)
        and not book.has_place(request, move.offer, move.before, step.now)
    }
    services = book.country.directory.services
    counted = {each: services[each].places for each in taken}
    occupied = book.occupied(step.now) if any(each is not None for each in counted.values()) else {}
    for service, there in counted.items():
        if there is not None and occupied.get(service, 0) > there:
            return f"{service} has {there} places, and {occupied[service]} are held"
    return None


def a_place_is_given_back_once(book: Book, step: Step) -> str | None:
    """The count kept while a step decides is, after it, what counting anew would give."""
    if step.capacity is None or not step.capacity.free or not step.changes:
        return None
    occupied = book.occupied(step.now)
    for service, free in step.capacity.free.items():
        places = book.country.directory.services[service].places
        if places is not None and free != places - occupied.get(service, 0):
            return f"{service}: {free} counted as free, {occupied.get(service, 0)} of {places} held"
    return None


def a_hold_gives_way_to_higher_risk_alone(book: Book, step: Step) -> str | None:
    """Nobody loses a place that was only asked for but to a more urgent case, asked in its stead,
    and never one that somebody there has already seen.
    """
    for request, move in _moves(step):
        if move.offer.reason != CancelReason.NO_CAPACITY or move.offer.id in book.taken_off:
            continue
        if move.before is not OfferStatus.REQUESTED:
            return f"{move.offer.service} was answering, and lost its offer"
        rank = book.case(request).urgency.rank
        if not any(
            taker.offer.service == move.offer.service
            and taker.before not in (OfferStatus.REQUESTED, OfferStatus.RECEIVED)
            and book.case(other).urgency.rank < rank
            for other, taker in _moves(step)
            if other.id != request.id
        ):
            return f"{move.offer.service} lost its offer, and nobody at higher risk took the place"
    return None


def _moves(step: Step) -> Iterator[tuple[ServiceRequest, Moved]]:
    for change in step.changes:
        for move in change.moves:
            yield change.after, move
