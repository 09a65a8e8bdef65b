"""Doubts: what does not fit in how referral judged. Audit judges each answer anew, and compares.

By `offer.requested`'s limits and the instant an answer was received; what referral says of being
late is taken for nothing but this.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

from services.audit.facts.model.lives import ANSWERS, Life, Offer, at
from services.audit.facts.model.said import Answered, Moved, Need, Said
from shared.events.referral import PolicyTimers
from shared.events.words import OPEN, Answer, Channel, Judgement, OfferStatus, Urgency

PATIENCE = timedelta(minutes=30)
"""An answer and its judgement come by two topics. Whoever has not heard of one so long after they
heard of the other has asked for it many times (`shared.bus.asking`), also after a day's outage."""
_MESSAGES = (Channel.SMS, Channel.EMAIL, Channel.LINK)
"""Over which answers come to notify alone."""
_SAYS = {
    OfferStatus.RECEIVED: (Answer.RECEIVED,),
    OfferStatus.ACCEPTED: (Answer.ACCEPT,),
    OfferStatus.REJECTED: (Answer.REJECT, Answer.UNABLE),
}


class Code(StrEnum):
    """What does not fit."""

    JUDGED_OTHERWISE = "judged-otherwise"
    """Late, or in time, or over, which it was not."""
    LIMIT = "limit-not-of-policy"
    """A limit that does not follow from the policy the service request was opened under."""
    POLICY = "policy-not-in-force"
    """A policy that became another one, or that is not the one of its name."""
    NO_ANSWER = "judged-without-answer"
    """A judgement on an answer that nobody gave."""
    OTHER_TIME = "answered-at-another-time"
    """Another time of receipt than that of whoever received it."""


class Doubt(NamedTuple):
    """One of them, and the event that shows it."""

    code: Code
    said: Said


class Country(Protocol):
    """How audit itself counts time, and which policies it knows."""

    def deadline(self, service_type: str, start: datetime, amount: timedelta, /) -> datetime:
        """The end of ``amount`` from ``start``, as the service type counts time."""

    def timers(self, version: str, service_type: str, urgency: Urgency, /) -> PolicyTimers | None:
        """The timers of a policy; none of a version that is not known."""


def doubts(said: Iterable[Said], country: Country, now: datetime) -> list[Doubt]:
    """What does not fit in a life, as far as it is known at ``now``. What may still come is not
    doubted: see `look_again`."""
    life = Life.of(said)
    found = [*_of_policies(life, country)]
    opening = life.needs[0][1] if life.needs else None
    for offer in life.offers:
        found += _of_judging(offer)
        found += _of_times(offer)
        found += (Doubt(Code.NO_ANSWER, each) for each in _lone(offer) if is_due(each, now))
        if opening and opening.timers and _counted_alike(opening, opening.timers, country):
            found += _of_limits(offer, opening, opening.timers, country)
    return found


def look_again(said: Iterable[Said], now: datetime) -> datetime | None:
    """When what still lacks its answer is to be looked at again; none if nothing does."""
    lone = (each for offer in Life.of(said).offers for each in _lone(offer))
    return min((_patient(each) for each in lone if not is_due(each, now)), default=None)


def is_due(said: Said, now: datetime) -> bool:
    """Whether whatever belongs to an event has had its time to come."""
    return _patient(said) <= now


def _patient(said: Said) -> datetime:
    return (said.heard_at or said.time) + PATIENCE


def _of_policies(life: Life, country: Country) -> Iterator[Doubt]:
    frozen = next((need.timers for _, need in life.needs if need.timers), None)
    for each, need in life.needs:
        if need.timers is None or frozen is None or need.urgency is None:
            continue
        known = country.timers(need.timers.version, need.service_type, need.urgency)
        if need.timers != frozen or known not in (None, need.timers):
            yield Doubt(Code.POLICY, each)


def _counted_alike(need: Need, timers: PolicyTimers, country: Country) -> bool:
    """Whether time is counted as when the need was opened: another version of the policy may take
    other hours for working hours."""
    return (
        need.urgency is not None
        and country.timers(timers.version, need.service_type, need.urgency) is not None
    )


