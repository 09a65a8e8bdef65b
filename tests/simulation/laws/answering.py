"""Laws of answers: the first yes wins, late is told as late, and no answer is lost."""

from services.referral.model.service_request import Offer, ServiceRequest
from shared.errors import Invalid, NotFound
from shared.events.notify import AnswerReceived
from shared.events.referral import AnswerJudged
from shared.events.words import (
    Answer,
    Channel,
    FailReason,
    Judgement,
    OfferStatus,
    ServiceRequestStatus,
)
from tests.simulation.book import Book
from tests.simulation.memory import LIVING
from tests.simulation.providers import UNDO
from tests.simulation.stage import Heard
from tests.simulation.step import Change, Step

OPEN = (OfferStatus.REQUESTED, OfferStatus.RECEIVED)
HELD = (OfferStatus.ACCEPTED, OfferStatus.IN_PROGRESS, OfferStatus.ON_HOLD)


def one_yes_at_most(book: Book, step: Step, change: Change) -> str | None:
    """One accepted offer a service request, and while it lives, or is done, nobody is asked."""
    held = [offer for offer in change.after.offers if offer.status in HELD]
    done = any(offer.status is OfferStatus.COMPLETED for offer in change.after.offers)
    if len(held) + done > 1:
        return "two have it"
    if (held or done) and any(offer.status in OPEN for offer in change.after.offers):
        return "somebody is asked, though somebody has it"
    return None


def a_yes_ends_the_others(book: Book, step: Step, change: Change) -> str | None:
    """Whoever was being asked beside the winner is told who won, at once."""
    won = [
        move.offer
        for move in change.moves
        if move.offer.status is OfferStatus.ACCEPTED and move.before in (*OPEN, OfferStatus.EXPIRED)
    ]
    if not won or change.before is None:
        return None
    ended = {move.offer.id: move.offer for move in change.moves}
    for other in change.before.offers:
        if other.status not in OPEN or other.id == won[0].id:
            continue
        now = ended.get(other.id)
        if now is None or (now.reason, now.superseded_by) != ("superseded", won[0].id):
            return f"{other.service} does not hear that {won[0].service} was first"
    return None


def the_holder_may_know(book: Book, step: Step, change: Change) -> str | None:
    """A case holder serves there, and is none of those who must not know, nor of their unit."""
    for offer in change.after.offers:
        if offer.status not in HELD:
            continue
        if not book.may_have(change.after, offer, offer.person):
            return f"{offer.person} holds the case"
        if offer.organisation in book.case(change.after).organisations:
            return f"{offer.organisation} is excluded, and holds the case"
    return None


def every_answer_is_judged(book: Book, step: Step) -> str | None:
    """Whatever came over the bus, its giver hears once what became of it."""
    if not step.events:
        return None
    given = [
        event.body.answer_id for event in step.events if isinstance(event.body, AnswerReceived)
    ]
    told = [body.answer_id for body, *_ in step.said if isinstance(body, AnswerJudged)]
    return None if sorted(given) == sorted(told) else f"answers {given}, judged {told}"


def an_answer_stands_unless_there_is_a_reason(book: Book, step: Step, heard: Heard) -> str | None:
    """Nothing is refused, and nothing let in, but for a reason that can be named."""
    expected, judgement = _judgement(book, step, heard), heard.judged.judgement
    if judgement is not expected:
        offer = f"{heard.offer.id} ({heard.offer.status})"
        said = f"{heard.said.person} said {heard.answer} to {offer}"
        return f"{said}: {judgement}, and not {expected}"
    took_over = judgement is Judgement.ALREADY and _takes_over(heard)
    changes = judgement is Judgement.STOOD or took_over or _claims_late(heard)
    if changes != (heard.judged.decision is not None):
        return f"{judgement}, but the case says otherwise"
    return None


