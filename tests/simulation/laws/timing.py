"""Laws of time: a deadline or a human, never early, never missed, and silence ends in a human."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from services.referral.model.facts import Moved
from services.referral.model.ladder import (
    EXHAUSTED,
    NO_ALERTS,
    NO_ANSWER,
    NO_CONSENT,
    NOT_PERMITTED,
)
from services.referral.model.service_request import Offer, ServiceRequest
from services.referral.model.timeouts import (
    CONTACT_OVERDUE,
    REVIEW_DUE,
    REVIEW_OVERDUE,
    TAKEOVER_LATE,
)
from shared.events.intake import IncidentReported
from shared.events.words import (
    CONTACT_DUE,
    Channel,
    FailReason,
    Fulfilment,
    OfferStatus,
    ServiceRequestStatus,
    Urgency,
)
from tests.simulation.book import Book
from tests.simulation.memory import LIVING
from tests.simulation.step import Change, Step

GRACE = timedelta(seconds=30)
"""A pass that crashed is tried again within this."""
OPEN = (OfferStatus.REQUESTED, OfferStatus.RECEIVED)
HELD = (OfferStatus.ACCEPTED, OfferStatus.IN_PROGRESS, OfferStatus.ON_HOLD)


def a_deadline_or_a_human(book: Book, step: Step, change: Change) -> str | None:
    """Every active request has a next deadline, or a human has it, or a human knows."""
    request = change.after
    if request.status is not ServiceRequestStatus.ACTIVE:
        return None if request.next_due is None else "it is closed, and the clock waits for it"
    living = [offer for offer in request.offers if offer.status in LIVING]
    for offer in living:
        if offer.deadline is None:
            return f"{offer.service} is {offer.status}, and nobody will look at it again"
    if request.next_due != min(_awaited(living), default=None):
        return "the clock does not look at the first thing that is due"
    if living:
        return None
    known = book.notices[request.id][EXHAUSTED] or _notices(change, EXHAUSTED)
    if request.fulfilment is not Fulfilment.EXHAUSTED or not known:
        return "nobody is asked, nobody has it, and no human knows"
    return None


def nothing_is_early(book: Book, step: Step, change: Change) -> str | None:
    """What the clock ends, it ends at its deadline or after, and nobody else ends it so."""
    for move in change.moves:
        if not _clockwise(move) or change.before is None:
            continue
        before = change.before.offer(move.offer.id)
        if before is None or before.deadline is None or before.deadline > step.now:
            return f"{move.offer.service} became {move.offer.status} before its time"
        if step.kind != "clock":
            return f"{move.offer.service} became {move.offer.status} by a {step.kind}"
    return None


def nothing_is_missed(book: Book, step: Step) -> str | None:
    """While the clock is awake, nothing stays due."""
    if book.clock_awake is None:
        return None
    latest = step.now - GRACE
    if book.clock_awake > latest or book.looked_at > latest:
        return None
    book.looked_at = step.now
    for _, offer in book.shelf.placed():
        for due in _awaited([offer]):
            if due < latest:
                return f"{offer.service} was due at {due}, and it is {step.now}"
    return None


def deadlines_are_the_policys(book: Book, step: Step, change: Change) -> str | None:
    """T_ack, T_decide and T_contact are those of the table, each from the instant it runs from."""
    for move in change.moves:
        offer = move.offer
        if offer.status is OfferStatus.ON_HOLD:
            continue  # the holder chose it
        answer_by, deadline = _limits(book, step, change, move)
        if (offer.answer_by, offer.deadline) != (answer_by, deadline):
            is_, due = f"{offer.answer_by}, {offer.deadline}", f"{answer_by}, {deadline}"
            return f"{offer.service} is {offer.status} until {is_}, and not {due}"
        decide_by = _after(book, change.after, answer_by, book.timers(change.after).decide)
        if move.before is OfferStatus.DRAFT and offer.decide_by != decide_by:
            return f"T_decide of {offer.service} ends at {offer.decide_by}, not {decide_by}"
    return None


def _limits(
    book: Book, step: Step, change: Change, move: Moved
) -> tuple[datetime, datetime | None]:
    """Until when an answer is in time, and when this state must have been left."""
    request, timers, offer = change.after, book.timers(change.after), move.offer
    if offer.status is OfferStatus.REQUESTED and move.before is OfferStatus.DRAFT:
        limit = _after(book, request, step.now, timers.ack)
    elif offer.status is OfferStatus.RECEIVED:
        limit = _after(book, request, _received_at(step, change), timers.decide)
    elif offer.status is move.before:  # another holder, the same time
        before = change.before.offer(offer.id) if change.before else None
        return offer.answer_by, before.deadline if before else None
    elif offer.status is OfferStatus.IN_PROGRESS:
        return offer.answer_by, step.now + book.review(request)
    elif offer.status is OfferStatus.ACCEPTED:
        return offer.answer_by, _after(book, request, step.now, timers.contact)
    else:
        return offer.answer_by, offer.answer_by if offer.status in OPEN else None
    return limit, limit


def the_next_tier_has_its_time(book: Book, step: Step, change: Change) -> str | None:
    """While further tiers exist and nobody there has seen it, the next is told half way."""
    ladder = book.ladder(change.after)
    told = {offer.id for offer in change.alerts}
    for offer in change.after.offers:
        if offer.status is not OfferStatus.REQUESTED:
            continue
        since = step.now if offer.id in told else book.alerted_at[offer.id]
        more = offer.tier < ladder.tiers and since < offer.answer_by
        wanted = since + (offer.answer_by - since) / 2 if more else None
        if offer.next_tier_at != wanted:
            return f"the next tier of {offer.service} is told at {offer.next_tier_at}, not {wanted}"
    return None


def a_holder_is_reminded(book: Book, step: Step, change: Change) -> str | None:
    """Whoever owes a contact hears of it once, after two thirds of their time, and nobody else."""
    for offer in change.after.offers:
        before = change.before.offer(offer.id) if change.before else None
        owed = offer.status is OfferStatus.ACCEPTED
        if not owed and offer.remind_at is not None:
            return f"{offer.service} is {offer.status}, and its holder is to be reminded"
        if owed and (before is None or before.status is not offer.status):
            share = book.timers(change.after).contact * 2 / 3
            if offer.remind_at != _after(book, change.after, step.now, share):
                return f"the holder of {offer.service} is reminded at {offer.remind_at}"
        elif owed and before is not None and offer.remind_at != before.remind_at:
            told = [each for each in change.moves if each.reason == CONTACT_DUE]
            if offer.remind_at is not None or not told or not _due_by(before.remind_at, step):
                return f"the holder of {offer.service} was not reminded in time"
    return None


def _due_by(time: datetime | None, step: Step) -> bool:
    return time is not None and time <= step.now


def a_pause_ends_with_a_human(book: Book, step: Step, change: Change) -> str | None:
    """A review date that passes is told first, and the offer fails only after T_contact more."""
    for move in change.moves:
        if (
            move.offer.reason == FailReason.REVIEW_OVERDUE
            and not (book.notices[change.after.id][REVIEW_OVERDUE])
        ):
            return f"{move.offer.service} failed, and nobody was told of the review first"
    if _notices(change, REVIEW_OVERDUE) and change.before is not None:
        for offer in change.after.offers:
            before = change.before.offer(offer.id)
            if before is None or not offer.overdue or before.overdue:
                continue
            grace = _after(book, change.after, step.now, book.timers(change.after).contact)
            if offer.deadline != grace:
                return f"the review of {offer.service} is over for good at {offer.deadline}"
    return None


def a_new_holder_takes_over(book: Book, step: Step, change: Change) -> str | None:
    """Whoever others made the case holder has T_ack to act; until they do, humans hear of it, each
    time after at least as long again.
    """
    for offer in change.after.offers:
        before = change.before.offer(offer.id) if change.before else None
        by_desk = step.deed is not None and step.deed.channel is Channel.DESK
        given = offer.status in HELD and (before is None or before.person != offer.person)
        if given and (by_desk or step.kind == "hand-over"):
            limit = _after(book, change.after, step.now, book.timers(change.after).ack)
            if (offer.handed_at, offer.take_over_by) != (step.now, limit):
                return f"{offer.person} is to take over by {offer.take_over_by}, not {limit}"
        elif before is None or before.take_over_by is None:
            if offer.take_over_by is not None:
                return f"nobody gave {offer.service} to {offer.person}"
        elif step.kind == "clock" and offer.status is before.status:
            passed = before.take_over_by <= step.now
            if passed != (offer.take_over_by != before.take_over_by):
                return f"{offer.person} has not taken over, and the clock does not look again"
            waited = step.now - (before.handed_at or step.now)
            grows = offer.take_over_by is not None and offer.take_over_by >= step.now + waited
            if passed and not (grows and _notices(change, TAKEOVER_LATE)):
                return f"{offer.person} has not taken over, and no human hears of it in time"
    return None


def a_long_case_is_looked_at(book: Book, step: Step, change: Change) -> str | None:
    """Whatever is in progress is put before a human each time its review is due, and then again."""
    for offer in change.after.offers:
        before = change.before.offer(offer.id) if change.before else None
        if before is None or offer.status is not before.status is not OfferStatus.IN_PROGRESS:
            continue
        if offer.status is not OfferStatus.IN_PROGRESS or offer.deadline == before.deadline:
            continue
        if offer.deadline != step.now + book.review(change.after):
            return f"{offer.service} is looked at again at {offer.deadline}"
        if not _notices(change, REVIEW_DUE):
            return f"the review of {offer.service} is due, and no human hears of it"
    return None


def silence_is_told(book: Book, step: Step, change: Change) -> str | None:
    """After so many silent candidates a coordinator hears of it, once; of alerts that do not go
    out, of no contact, and of nobody being left, each time.
    """
    request = change.after
    for move in change.moves:
        untold = move.offer.status is OfferStatus.EXPIRED and not move.offer.told
        if untold and not _notices(change, NO_ALERTS):
            return f"nobody at {move.offer.service} could be told, and no human knows"
        if move.offer.reason == FailReason.NO_CONTACT and not _notices(change, CONTACT_OVERDUE):
            return f"{move.offer.service} made no contact, and no human knows"
        if move.offer.status is OfferStatus.EXPIRED and move.offer.told:
            silent = sum(
                each.status is OfferStatus.EXPIRED and each.told for each in request.offers
            )
            told = _notices(change, NO_ANSWER)
            known = book.notices[request.id][NO_ANSWER] + told
            enough = silent >= book.ladder(request).coordinator_after
            if known > 1 or known < enough or told > enough:
                return f"{silent} were silent, and {known} times a coordinator heard of it"
    before = change.before.fulfilment if change.before else None
    exhausted = request.fulfilment is Fulfilment.EXHAUSTED and before is not Fulfilment.EXHAUSTED
    if exhausted != bool(_notices(change, EXHAUSTED)):
        return "nobody is left, and no human hears of it" if exhausted else "it is not exhausted"
    return None


def what_waits_for_consent_is_told(book: Book, step: Step) -> str | None:
    """Where nothing of an incident is permitted, a coordinator hears of it, once; else never."""
    for event in step.events if step.again is None else ():
        body = event.body
        if not isinstance(body, IncidentReported):
            continue
        nothing = not any(need.permissions for need in body.needs)
        emergency = body.urgency is Urgency.IMMEDIATE
        wanted = {NOT_PERMITTED: nothing and emergency, NO_CONSENT: nothing and not emergency}
        changes = [each for each in step.changes if each.after.incident_id == body.incident_id]
        told = {name: sum(_notices(each, name) for each in changes) for name in wanted}
        if told != wanted:
            return f"{body.incident_id}: {told} times a coordinator heard that nothing is permitted"
    return None


def in_the_end_a_human(book: Book, now: datetime) -> str | None:
    """However long everybody is silent: a coordinator has been asked to look at whoever has it, or
    knows that nobody has.
    """
    for request in book.shelf.requests.values():
        if request.status is not ServiceRequestStatus.ACTIVE:
            continue
        statuses = {offer.status for offer in request.offers if offer.status in LIVING}
        if statuses == {OfferStatus.IN_PROGRESS} and book.notices[request.id][REVIEW_DUE]:
            continue
        if statuses or not book.somebody_knows(request):
            return f"{request.id} ends as {request.fulfilment}, {sorted(statuses)}"
    return None


def _awaited(offers: list[Offer]) -> Iterator[datetime]:
    for offer in offers:
        times = (offer.deadline, offer.next_tier_at, offer.take_over_by, offer.remind_at)
        yield from (time for time in times if time is not None)


def _after(book: Book, request: ServiceRequest, start: datetime, amount: timedelta) -> datetime:
    return book.country.jurisdiction.deadline(request.service_type, start, amount)


def _received_at(step: Step, change: Change) -> datetime:
    """When the answer came that was decided here."""
    return next(
        heard.said.received_at
        for heard in step.heard
        if heard.judged.decision is not None and heard.judged.decision.request is change.after
    )


def _clockwise(move: Moved) -> bool:
    overdue = move.offer.reason in (FailReason.NO_CONTACT, FailReason.REVIEW_OVERDUE)
    return move.offer.status is OfferStatus.EXPIRED or overdue


def _notices(change: Change, template: str) -> int:
    return sum(fact.template == template for fact in change.notices)
