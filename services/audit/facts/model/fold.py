"""Fold: a life as rows of facts, each first stamp beside the one that stands.

It is a function of the set of events: neither their order nor their number changes anything.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from services.audit.facts.model.lives import NO_WORD, Life, Offer, at
from services.audit.facts.model.said import Moved, Need, Said
from services.audit.figures.facts import OfferFact, RequestFact
from shared.events.words import (
    HELD,
    Answer,
    FailReason,
    Fulfilment,
    Judgement,
    OfferStatus,
    ServiceRequestStatus,
)

_OVER = frozenset({OfferStatus.CANCELLED, OfferStatus.FAILED, OfferStatus.COMPLETED})
_ENDED = _OVER | {OfferStatus.ENTERED_IN_ERROR}
_STANDS = HELD | {OfferStatus.COMPLETED}
_REQUEST_ENDED = frozenset(
    {
        ServiceRequestStatus.COMPLETED,
        ServiceRequestStatus.REVOKED,
        ServiceRequestStatus.ENTERED_IN_ERROR,
    }
)
_DECISIONS = {OfferStatus.ACCEPTED: Answer.ACCEPT, OfferStatus.REJECTED: Answer.REJECT}
_CONTACT = (Judgement.STOOD, Judgement.ALREADY, Judgement.TOO_LATE)
"""What referral makes of "arrived" where whoever says it holds the offer, or held it."""


class Facts(NamedTuple):
    """The rows of one service request."""

    request: RequestFact
    offers: tuple[OfferFact, ...]


def fold(said: Iterable[Said]) -> Facts | None:
    """The rows that follow from all that is known of one service request; none as long as nothing
    is known of the need itself. An offer has its row once it is heard that it was asked."""
    life = Life.of(said)
    if not life.needs:
        return None
    offers = tuple(_offer(life, offer) for offer in life.offers)
    return Facts(_request(life, offers), offers)


class _End(NamedTuple):
    """When something left everybody's hands, and why; none while it has not, or is back there."""

    at: datetime | None = None
    reason: str | None = None


class _Word(NamedTuple):
    """An answer, and when it was received."""

    at: datetime
    answer: Answer


def _offer(life: Life, offer: Offer) -> OfferFact:
    first, asked = offer.asked[0]
    _, opening = life.needs[0]
    words = sorted(_words(offer))
    seen = next((each.at for each in words if each.answer is Answer.RECEIVED), None)
    decided = next((each for each in words if each.answer is not Answer.RECEIVED), None)
    accepted = [offer.at(each) for each, _ in offer.edges(OfferStatus.ACCEPTED)]
    contact, end, stands = _contacts(offer), _end(offer), _standing(offer)
    acknowledged = next((words.deadline for _, words in offer.edges(OfferStatus.RECEIVED)), None)
    limits = [by for _, moved in offer.moved if (by := _contact_by(moved))]
    told = [offer.shown_at] if offer.shown_at else []
    told += [words.sent_at for _, words in offer.told[:1]]
    voided = [offer.at(each) for each, moved in offer.moved if _is_void(moved)]
    return OfferFact(
        offer_id=offer.offer_id,
        service_request_id=first.service_request_id or "",
        service_type=opening.service_type,
        organisation=asked.organisation,
        requested_at=first.time,
        answer_by=asked.answer_by,
        decide_by=acknowledged or asked.decide_by,
        urgency=opening.urgency or asked.urgency,
        territory=opening.territory or asked.territory,
        channel=offer.told[0][1].channel if offer.told else None,
        tier=max(asking.tier for _, asking in offer.asked),
        told_at=min(told, default=None),
        seen_at=seen,
        seen_now=seen if stands.seen else None,
        decided_at=decided.at if decided else None,
        decided_now=stands.word.at if stands.word else None,
        decision=decided.answer if decided else None,
        decision_now=stands.word.answer if stands.word else None,
        accepted_at=min(accepted, default=None),
        accepted_now=min(accepted, default=None) if stands.held else None,
        contact_by=limits[0] if limits else None,
        contact_by_now=limits[-1] if limits and stands.word else None,
        contact_at=min(contact, default=None),
        contact_now=min(_started(offer), default=None) if stands.word else None,
        on_hold_at=min(_paused(offer), default=None),
        ended_at=end.at,
        end_reason=end.reason,
        voided_at=min(voided, default=None),
        escalated_at=_earliest(each.time for each, asking in offer.asked if asking.tier > 1),
    )


