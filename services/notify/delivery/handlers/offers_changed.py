"""How offers go on, turned into messages to people. One function per event; `alerting` has more."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import structlog

from services.notify.answers import store as answers
from services.notify.delivery import alert_outcomes
from services.notify.delivery.model import (
    COURTESY_LASTS,
    HELD,
    OPEN,
    Kind,
    Message,
    Obstacle,
    Offer,
    ending,
    news_of,
)
from services.notify.delivery.store import messages as queue
from services.notify.delivery.store import offers
from services.notify.delivery.store.messages import Alerted
from services.notify.deps import Kit
from services.notify.people import store as people
from shared.db import Tx
from shared.events import Event
from shared.events.referral import AnswerJudged, OfferChanged
from shared.events.words import OfferStatus, Urgency

log = structlog.get_logger()

Over = tuple[Offer, str, Alerted]
"""An offer that ended, the template that says so, and somebody to tell."""


async def on_offers_changed(kit: Kit, tx: Tx, events: Sequence[Event[OfferChanged]]) -> None:
    """Follows offers: stops alerts of those that are over, and tells those who were alerted."""
    for event in events:
        kit.exclusions.wait_for_key(event.body.excluded_people)
    held = await offers.lock_offers(tx, [event.body.offer_id for event in events])
    changed: list[tuple[Offer, Event[OfferChanged]]] = []
    for event in events:
        known = held.get(event.body.offer_id)
        if known is None or event.aggregate_version >= known.version:
            changed.append((_changed(known, event, event.body), event))
            continue
        log.info("offer.older", offer_id=known.offer_id, aggregate_version=event.aggregate_version)
    await offers.save_offers(tx, [offer for offer, _ in changed])
    await offers.set_codes(tx, [offer for offer, _ in changed])
    for offer, event in changed:
        with tx.because(event):
            await _tell(kit, tx, offer, event, event.body)


async def _tell(
    kit: Kit, tx: Tx, offer: Offer, event: Event[OfferChanged], body: OfferChanged
) -> None:
    if body.after not in OPEN:
        await queue.cancel(tx, offer.offer_id, Obstacle.OFFER_OVER)
    template = ending(body.before, body.after)
    if template is not None:
        acting = {body.person, event.act.actor if event.act else None}
        alerted = await queue.end_alerts(tx, offer.offer_id)
        others = _others(alerted, acting)
        await tell_endings(kit, tx, [(offer, template, each) for each in others])
    if body.after not in OPEN:
        unsettled = await offers.unsettled_alerts(tx, offer.offer_id)
        await alert_outcomes.settle(tx, dict.fromkeys(unsettled))
    if offer.holder and body.before in HELD and body.after is OfferStatus.CANCELLED:
        await _tell_holder(kit, tx, offer, offer.holder)


def _changed(held: Offer | None, event: Event[OfferChanged], body: OfferChanged) -> Offer:
    """The offer after this event. What it leaves out stays as it was."""
    return Offer(
        offer_id=body.offer_id,
        incident_id=body.incident_id,
        service_request_id=body.service_request_id,
        organisation=body.organisation,
        status=body.after,
        version=event.aggregate_version,
        deadline=body.deadline if body.after in OPEN else None,
        holder=body.person or (held.holder if held else None),
        excluded_people=body.excluded_people or (held.excluded_people if held else None),
    )


def _others(alerted: Iterable[Alerted], acting: Iterable[str | None]) -> list[Alerted]:
    """One for each person who was alerted and did not act: by SMS, if they had one."""
    chosen: dict[str, Alerted] = {}
    for each in sorted(alerted, key=lambda one: one.channel, reverse=True):
        if each.staff_id not in acting:
            chosen.setdefault(each.staff_id, each)
    return list(chosen.values())


async def tell_endings(kit: Kit, tx: Tx, over: Sequence[Over]) -> None:
    """Tells people who were alerted that there is nothing more to do.

    A sender does it once in a transaction: another may tell the same people, see `queue.add`.
    """
    await offers.issue_codes(tx, kit.codes, [(offer, each.staff_id) for offer, _, each in over])
    messages = [
        (
            _courtesy(tx, offer, template, each.staff_id, each.channel),
            f"closing:{each.alert_id}:{each.staff_id}",
        )
        for offer, template, each in over
    ]
    await queue.add(tx, messages)


async def _tell_holder(kit: Kit, tx: Tx, offer: Offer, holder: str) -> None:
    """Consent was withdrawn, or the like: whoever holds the case must delete their copies."""
    template = "withdrawn-delete-copies"
    known = (await people.by_id(tx, [holder])).get(holder)
    await offers.issue_codes(tx, kit.codes, [(offer, holder)])
    messages = [
        (
            _courtesy(tx, offer, template, holder, channel),
            f"withdrawn:{offer.offer_id}:{offer.version}:{channel}",
        )
        for channel in (known.channels if known else ())
    ]
    await queue.add(tx, messages)


async def on_answer_judged(
    kit: Kit, tx: Tx, _event: Event[AnswerJudged], body: AnswerJudged
) -> None:
    """Tells whoever answered what became of it, by the channel they used."""
    kit.exclusions.wait_for_key(body.excluded_people)
    channel = await answers.judged(tx, body.answer_id, body.judgement)
    offer = (await offers.offers(tx, [body.offer_id])).get(body.offer_id)
    if channel is None or offer is None:
        log.info("answer.not-ours", answer_id=body.answer_id, offer_id=body.offer_id)
        return
    template = news_of(body.answer, body.judgement, offer, body.staff_id)
    if template == "answer-taken" and body.first_at is None:
        template = "taken"
    await offers.issue_codes(tx, kit.codes, [(offer, body.staff_id)])
    message = replace(
        _courtesy(tx, offer, template, body.staff_id, channel),
        kind=Kind.ANSWER,
        instant=offer.deadline if template == "answer-received" else body.first_at,
        excluded_people=body.excluded_people or offer.excluded_people,
    )
    await queue.add(tx, [(message, f"judged:{body.answer_id}")])


def _courtesy(tx: Tx, offer: Offer, template: str, staff_id: str, channel: str) -> Message:
    return Message(
        message_id=tx.ids.new(),
        kind=Kind.CLOSING,
        template=template,
        channel=channel,
        staff_id=staff_id,
        urgency=Urgency.STANDARD,
        valid_until=tx.now + COURTESY_LASTS,
        incident_id=offer.incident_id,
        offer_id=offer.offer_id,
        excluded_people=offer.excluded_people,
    )
