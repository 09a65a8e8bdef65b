"""A text came in: whose it is, which offer it means, and the answer passed on as an act.

It runs in the transaction that commits before the provider is told that the text was taken.
Replies by e-mail are not read yet; acts over HTTP go to referral directly.
"""

from collections.abc import Sequence

import structlog

from services.notify import metrics
from services.notify.answers import store
from services.notify.answers.model import Outcome
from services.notify.codes.parse import Reply, parse
from services.notify.delivery.alert_outcomes import FIRST_VERSION
from services.notify.delivery.model import COURTESY_LASTS, Kind, Message, Offer
from services.notify.delivery.store import messages
from services.notify.delivery.store import offers as delivery
from services.notify.deps import Kit
from services.notify.people import store as people
from services.notify.people.model import Person
from shared.db import Tx
from shared.errors import Invalid
from shared.events import Act
from shared.events.notify import AnswerReceived
from shared.events.words import Channel, Urgency
from shared.jurisdiction.phones import normalise

log = structlog.get_logger()


async def on_reply(kit: Kit, tx: Tx, sender: str, text: str) -> Outcome:
    """Handles one text from ``sender``; what it was. Safe to repeat: a repeated text does nothing.

    A code counts only from the number of the person it was given to, and nothing is guessed: what
    is unclear is asked about, what comes from a stranger gets no answer at all.
    """
    phone = _number(kit, sender)
    sender_hash, text_hash = kit.codes.blind("sender", phone), kit.codes.blind("text", text)
    past = await store.history(tx, sender_hash, text_hash)
    if past.repeated:
        return _noted(Outcome.REPEATED)
    senders = await people.by_phone(tx, phone)
    reply = parse(text, kit.lexicon)
    answer_id: str | None = None
    if past.limited:
        outcome = Outcome.LIMITED
    elif not senders:
        outcome = Outcome.STRANGER
    elif reply is None:
        outcome = Outcome.UNCLEAR
    else:
        answer_id = await _answer(kit, tx, reply, senders)
        outcome = Outcome.ANSWER if answer_id else Outcome.WRONG_CODE
    reply_id = await store.keep_reply(tx, sender_hash, text_hash, outcome, answer_id)
    if outcome in {Outcome.UNCLEAR, Outcome.WRONG_CODE} and past.may_be_prompted:
        await messages.add(tx, [(_prompt(tx, senders[0]), f"prompt:{reply_id}")])
    return _noted(outcome)


def _number(kit: Kit, sender: str) -> str:
    """The number as the register spells it; as sent, if it is none (a short code, letters)."""
    phones = kit.jurisdiction.profile.phones
    try:
        return normalise(sender, phones.country_code, phones.national_digits)
    except Invalid:
        return sender


def _noted(outcome: Outcome) -> Outcome:
    metrics.REPLIES.labels(outcome).inc()
    log.info("reply.taken", reason=outcome)
    return outcome


async def _answer(kit: Kit, tx: Tx, reply: Reply, senders: Sequence[Person]) -> str | None:
    """The id of the answer that was passed on; None for a code that is not the sender's.

    Also a code that is over is passed on: referral judges a late yes, and its giver is told. An
    excluded person is told what a stranger's code would be.
    """
    by_id = {each.staff_id: each for each in senders}
    meant = await delivery.meant(tx, kit.codes, reply.code, list(by_id))
    if meant is None:
        return None
    offer_id, staff_id = meant
    offer = (await delivery.offers(tx, [offer_id]))[offer_id]
    excluded = kit.exclusions.read(offer.excluded_people)
    if kit.exclusions.hits(excluded, by_id[staff_id]):
        return None
    answer_id = await store.keep_answer(tx, offer_id, staff_id, reply.answer, Channel.SMS)
    _pass_on(tx, offer, reply, answer_id, staff_id)
    return answer_id


def _pass_on(tx: Tx, offer: Offer, reply: Reply, answer_id: str, staff_id: str) -> None:
    body = AnswerReceived(
        incident_id=offer.incident_id,
        service_request_id=offer.service_request_id,
        offer_id=offer.offer_id,
        answer_id=answer_id,
        answer=reply.answer,
        organisation=offer.organisation,
    )
    act = Act(received_at=tx.now, actor=staff_id, channel=Channel.SMS)
    tx.emit(body, subject=answer_id, version=FIRST_VERSION, act=act)


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
