"""Laws of the record: each change is a version, said once, and what has ended stays ended."""

from services.referral.model.service_request import ServiceRequest
from shared.events.intake import ConsentWithdrawn
from shared.events.notify import AlertUnreachable
from shared.events.words import CancelReason, Fulfilment, OfferStatus, ServiceRequestStatus
from tests.simulation.book import Book
from tests.simulation.memory import LIVING
from tests.simulation.step import Change, Step

OVER = (OfferStatus.REJECTED, OfferStatus.FAILED, OfferStatus.COMPLETED)
GOING = (ServiceRequestStatus.DRAFT, ServiceRequestStatus.ACTIVE)


def each_decision_is_one_version(book: Book, step: Step, change: Change) -> str | None:
    """Versions rise by one, and what was decided last is what is stored."""
    before = change.before.version if change.before else 0
    if change.after.version != before + 1:
        return f"version {change.after.version} came after {before}"
    return None


def what_is_decided_is_stored(book: Book, step: Step) -> str | None:
    """No decision of a step is lost behind another one."""
    last = {change.after.id: change.after for change in step.changes}
    for request_id, request in last.items():
        if book.shelf.requests.get(request_id) is not request:
            return f"{request_id} is stored as something else than was decided"
    return None


def every_move_is_said(book: Book, step: Step, change: Change) -> str | None:
    """What is said of offers, one after another, leads from what was to what is."""
    known = change.before.offers if change.before else ()
    statuses = {offer.id: offer.status for offer in known}
    for move in change.moves:
        if statuses.get(move.offer.id, OfferStatus.DRAFT) is not move.before:
            return f"{move.offer.service} was said to come from {move.before}"
        statuses[move.offer.id] = move.offer.status
    for offer in change.after.offers:
        if statuses.get(offer.id) is not offer.status:
            return f"{offer.service} became {offer.status}, and nobody said so"
    return None


def progress_is_said_once(book: Book, step: Step, change: Change) -> str | None:
    """How far the service request came is said of a new one, and when it changes, and only then."""
    before, after = change.before, change.after
    news = before is None or (before.status, before.fulfilment) != (after.status, after.fulfilment)
    if len(change.progressed) != news:
        return f"{after.status}, {after.fulfilment}: said {len(change.progressed)} times"
    return None


def progress_is_what_the_offers_say(book: Book, step: Step, change: Change) -> str | None:
    """In service is who was met, placed is who was promised, offering is who is asked for."""
    if change.after.status is not ServiceRequestStatus.ACTIVE:
        return None
    wanted = _fulfilment(change.after)
    if change.after.fulfilment is not wanted:
        return f"it is said to be {change.after.fulfilment}, and is {wanted}"
    return None


def closed_is_closed(book: Book, step: Step, change: Change) -> str | None:
    """No offer lives, and nobody is asked, where the service request is not active; it is done
    while an offer is, and only a coordinator who says that this was a mistake opens it again.
    """
    before, after = change.before, change.after
    was = before.status if before else after.status
    mistaken = was is ServiceRequestStatus.COMPLETED and step.kind == "void"
    if was not in GOING and after.status in GOING and not mistaken:
        return f"it was {was}, and lives again"
    done = any(offer.status is OfferStatus.COMPLETED for offer in after.offers)
    if after.status is ServiceRequestStatus.COMPLETED and not done:
        return "it is said to be done, and nobody has done it"
    if after.status is ServiceRequestStatus.ACTIVE:
        return None
    if change.alerts or any(offer.status in LIVING for offer in after.offers):
        return f"it is {after.status}, and an offer of it lives"
    return None


def ended_is_ended(book: Book, step: Step, change: Change) -> str | None:
    """A no, a failure, an end stay; silence may still say yes; the superseded may be asked."""
    for move in change.moves:
        before = change.before.offer(move.offer.id) if change.before else None
        to = move.offer.status
        if to is OfferStatus.ENTERED_IN_ERROR or before is None:
            continue
        revived = (
            move.before in (*OVER, OfferStatus.ENTERED_IN_ERROR)
            or (move.before is OfferStatus.EXPIRED and to is not OfferStatus.ACCEPTED)
            or (move.before is OfferStatus.CANCELLED and before.reason != CancelReason.SUPERSEDED)
        )
        if revived:
            return f"{move.offer.service} was {move.before}, and became {to}"
    return None


def nothing_is_forgotten(book: Book, step: Step, change: Change) -> str | None:
    """Offers are only ever added, and who was asked, and when, is not written anew."""
    known = change.before.offers if change.before else ()
    if len(change.after.offers) < len(known):
        return "an offer is gone"
    for old, new in zip(known, change.after.offers, strict=False):
        same = (old.id, old.service, old.organisation, old.requested_at)
        if same != (new.id, new.service, new.organisation, new.requested_at):
            return f"the offer to {old.service} is not what it was"
    return None


def a_consent_that_ends_ends_what_it_allowed(book: Book, step: Step) -> str | None:
    """Once a consent is withdrawn, nobody without another one is asked or has it."""
    for event in step.events:
        if not isinstance(event.body, ConsentWithdrawn):
            continue
        case = book.cases[event.body.need_id]
        request = book.shelf.requests[book.shelf.of_need[case.incident_id, case.need_id]]
        for offer in request.offers:
            may = case.permits(offer.organisation, offer.organisation_kind, None)
            if offer.status in LIVING and not may:
                return f"{offer.service} is {offer.status} without a consent"
        if not case.permissions and request.status is ServiceRequestStatus.ACTIVE:
            return "nothing permits it any more, and it goes on"
    return None


def a_unit_that_is_excluded_has_nothing(book: Book, step: Step) -> str | None:
    """Once a unit is known to be excluded, it is not asked and has nothing, whatever it said."""
    for event in step.events:
        if not isinstance(event.body, AlertUnreachable):
            continue
        unit = book.unit_excluded(event.body)
        request = book.shelf.requests[book.shelf.of_offer[event.body.offer_id]]
        for offer in request.offers:
            if offer.organisation == unit and offer.status in LIVING:
                return f"{offer.service} is excluded, and its offer is {offer.status}"
    return None


def _fulfilment(request: ServiceRequest) -> Fulfilment:
    """How far an active service request is, as its offers have it."""
    living = [offer for offer in request.offers if offer.status in LIVING]
    if not living:
        return Fulfilment.EXHAUSTED
    for offer in living:
        if offer.status is OfferStatus.IN_PROGRESS or (
            offer.status is OfferStatus.ON_HOLD and offer.before_hold is OfferStatus.IN_PROGRESS
        ):
            return Fulfilment.IN_SERVICE
        if offer.status in (OfferStatus.ACCEPTED, OfferStatus.ON_HOLD):
            return Fulfilment.PLACED
    return Fulfilment.OFFERING