def late_is_told_as_late(book: Book, step: Step, heard: Heard) -> str | None:
    """Late is what was received after the limit, whenever it is handled and whatever happened."""
    late = heard.said.received_at > heard.offer.answer_by
    held = heard.answer in HOLDERS and heard.offer.reason == FailReason.NO_CONTACT
    if heard.judged.judgement is Judgement.TOO_LATE and not (late or held):
        return f"{heard.said.person} was in time, and hears of being late"
    decision = heard.judged.decision
    after = decision.request.offer(heard.offer.id) if decision else None
    stood = heard.judged.judgement is Judgement.STOOD
    if after is None or heard.answer is not Answer.ACCEPT or not stood:
        return None
    if after.late != late:
        return f"an answer that was {'late' if late else 'in time'} is marked otherwise"
    if (after.person, after.accepted_at) != (heard.said.person, heard.said.received_at):
        return "the yes is not written down as it was given"
    return None


def whoever_may_not_have_it_gets_nothing(book: Book, step: Step) -> str | None:
    """Who must not know, or does not serve there, finds no offer; and no desk can name them."""
    deed = step.deed
    if deed is None:
        return None
    request = book.shelf.requests[book.shelf.of_offer[deed.offer]]
    if book.may_have(request, _before(book, step, deed.offer), deed.person):
        return None
    refusal = Invalid if deed.channel is Channel.DESK else NotFound
    return None if isinstance(step.refused, refusal) else f"{deed.person}: {step.refused!r}"


def undo_is_for_its_giver_and_for_minutes(book: Book, step: Step) -> str | None:
    """A yes is taken back by who gave it, within T_undo, and then it really is."""
    deed = step.deed
    if step.kind != "release" or deed is None or step.again is not None:
        return None
    offer = _before(book, step, deed.offer)
    accepted = offer.accepted_at if offer.status is OfferStatus.ACCEPTED else None
    may = offer.person == deed.person and accepted is not None and step.now <= accepted + UNDO
    released = any(
        move.offer.id == offer.id and move.offer.status is OfferStatus.FAILED
        for change in step.changes
        for move in change.moves
    )
    if may != released:
        return "an undo was refused in time" if may else "an undo was taken out of time"
    return None


def after_an_undo_the_others_are_asked_again(book: Book, step: Step, change: Change) -> str | None:
    """Who was superseded by it, while their time is open and nothing forbids it."""
    request = change.before
    if step.kind != "release" or request is None or step.deed is None:
        return None
    for other in request.offers:
        if other.status is not OfferStatus.CANCELLED or other.superseded_by != step.deed.offer:
            continue  # entered in error since, perhaps
        if step.now >= other.answer_by:
            continue
        counted = book.country.directory.services[other.service].places is not None
        permitted = _permitted(book, request, other, step)
        after = change.after.offer(other.id)
        if permitted and not counted and (after is None or after.status not in LIVING):
            return f"{other.service} still had time, and is not asked again"
        if after is not None and after.status in LIVING and after.deadline != other.answer_by:
            return f"{other.service} was given another time to answer than it had"
    return None


def saying_it_again_changes_nothing(book: Book, step: Step) -> str | None:
    """What is done twice, because somebody heard no answer, is done once, and answered alike."""
    if step.again is None:
        return None
    if (step.again.refused is None) != (step.refused is None):
        return f"done once, and refused the second time: {step.refused}"
    moved = [move.offer.id for change in step.changes for move in change.moves]
    told = [fact for change in step.changes for fact in (*change.alerts, *change.notices)]
    return f"done twice: {moved}" if moved or told else None


def _judgement(book: Book, step: Step, heard: Heard) -> Judgement:
    """What an answer is to be told to be."""
    if heard.answer in HOLDERS and book.may_have(heard.request, heard.offer, heard.said.person):
        of_a_holder = _of_a_holder(heard)
        if of_a_holder is not None:
            return of_a_holder
    ruled_out = _ruled_out(book, heard)
    if ruled_out is not None:
        return ruled_out
    offer, late = heard.offer, heard.said.received_at > heard.offer.answer_by
    if heard.answer is Answer.ACCEPT:
        return _of_a_yes(book, step, heard)
    if late and (heard.answer is Answer.RECEIVED or offer.status is OfferStatus.EXPIRED):
        return Judgement.TOO_LATE
    return Judgement.STOOD if offer.status in OPEN else Judgement.CLOSED