def _words(offer: Offer) -> Iterator[_Word]:
    """What was said in answer: what notify took, also where others were first, and what an edge
    shows. "Unable", before a yes, is a no: the edge says so."""
    for each, words in offer.answered.values():
        counts = offer.judgements.get(words.answer_id) not in NO_WORD
        if counts and words.answer in (Answer.RECEIVED, Answer.ACCEPT, Answer.REJECT):
            yield _Word(at(each), words.answer)
    for after, answer in {OfferStatus.RECEIVED: Answer.RECEIVED, **_DECISIONS}.items():
        for each, _ in offer.edges(after):
            yield _Word(offer.at(each), answer)


class _Standing(NamedTuple):
    """What stands by the newest edge."""

    seen: bool
    word: _Word | None
    held: bool


def _standing(offer: Offer) -> _Standing:
    """A yes that was taken back within its time, and what was entered in error, stand no more."""
    last = offer.moved[-1][1] if offer.moved else None
    if last is None or _is_void(last):
        return _Standing(last is None, None, held=False)
    if last.after is OfferStatus.FAILED and last.reason == FailReason.RELEASED:
        return _Standing(True, None, held=False)
    decisions = (edge for after in _DECISIONS for edge in offer.edges(after))
    word = max(decisions, key=lambda edge: edge[0].seq, default=None)
    stands = _Word(offer.at(word[0]), _DECISIONS[word[1].after]) if word else None
    return _Standing(True, stands, held=last.after in _STANDS)


def _is_void(moved: Moved) -> bool:
    return moved.after is OfferStatus.ENTERED_IN_ERROR


def _contact_by(moved: Moved) -> datetime | None:
    """Of a release that did not say it by itself: what ends the state that a yes leads to."""
    entered = moved.after is OfferStatus.ACCEPTED is not moved.before
    return moved.contact_by or (moved.deadline if entered else None)


def _started(offer: Offer) -> list[datetime]:
    return [
        offer.at(each)
        for each, moved in offer.moved
        if moved.after is OfferStatus.IN_PROGRESS is not moved.before
    ]


def _contacts(offer: Offer) -> list[datetime]:
    """Also one that came in time, and was handled when others were asked already."""
    arrived = [
        at(each)
        for each, words in offer.answered.values()
        if words.answer is Answer.ARRIVED and offer.judgements.get(words.answer_id) in _CONTACT
    ]
    return _started(offer) + arrived


def _paused(offer: Offer) -> list[datetime]:
    return [offer.at(each) for each, moved in offer.moved if moved.after is OfferStatus.ON_HOLD]


def _end(offer: Offer) -> _End:
    end = _End()
    for each, moved in offer.moved:
        if moved.after not in _ENDED:
            end = _End()
        elif end.at is None:
            end = _End(offer.at(each), moved.reason)
    return end


def _request(life: Life, offers: tuple[OfferFact, ...]) -> RequestFact:
    first, opening = life.needs[0]
    permitted = [
        at(each) for each, need in life.needs if need.status is ServiceRequestStatus.ACTIVE
    ]
    exhausted = [each.time for each, need in life.needs if _is_exhausted(need)]
    voided = [
        at(each)
        for each, need in life.needs
        if need.status is ServiceRequestStatus.ENTERED_IN_ERROR
    ]
    return RequestFact(
        service_request_id=first.service_request_id or "",
        service_type=opening.service_type,
        opened_at=at(first),
        urgency=opening.urgency,
        territory=opening.territory,
        permitted_at=permitted[0] if permitted else None,
        accept_by=opening.accept_by,
        contact_by=opening.contact_by,
        accepted_at=_earliest(each.accepted_at for each in offers),
        accepted_now=_earliest(each.accepted_now for each in offers),
        contact_at=_earliest(each.contact_at for each in offers if each.accepted_at),
        contact_now=_earliest(each.contact_now for each in offers if each.accepted_now),
        on_hold_at=_earliest(each.on_hold_at for each in offers),
        exhausted_at=exhausted[0] if exhausted else None,
        exhausted_now=_since_when(life),
        asked=len(offers),
        ended_at=_request_end(life),
        closed=life.needs[-1][1].closed,
        voided_at=min(voided, default=None),
    )


def _earliest(stamps: Iterable[datetime | None]) -> datetime | None:
    return min((each for each in stamps if each is not None), default=None)


def _is_exhausted(need: Need) -> bool:
    return need.fulfilment is Fulfilment.EXHAUSTED


def _since_when(life: Life) -> datetime | None:
    """When it was exhausted, and nobody was found since."""
    since = None
    for each, need in life.needs:
        since = (since or each.time) if _is_exhausted(need) else None
    return since


def _request_end(life: Life) -> datetime | None:
    ended = None
    for each, need in life.needs:
        ended = (ended or at(each)) if need.status in _REQUEST_ENDED else None
    return ended
