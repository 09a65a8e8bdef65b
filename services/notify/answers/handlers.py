"""Answers: a text came in and is passed on as an act; what became of it is told to its giver.

A reply runs in the transaction that commits before the provider is told that the text was taken.
Replies by e-mail are not read yet; acts over HTTP go to referral directly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from services.notify import metrics
from services.notify.answers import publish, store
from services.notify.answers.model import Outcome, news_of, question
from services.notify.codes import store as codes
from services.notify.codes.parse import parse, said
from services.notify.codes.store import Wanted
from services.notify.delivery.courtesies import courtesy
from services.notify.delivery.model import COURTESY_LASTS, Kind, Message, Offer
from services.notify.delivery.store import messages, offers
from services.notify.deps import Deps
from services.notify.people import store as people
from services.notify.people.model import Person
from shared.db import Tx
from shared.errors import Invalid, Unprocessable
from shared.events import Event
from shared.events.referral import AnswerJudged
from shared.events.words import HELD, Answer, Channel, Urgency

log = structlog.get_logger()

SOME = 20
"""Offers that are looked at for the only one of a number."""


async def on_reply(deps: Deps, tx: Tx, sender: str, text: str) -> Outcome:
    """Handles one text from ``sender``; what it was. A repeated answer does nothing.

    A code counts only from the number of the person it was given to, however many wrong ones came
    before: anybody can forge a number. Nothing is guessed: what is unclear is asked about, what
    comes from a stranger gets no answer at all.
    """
    phone = _number(deps, sender)
    sender_hash, text_hash = deps.codes.blind("sender", phone), deps.codes.blind("text", text)
    past = await store.history(tx, sender_hash, text_hash)
    if past.repeated:
        return _noted(Outcome.REPEATED)
    senders = await people.by_phone(tx, phone)
    taken = await _take(deps, tx, text, senders) if senders else Taken(Outcome.STRANGER)
    if taken.outcome is Outcome.WRONG_CODE and past.alarming:
        metrics.GUESSING.inc()
        log.error("reply.guessing", reason=taken.outcome)
    if past.keeps(taken.outcome):
        reply_id = await store.keep_reply(
            tx, sender_hash, text_hash, taken.outcome, taken.answer_id
        )
        if taken.prompt is not None and past.may_answer(taken.outcome):
            await messages.add(tx, [(taken.prompt, f"prompt:{reply_id}")])
    return _noted(taken.outcome)


def _number(deps: Deps, sender: str) -> str:
    """The number as the register spells it; as sent, if it is none (a short code, letters)."""
    try:
        return deps.jurisdiction.phone(sender)
    except Invalid:
        return sender


def _noted(outcome: Outcome) -> Outcome:
    metrics.REPLIES.labels(outcome).inc()
    log.info("reply.taken", reason=outcome)
    return outcome


@dataclass(frozen=True, slots=True)
class Taken:
    """What a text was, the answer that was passed on, and what its sender may be told."""

    outcome: Outcome
    answer_id: str | None = None
    prompt: Message | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """An offer that a number may speak of, and whose it is to say."""

    offer: Offer
    staff_id: str
    answer: Answer | None = None


async def _take(deps: Deps, tx: Tx, text: str, senders: Sequence[Person]) -> Taken:
    """Passes an answer on where one known code and one certain word stand; else asks.

    Also a code that is over is passed on: referral judges a late yes, and its giver is told. An
    excluded person is told what a stranger's code would be.
    """
    replies = parse(text, deps.lexicon)
    means = await codes.resolve(tx, deps.codes, [each.code for each in replies], _ids(senders))
    answers = {means[each.code]: each.answer for each in replies if each.code in means}
    known = await _may_know(deps, tx, answers, senders)
    if len(known) == 1:
        return await _spoken(tx, known[0])
    if not replies and said(text, deps.lexicon):
        waiting = await codes.own(tx, _ids(senders), SOME)
        theirs = await _may_know(deps, tx, dict.fromkeys(waiting), senders)
        if len(theirs) == 1:
            return Taken(Outcome.NO_CODE, prompt=_own_code(tx, theirs[0]))
        if theirs:
            prompt = _prompt(tx, "answer-which-code", senders[0].staff_id)
            return Taken(Outcome.WHICH_CODE, prompt=prompt)
    outcome = Outcome.WRONG_CODE if replies and not known else Outcome.UNCLEAR
    return Taken(outcome, prompt=_prompt(tx, "answer-unknown-code", senders[0].staff_id))


def _ids(senders: Sequence[Person]) -> list[str]:
    return [person.staff_id for person in senders]


async def _may_know(
    deps: Deps,
    tx: Tx,
    pairs: Mapping[tuple[str, str], Answer | None],
    senders: Sequence[Person],
) -> list[Known]:
    """These offers of these people, without those that one of them must not know of."""
    by_id = {person.staff_id: person for person in senders}
    found = await offers.by_id(tx, [offer_id for offer_id, _ in pairs])
    known = [Known(found[offer], staff_id, word) for (offer, staff_id), word in pairs.items()]
    return [each for each in known if not _excluded(deps, each.offer, by_id[each.staff_id])]


def _excluded(deps: Deps, offer: Offer, person: Person) -> bool:
    try:
        return deps.exclusions.hits(deps.exclusions.read(offer.excluded_people), person)
    except Unprocessable:  # a list that nobody can read: the text would come again without end
        log.exception("answer.exclusions-unreadable", offer_id=offer.offer_id)
        return True


async def _spoken(tx: Tx, known: Known) -> Taken:
    """What was said with a right code: passed on, or asked for."""
    offer, staff_id = known.offer, known.staff_id
    if known.answer is None:
        template = question(offer, staff_id)
        return Taken(Outcome.NO_WORD, prompt=_prompt(tx, template, staff_id, offer))
    answer_id = await store.keep_answer(tx, offer.offer_id, staff_id, known.answer, Channel.SMS)
    publish.answer_received(tx, offer, known.answer, answer_id=answer_id, staff_id=staff_id)
    return Taken(Outcome.ANSWER, answer_id)


def _own_code(tx: Tx, waiting: Known) -> Message:
    """Their one code, to be said again with it: a word alone is never guessed onto a case."""
    held = waiting.offer.status in HELD
    template = "answer-which-act" if held else "answer-your-code"
    return _prompt(tx, template, waiting.staff_id, waiting.offer)


def _prompt(tx: Tx, template: str, staff_id: str, offer: Offer | None = None) -> Message:
    return Message(
        message_id=tx.ids.new(),
        kind=Kind.PROMPT,
        template=template,
        channel="sms",
        staff_id=staff_id,
        urgency=Urgency.STANDARD,
        valid_until=tx.now + COURTESY_LASTS,
        incident_id=offer.incident_id if offer else None,
        offer_id=offer.offer_id if offer else None,
        excluded_people=offer.excluded_people if offer else None,
    )


async def on_answer_judged(
    deps: Deps, tx: Tx, _event: Event[AnswerJudged], body: AnswerJudged
) -> None:
    """Tells whoever answered what became of it, by the channel they used."""
    deps.exclusions.wait_for_key(body.excluded_people)
    kept = await store.judged(tx, body.answer_id, body.judgement)
    offer = (await offers.by_id(tx, [body.offer_id])).get(body.offer_id)
    if kept is None or offer is None:
        log.info("answer.not-ours", answer_id=body.answer_id, offer_id=body.offer_id)
        return
    answer, channel = kept
    template = news_of(answer, body.judgement, offer, body.staff_id, own=bool(body.own))
    if template == "answer-taken" and body.first_at is None:
        template = "taken"
    await codes.issue(tx, deps.codes, [Wanted(offer.offer_id, body.staff_id, offer.answerable)])
    message = replace(
        courtesy(tx, offer, template, body.staff_id, channel),
        kind=Kind.ANSWER,
        instant=offer.deadline if template == "answer-received" else body.first_at,
        excluded_people=body.excluded_people or offer.excluded_people,
    )
    await messages.add(tx, [(message, f"judged:{body.answer_id}")])