def _claims_late(heard: Heard) -> bool:
    """Whether somebody says, too late and for the first time, that they were there."""
    late = heard.judged.judgement is Judgement.TOO_LATE and heard.answer is Answer.ARRIVED
    return late and heard.offer.contact_claimed_at is None


HOLDERS = (Answer.ON_THE_WAY, Answer.ARRIVED, Answer.UNABLE)


def _of_a_holder(heard: Heard) -> Judgement | None:
    """A word of who has it stands, once; of who had it, it is late. Else "cannot" is a no."""
    request, offer, answer = heard.request, heard.offer, heard.answer
    own = offer.person == heard.said.person
    if own and offer.status in HELD:
        there = offer.status is OfferStatus.IN_PROGRESS and answer is not Answer.UNABLE
        coming = answer is Answer.ON_THE_WAY and offer.on_the_way_at is not None
        return Judgement.ALREADY if there or coming else Judgement.STOOD
    if answer is Answer.UNABLE:
        return Judgement.ALREADY if own and offer.reason == FailReason.UNABLE else None
    if own and offer.reason == FailReason.NO_CONTACT:
        return Judgement.TOO_LATE
    if any(each.status in (*HELD, OfferStatus.COMPLETED) for each in request.offers):
        return Judgement.TAKEN
    asked = offer.status in (*OPEN, OfferStatus.EXPIRED)
    active = request.status is ServiceRequestStatus.ACTIVE
    return Judgement.NOT_HELD if asked and active else Judgement.CLOSED


def _ruled_out(book: Book, heard: Heard) -> Judgement | None:
    """Who must not know, who said it before, who came second, and what is over."""
    request, offer = heard.request, heard.offer
    if not book.may_have(request, offer, heard.said.person):
        return Judgement.NOT_ALLOWED
    if _same_again(heard):
        return Judgement.ALREADY
    if any(each.status in (*HELD, OfferStatus.COMPLETED) for each in request.offers):
        return Judgement.TAKEN
    if request.status is not ServiceRequestStatus.ACTIVE:
        return Judgement.CLOSED
    return Judgement.TAKEN if offer.status is OfferStatus.REJECTED else None


def _of_a_yes(book: Book, step: Step, heard: Heard) -> Judgement:
    """It stands while it is asked for, and also after silence, if it may, and has its place."""
    request, offer = heard.request, heard.offer
    if offer.status not in (*OPEN, OfferStatus.EXPIRED):
        return Judgement.CLOSED
    place = heard.place_free or book.has_place(request, offer, offer.status, step.now)
    may = place and _permitted(book, request, offer, step)
    return Judgement.STOOD if may else Judgement.NOT_ALLOWED


def _takes_over(heard: Heard) -> bool:
    """Whether others gave it to whoever speaks here, and this is their first word."""
    return heard.offer.take_over_by is not None and not heard.said.by_desk


def _same_again(heard: Heard) -> bool:
    """Whether it is what this person said before, and what stands."""
    offer, person = heard.offer, heard.said.person
    if heard.answer in (Answer.REJECT, Answer.UNABLE):
        return offer.status is OfferStatus.REJECTED and offer.answered_by == person
    if offer.status in (*HELD, OfferStatus.COMPLETED):
        return offer.person == person
    return heard.answer is Answer.RECEIVED and offer.status is OfferStatus.RECEIVED


def _permitted(book: Book, request: ServiceRequest, offer: Offer, step: Step) -> bool:
    case = book.case(request)
    return offer.organisation not in case.organisations and case.permits(
        offer.organisation, offer.organisation_kind, step.now
    )


def _before(book: Book, step: Step, offer_id: str) -> Offer:
    """An offer as it was before the step."""
    for change in step.changes:
        found = change.before.offer(offer_id) if change.before else None
        if found is not None:
            return found
    stored = book.shelf.requests[book.shelf.of_offer[offer_id]].offer(offer_id)
    if stored is None:
        raise LookupError(offer_id)
    return stored
