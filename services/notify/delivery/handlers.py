"""What referral says about offers, turned into messages to people. One function per event."""

from collections.abc import Iterable
from dataclasses import replace

import structlog

from services.notify.answers import store as answers
from services.notify.delivery import queue, settling, store
from services.notify.delivery.model import (
    COURTESY_LASTS,
    HELD,
    OPEN,
    Candidate,
    Kind,
    Message,
    Obstacle,
    Offer,
    ending,
    news_of,
    whom_to_alert,
)
from services.notify.delivery.queue import Alerted
from services.notify.kit import Kit
from services.notify.people import store as people
from services.notify.rosters import store as rosters
from services.notify.rosters.duty import on_duty
from shared.db import Tx
from shared.events import Event
from shared.events.referral import AnswerJudged, OfferChanged, OfferRequested
from shared.events.words import OfferStatus, UnreachableReason, Urgency

log = structlog.get_logger()


async def on_offer_requested(
    kit: Kit, tx: Tx, event: Event[OfferRequested], body: OfferRequested
) -> None:
    """Alerts whoever is on duty; if nobody can be alerted, says so at once."""
    held = await store.lock_offer(tx, body.offer_id)
    offer = _requested(held, event, body)
    moved_on = held is not None and event.aggregate_version < held.version
    if not moved_on:
        await store.save_offer(tx, offer)
        await store.set_codes(tx, offer)
    if not await store.new_alert(tx, body):
        return
    if moved_on:
        await settling.if_nobody_can_be_told(tx, body.alert_id)
        return
    chosen = await _choose(kit, tx, offer, body)
    if isinstance(chosen, UnreachableReason):
        await settling.unreachable(tx, await store.lock_alert(tx, body.alert_id), chosen)
        return
    for each in chosen:
        await store.issue_code(tx, kit.codes, offer, each.staff_id)
        for channel in each.channels:
            alert = _alert(tx, offer, body, each.staff_id, channel)
            await queue.queue(tx, alert, f"alert:{body.alert_id}:{each.staff_id}:{channel}")


def _requested(held: Offer | None, event: Event[OfferRequested], body: OfferRequested) -> Offer:
    """The offer after this event. One that was seen already stays seen when a tier is added."""
    return Offer(
        offer_id=body.offer_id,
        incident_id=body.incident_id,
        service_request_id=body.service_request_id,
        organisation=body.organisation,
        status=held.status if held and held.status in OPEN else OfferStatus.REQUESTED,
        version=event.aggregate_version,
        deadline=body.deadline,
        excluded_people=body.excluded_people or (held.excluded_people if held else None),
    )


async def _choose(
    kit: Kit, tx: Tx, offer: Offer, body: OfferRequested
) -> tuple[Candidate, ...] | UnreachableReason:
    """Loads what `whom_to_alert` decides on."""
    excluded = kit.exclusions.read(offer.excluded_people)
    members = await people.of_organisation(tx, offer.organisation)
    plan = await rosters.of_organisation(tx, offer.organisation)
    serving = on_duty(plan, offer.organisation, body.tier, tx.now, kit.jurisdiction.zone)
    known = await people.by_id(tx, serving)
    candidates = [
        Candidate(each.staff_id, each.channels, kit.exclusions.hits(excluded, each))
        for each in (known[staff_id] for staff_id in serving if staff_id in known)
        if each.active
    ]
    return whom_to_alert(
        candidates,
        unit_excluded=kit.exclusions.hits_unit(excluded, members),
        in_time=tx.now < body.deadline,
    )


def _alert(tx: Tx, offer: Offer, body: OfferRequested, staff_id: str, channel: str) -> Message:
    return Message(
        message_id=tx.ids.new(),
        kind=Kind.ALERT,
        template=f"alert-{body.urgency}",
        channel=channel,
        staff_id=staff_id,
        urgency=body.urgency,
        valid_until=body.deadline,
        incident_id=body.incident_id,
        offer_id=offer.offer_id,
        alert_id=body.alert_id,
        instant=body.deadline,
        excluded_people=body.excluded_people,
    )


async def on_offer_changed(
    kit: Kit, tx: Tx, event: Event[OfferChanged], body: OfferChanged
) -> None:
    """Follows an offer: stops alerts of one that is over, and tells those who were alerted."""
    held = await store.lock_offer(tx, body.offer_id)
    if held is not None and event.aggregate_version < held.version:
        log.info("offer.older", offer_id=body.offer_id, aggregate_version=event.aggregate_version)
        return
    offer = _changed(held, event, body)
    await store.save_offer(tx, offer)
    await store.set_codes(tx, offer)
    if body.after not in OPEN:
        await queue.cancel(tx, offer.offer_id, Obstacle.OFFER_OVER)
    template = ending(body.before, body.after)
    if template is not None:
        acting = {body.person, event.act.actor if event.act else None}
        alerted = await queue.end_alerts(tx, offer.offer_id)
        await tell_ending(kit, tx, offer, template, _others(alerted, acting))
    if body.after not in OPEN:
        for alert_id in await store.unsettled_alerts(tx, offer.offer_id):
            await settling.if_nobody_can_be_told(tx, alert_id)
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


async def tell_ending(
    kit: Kit, tx: Tx, offer: Offer, template: str, alerted: Iterable[Alerted]
) -> None:
    """Tells people who were alerted that there is nothing more to do."""
    for each in alerted:
        await store.issue_code(tx, kit.codes, offer, each.staff_id)
        message = _courtesy(tx, offer, template, each.staff_id, each.channel)
        await queue.queue(tx, message, f"closing:{each.alert_id}:{each.staff_id}")


async def _tell_holder(kit: Kit, tx: Tx, offer: Offer, holder: str) -> None:
    """Consent was withdrawn, or the like: whoever holds the case must delete their copies."""
    template = "withdrawn-delete-copies"
    known = (await people.by_id(tx, [holder])).get(holder)
    await store.issue_code(tx, kit.codes, offer, holder)
    for channel in known.channels if known else ():
        message = _courtesy(tx, offer, template, holder, channel)
        await queue.queue(tx, message, f"withdrawn:{offer.offer_id}:{offer.version}:{channel}")


async def on_answer_judged(
    kit: Kit, tx: Tx, _event: Event[AnswerJudged], body: AnswerJudged
) -> None:
    """Tells whoever answered what became of it, by the channel they used."""
    channel = await answers.judged(tx, body.answer_id, body.judgement)
    offer = (await store.offers(tx, [body.offer_id])).get(body.offer_id)
    if channel is None or offer is None:
        log.info("answer.not-ours", answer_id=body.answer_id, offer_id=body.offer_id)
        return
    template = news_of(body.answer, body.judgement, offer, body.staff_id)
    if template == "answer-taken" and body.first_at is None:
        template = "taken"
    await store.issue_code(tx, kit.codes, offer, body.staff_id)
    message = replace(
        _courtesy(tx, offer, template, body.staff_id, channel),
        kind=Kind.ANSWER,
        instant=offer.deadline if template == "answer-received" else body.first_at,
        excluded_people=body.excluded_people or offer.excluded_people,
    )
    await queue.queue(tx, message, f"judged:{body.answer_id}")


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