def _of_limits(offer: Offer, need: Need, timers: PolicyTimers, country: Country) -> Iterator[Doubt]:
    def after(start: datetime, amount: timedelta) -> datetime:
        return country.deadline(need.service_type, start, amount)

    first, asked = offer.asked[0]
    answer_by = after(first.time, timers.ack)
    if (asked.answer_by, asked.decide_by) != (answer_by, after(answer_by, timers.decide)):
        yield Doubt(Code.LIMIT, first)
    allowed = {(asked.answer_by, asked.decide_by)}
    for each, moved in offer.edges(OfferStatus.RECEIVED):
        by = after(offer.at(each), timers.decide)
        allowed.add((by, by))
        if moved.deadline != by:
            yield Doubt(Code.LIMIT, each)
    for each, again in offer.asked[1:]:
        if (again.answer_by, again.decide_by) not in allowed:
            yield Doubt(Code.LIMIT, each)
    for each, moved in offer.moved:
        entered = moved.after is OfferStatus.ACCEPTED is not moved.before
        limited = entered and moved.contact_by is not None
        if limited and moved.contact_by != after(each.time, timers.contact):
            yield Doubt(Code.LIMIT, each)


def _of_judging(offer: Offer) -> Iterator[Doubt]:
    for each, moved in offer.moved:
        if _is_judged_otherwise(offer, each, moved):
            yield Doubt(Code.JUDGED_OTHERWISE, each)
    answers = {words.answer_id: (each, words) for each, words in offer.answered.values()}
    for each, judged in offer.judged:
        taken = answers.get(judged.answer_id)
        if taken is None or judged.judgement is not Judgement.TOO_LATE:
            continue
        said, words = taken
        limited = words.answer in (Answer.RECEIVED, Answer.REJECT)
        if limited and at(said) <= offer.limit(each):
            yield Doubt(Code.JUDGED_OTHERWISE, each)


def _is_judged_otherwise(offer: Offer, said: Said, moved: Moved) -> bool:
    limit = offer.limit(said)
    if _is_answer(moved, OfferStatus.ACCEPTED):
        return moved.late is not (offer.at(said) > limit)
    if _is_answer(moved, OfferStatus.RECEIVED):
        return offer.at(said) > limit
    return moved.after is OfferStatus.EXPIRED and moved.before in OPEN and said.time < limit


def _is_answer(moved: Moved, *after: OfferStatus) -> bool:
    """Whether an answer took this edge, to one of these states or to any that answers lead to."""
    return moved.after in (after or ANSWERS) and moved.before in ANSWERS[moved.after]


def _of_times(offer: Offer) -> Iterator[Doubt]:
    """Who passes on what another service took has its time from there; who took it itself said so
    in the same transaction."""
    answers = {words.answer_id: each for each, words in offer.answered.values()}
    for each, moved in offer.moved:
        taken = offer.answered.get(each.cause or "")
        first_contact = moved.after is OfferStatus.IN_PROGRESS is not moved.before
        if each.received_at is None or not (_is_answer(moved) or first_contact):
            continue
        if each.received_at != (at(taken[0]) if taken else each.time) and (
            taken is not None or each.cause is None
        ):
            yield Doubt(Code.OTHER_TIME, each)
    for each, judged in offer.judged:
        answer = answers.get(judged.answer_id)
        if answer is not None and each.received_at != answer.received_at:
            yield Doubt(Code.OTHER_TIME, each)


def _lone(offer: Offer) -> Iterator[Said]:
    """Judgements, in words or by an edge, whose answers are not here."""
    answers = {words.answer_id for _, words in offer.answered.values()}
    for each, judged in offer.judged:
        if judged.answer_id not in answers:
            yield each
    for each, moved in offer.moved:
        if _is_answer(moved) and not _has_answer(offer, each, moved):
            yield each


def _has_answer(offer: Offer, said: Said, moved: Moved) -> bool:
    if said.received_at is None:
        return False
    if said.cause is None:
        return said.channel not in _MESSAGES
    taken: tuple[Said, Answered] | None = offer.answered.get(said.cause)
    return taken is not None and taken[1].answer in _SAYS[moved.after]
