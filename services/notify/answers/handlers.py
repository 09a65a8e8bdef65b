"""Answers: a text came in and is passed on as an act; what became of it is told to its giver.

A reply runs in the transaction that commits before the provider is told that the text was taken.
Replies by e-mail are not read yet; acts over HTTP go to referral directly.
"""

from collections.abc import Sequence
from dataclasses import replace

import structlog

from services.notify import metrics
from services.notify.answers import publish, store
from services.notify.answers.model import Outcome, news_of
from services.notify.codes import store as codes
from services.notify.codes.parse import Reply, parse
from services.notify.codes.store import Wanted
from services.notify.delivery.courtesies import courtesy
from services.notify.delivery.model import COURTESY_LASTS, Kind, Message
from services.notify.delivery.store import messages, offers
from services.notify.deps import Deps
from services.notify.people import store as people
from services.notify.people.model import Person
from shared.db import Tx
from shared.errors import Invalid, Unprocessable
from shared.events import Event
from shared.events.referral import AnswerJudged
from shared.events.words import Channel, Urgency
from shared.jurisdiction.phones import normalise

log = structlog.get_logger()


async def on_reply(deps: Deps, tx: Tx, sender: str, text: str) -> Outcome:
    """Handles one text from ``sender``; what it was. Safe to repeat: a repeated text does nothing.

    A code counts only from the number of the person it was given to, and nothing is guessed: what
    is unclear is asked about, what comes from a stranger gets no answer at all.
    """
    phone = _number(deps, sender)
    sender_hash, text_hash = deps.codes.blind("sender", phone), deps.codes.blind("text", text)
    past = await store.history(tx, sender_hash, text_hash)
    if past.repeated:
        return _noted(Outcome.REPEATED)
    senders = await people.by_phone(tx, phone)
    reply = parse(text, deps.lexicon)
    answer_id: str | None = None
    if past.limited:
        outcome = Outcome.LIMITED
    elif not senders:
        outcome = Outcome.STRANGER
    elif reply is None:
        outcome = Outcome.UNCLEAR
    else:
        answer_id = await _answer(deps, tx, reply, senders)
        outcome = Outcome.ANSWER if answer_id else Outcome.WRONG_CODE
    reply_id = await store.keep_reply(tx, sender_hash, text_hash, outcome, answer_id)
    if outcome in {Outcome.UNCLEAR, Outcome.WRONG_CODE} and past.may_be_prompted:
        await messages.add(tx, [(_prompt(tx, senders[0]), f"prompt:{reply_id}")])
    return _noted(outcome)


def _number(deps: Deps, sender: str) -> str:
    """The number as the register spells it; as sent, if it is none (a short code, letters)."""
    phones = deps.jurisdiction.profile.phones
    try:
        return normalise(sender, phones.country_code, phones.national_digits)
    except Invalid:
        return sender


def _noted(outcome: Outcome) -> Outcome:
    metrics.REPLIES.labels(outcome).inc()
    log.info("reply.taken", reason=outcome)
    return outcome


async def _answer(deps: Deps, tx: Tx, reply: Reply, senders: Sequence[Person]) -> str | None:
    """The id of the answer that was passed on; None for a code that is not the sender's.

    Also a code that is over is passed on: referral judges a late yes, and its giver is told. An
    excluded person is told what a stranger's code would be.
    """
    by_id = {person.staff_id: person for person in senders}
    resolved = await codes.resolve(tx, deps.codes, reply.code, list(by_id))
    if resolved is None:
        return None
    offer_id, staff_id = resolved
    offer = (await offers.by_id(tx, [offer_id]))[offer_id]
    try:
        excluded = deps.exclusions.read(offer.excluded_people)
    except Unprocessable:  # a list that nobody can read: the text would come again without end
        log.exception("answer.exclusions-unreadable", offer_id=offer_id)
        return None
    if deps.exclusions.hits(excluded, by_id[staff_id]):
        return None
    answer_id = await store.keep_answer(tx, offer_id, staff_id, reply.answer, Channel.SMS)
    publish.answer_received(tx, offer, reply.answer, answer_id=answer_id, staff_id=staff_id)
    return answer_id


def _prompt(tx: Tx, person: Person) -> Message:
    return Message(
        message_id=tx.ids.new(),
        kind=Kind.PROMPT,
        template="answer-unknown-code",
        channel="sms",
        staff_id=person.staff_id,
        urgency=Urgency.STANDARD,
        valid_until=tx.now + COURTESY_LASTS,
    )


async def on_answer_judged(
    deps: Deps, tx: Tx, _event: Event[AnswerJudged], body: AnswerJudged
) -> None:
    """Tells whoever answered what became of it, by the channel they used."""
    deps.exclusions.wait_for_key(body.excluded_people)
    channel = await store.judged(tx, body.answer_id, body.judgement)
    offer = (await offers.by_id(tx, [body.offer_id])).get(body.offer_id)
    if channel is None or offer is None:
        log.info("answer.not-ours", answer_id=body.answer_id, offer_id=body.offer_id)
        return
    template = news_of(body.answer, body.judgement, offer, body.staff_id)
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
