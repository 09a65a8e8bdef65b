"""Answers to offers: judged alike over HTTP and from the bus, and what became of each is said.

Over HTTP whoever came second hears who was first: `Conflict` with ``first_at``, and ``first_by``
where it was a colleague. An answer may be repeated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.referral.deps import Deps
from services.referral.handlers.casework import Word, holder_word, on_the_telephone, taken_over
from services.referral.handlers.find import FoundOffer, find_offer
from services.referral.model.answers import Judged, Said, judge
from services.referral.model.casework import CLAIM_YEARS, NO_TAKER
from services.referral.model.service_request import ServiceRequest
from services.referral.unit_of_work import UnitOfWork
from shared.db import Tx
from shared.errors import Conflict, Forbidden, Invalid, NotFound, Unprocessable
from shared.events import Act, Event, notify
from shared.events.referral import AnswerJudged
from shared.events.words import HELD, Answer, Channel, Judgement, RejectReason
from shared.plausible import past
from shared.security.tokens import Ticket
from shared.security.visibility import Viewer

REFUSALS = {
    Judgement.TAKEN: "somebody was first",
    Judgement.TOO_LATE: "the time for this answer is over",
    Judgement.CLOSED: "this offer is closed",
    Judgement.NOT_ALLOWED: "consent, conflict of interest or capacity no longer allow it",
}
OWN_YES = (
    "this person has accepted it: it can be taken back for two minutes, and given back after that"
)


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers what. ``on_behalf_of``: a coordinator, or an operator of their desk, enters what
    that person said on a call."""

    viewer: Viewer
    said: Answer
    reason: RejectReason | None = None
    channel: Channel = Channel.API
    on_behalf_of: str | None = None
    claimed_at: datetime | None = None

    @property
    def person(self) -> str:
        """Whose answer it is."""
        return self.on_behalf_of or self.viewer.staff_id

    def act(self, now: datetime) -> Act:
        """The act, received now."""
        return Act(
            received_at=now,
            claimed_at=self.claimed_at,
            actor=self.viewer.staff_id,
            on_behalf_of=self.on_behalf_of,
            channel=self.channel,
        )


async def answer(tx: Tx, deps: Deps, by: Answering, offer_id: str) -> FoundOffer:
    """Accept, reject or received, over HTTP; the offer after it."""
    found = await find_offer(tx, deps, by.viewer, offer_id, lock=True)
    if not (found.own if by.on_behalf_of is None else found.may_enter):
        raise NotFound("no such offer")
    past("claimed_at", by.claimed_at, tx.now, CLAIM_YEARS)
    work = await UnitOfWork.of(tx, deps, loaded=[found.request], people=[by.person])
    words = Said(by.person, tx.now, by_desk=by.person != by.viewer.staff_id)
    context = work.context(found.request)
    if by.on_behalf_of and not context.may_have(found.request, found.offer, by.on_behalf_of):
        raise Invalid("on_behalf_of", NO_TAKER)
    judged = judge(found.request, found.offer, by.said, words, context, by.reason)
    if judged.decision is not None:
        request = work.settle(judged.decision, by.act(tx.now))
        await work.save()
        return found.after(request)
    if judged.judgement is not Judgement.ALREADY:
        raise _second(judged, by)
    return found


def _second(judged: Judged, by: Answering) -> Conflict:
    viewer, detail = by.viewer, {"judgement": judged.judgement.value}
    first = judged.first
    if first is not None and first.answered_at is not None:
        detail["first_at"] = first.answered_at.isoformat()
        if first.organisation == viewer.organisation and first.answered_by is not None:
            detail["first_by"] = first.answered_by
    if judged.judgement is Judgement.TAKEN and judged.own(by.person):
        return Conflict(OWN_YES, **detail)
    return Conflict(REFUSALS.get(judged.judgement, "it cannot be done any more"), **detail)


def ticket(
    deps: Deps, found: FoundOffer, holder: str, now: datetime, *, reader: str | None = None
) -> str | None:
    """The disclosure ticket of the case holder; none for whoever does not hold the offer.

    With a ``reader`` it is theirs to read out to the holder, and nobody's to read.
    """
    request, offer = found.request, found.offer
    if offer.status not in HELD or offer.person != holder:
        return None
    granted = Ticket(
        incident_id=request.incident_id,
        need_id=request.need_id,
        service_request_id=request.id,
        offer_id=offer.id,
        organisation=offer.organisation,
        organisation_kind=offer.organisation_kind,
        staff_id=offer.person,
        reader=reader,
    )
    return deps.signer.ticket(granted, now)


async def renew_ticket(tx: Tx, deps: Deps, viewer: Viewer, offer_id: str) -> str:
    """A fresh ticket while the offer lives, for its case holder alone; to ask is to take over."""
    found = await find_offer(tx, deps, viewer, offer_id, lock=True)
    if not found.held_by(viewer):
        raise Forbidden("only the case holder may read the details")
    fresh = _held(found, ticket(deps, found, viewer.staff_id, tx.now))
    await taken_over(tx, deps, viewer, found)
    return fresh


async def ticket_to_read_out(tx: Tx, deps: Deps, viewer: Viewer, offer_id: str, holder: str) -> str:
    """A ticket for an operator of the desk who has the case holder on the telephone.

    Both are tested for exclusions; to ask is to take over, as it is for the holder.
    """
    found = await holder_word(tx, deps, viewer, offer_id, Word(on_the_telephone, holder))
    if not found.desk:
        raise Forbidden("only an operator of their desk reads out")
    return _held(found, ticket(deps, found, holder, tx.now, reader=viewer.staff_id))


def _held(found: FoundOffer, fresh: str | None) -> str:
    if fresh is None:
        raise Conflict("nobody holds this offer", state=found.offer.status.value)
    return fresh


async def on_answers_received(
    deps: Deps, tx: Tx, events: Sequence[Event[notify.AnswerReceived]]
) -> None:
    """Judges answers that came by SMS or mail, and says what became of them."""
    people = [event.act.actor for event in events if event.act]
    offers = [event.body.offer_id for event in events]
    work, cases = await UnitOfWork.of_offers(tx, deps, offers, people)
    for event in events:
        request = work.requests[cases[event.body.offer_id]]
        offer = request.offer(event.body.offer_id)
        if offer is None or event.act is None:
            raise Unprocessable("an answer without its offer, or without the act behind it")
        said = Said(event.act.actor, event.act.received_at)
        body = event.body
        answer = body.said or body.answer
        judged = judge(request, offer, answer, said, work.context(request), body.reason)
        with tx.because(event):
            if judged.decision is not None:
                request = work.settle(judged.decision, event.act)
            _tell(tx, request, body, judged, event.act)
    await work.save()


def _tell(
    tx: Tx, request: ServiceRequest, body: notify.AnswerReceived, judged: Judged, act: Act
) -> None:
    first = judged.first.answered_at if judged.first else None
    tx.emit(
        AnswerJudged(
            incident_id=request.incident_id,
            offer_id=body.offer_id,
            answer_id=body.answer_id,
            answer=body.answer,
            own=judged.own(act.actor) or None,
            judgement=judged.judgement,
            staff_id=act.actor,
            first_at=first,
            excluded_people=request.excluded_people,
        ),
        subject=request.id,
        version=request.version,
        act=act,
    )
