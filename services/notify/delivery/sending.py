"""One attempt at a message: claim (commit), send, record (commit).

Neither SMPP nor SMTP knows a repeated message when it sees one. So a message in flight when a
process dies is sent again, marked as maybe a repeat; nothing else is ever sent twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from services.notify import metrics
from services.notify.channels import (
    Channel,
    Content,
    SendOutcomeUnknown,
    SendRefused,
    SendUnavailable,
)
from services.notify.delivery import handlers, queue, settling, store
from services.notify.delivery.model import (
    OPEN,
    Failure,
    Kind,
    Lane,
    Message,
    Obstacle,
    Offer,
    Standing,
    after_failure,
    obstacle,
)
from services.notify.delivery.texts import compose
from services.notify.kit import Kit
from services.notify.people import store as people
from services.notify.people.model import Person
from shared import crash
from shared.clock import pause
from shared.crash import Point
from shared.db import Database, Tx
from shared.errors import TirekError, Unavailable, Unprocessable
from shared.events.words import OfferStatus

log = structlog.get_logger()

RECORD_TRIES = (0.1, 0.3, 1.0, 2.0)
"""Pauses between tries to record an outcome. After them the process ends: then it is a maybe."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A claimed message with all it takes to send it. Lives in memory only."""

    message: Message
    destination: str
    content: Content
    claimed_at: datetime


async def claim(kit: Kit, tx: Tx, lane: Lane, limit: int) -> list[Outgoing]:
    """Takes up to ``limit`` due messages, gives up those that must not be sent any more.

    Person, offer and exclusions are looked up now: they may have changed since it was queued.
    """
    due = await queue.due(tx, lane, limit)
    if not due:
        return []
    known = await people.by_id(tx, {each.staff_id for each in due})
    offer_ids = sorted({each.offer_id for each in due if each.offer_id})
    offers = await store.offers(tx, offer_ids)
    codes = await store.codes(tx, kit.codes, offer_ids)
    outgoing: list[Outgoing] = []
    given_up: list[Message] = []
    for message in due:
        person, offer = known.get(message.staff_id), offers.get(message.offer_id or "")
        standing = await _standing(kit, tx, message, person, offer)
        reason, content = obstacle(message, standing), None
        if reason is None and person is not None:
            code = codes.get((message.offer_id or "", message.staff_id))
            content = _worded(kit, message, person.language, code, tx.now)
        if content is None or standing.destination is None:
            await _give_up(tx, message, reason or Obstacle.NO_TEXT)
            given_up.append(message)
        else:
            outgoing.append(Outgoing(message, standing.destination, content, tx.now))
    await queue.claim(tx, [each.message for each in outgoing])
    await _settle(tx, given_up)
    return outgoing


def _worded(
    kit: Kit, message: Message, language: str, code: str | None, now: datetime
) -> Content | None:
    """The words, or None when there are none: one such message must not stop all others."""
    try:
        return compose(kit, message, language=language, code=code, now=now)
    except (TirekError, LookupError, ValueError):
        log.exception("message.no-text", message_id=message.message_id, template=message.template)
        return None


async def _standing(
    kit: Kit, tx: Tx, message: Message, person: Person | None, offer: Offer | None
) -> Standing:
    sealed = (message.excluded_people, offer.excluded_people if offer else None)
    try:
        excluded = kit.exclusions.read(*dict.fromkeys(sealed))
        unit = []
        if message.kind is Kind.ALERT and offer is not None and any(sealed):
            unit = (await people.of_organisations(tx, [offer.organisation]))[offer.organisation]
        unit_excluded = kit.exclusions.hits_unit(excluded, unit)
        is_excluded = person is not None and kit.exclusions.hits(excluded, person)
    except Unprocessable:  # nobody is told past exclusions that nobody can read
        log.exception("exclusions.unreadable", message_id=message.message_id)
        is_excluded, unit_excluded = True, False
    return Standing(
        now=tx.now,
        offer_status=offer.status if offer else None,
        is_staff=person is not None and person.active,
        excluded=is_excluded,
        unit_excluded=unit_excluded,
        destination=person.destination(message.channel) if person else None,
    )


async def _give_up(tx: Tx, message: Message, reason: Obstacle) -> None:
    await queue.drop(tx, message, reason)
    metrics.MESSAGES.labels(message.channel, f"dropped-{reason}").inc()
    log.info("message.dropped", message_id=message.message_id, reason=reason)


async def _settle(tx: Tx, given_up: Sequence[Message]) -> None:
    """After all messages, in one order: two senders that settle the same alerts never deadlock."""
    for alert_id in sorted({each.alert_id for each in given_up if each.alert_id}):
        await settling.if_nobody_can_be_told(tx, alert_id)


async def send(kit: Kit, db: Database, channel: Channel, outgoing: Outgoing) -> None:
    """Sends a claimed message and records how it ended; raises if that cannot be recorded."""
    message = outgoing.message
    provider_id, failure, reason = "", None, ""
    crash.passing(Point.NOTIFY_BEFORE_SUBMIT)
    try:
        receipt = await channel.send(outgoing.destination, outgoing.content, message.message_id)
        provider_id = receipt.provider_id
        crash.passing(Point.NOTIFY_AFTER_SUBMIT)
    except SendRefused as problem:
        failure, reason = Failure.REFUSED, problem.reason
    except SendUnavailable as problem:
        failure, reason = Failure.UNAVAILABLE, problem.reason
    except SendOutcomeUnknown as problem:
        failure, reason = Failure.UNKNOWN, problem.reason
    outcome = failure or "sent"
    metrics.MESSAGES.labels(message.channel, outcome).inc()
    log.info(
        f"message.{outcome}",
        message_id=message.message_id,
        template=message.spoken,
        channel=message.channel,
        attempt=message.attempts + 1,
        reason=reason or None,
    )
    for pause_after in (*RECORD_TRIES, None):
        try:
            async with db.transaction() as tx:
                if failure is None:
                    await _record_sent(kit, tx, outgoing, provider_id)
                else:
                    await _record_failure(tx, message, failure, reason)
            return
        except Unavailable:
            if pause_after is None:
                raise
            await pause(pause_after)


async def _record_sent(kit: Kit, tx: Tx, outgoing: Outgoing, provider_id: str) -> None:
    message = outgoing.message
    offer = await store.share_offer(tx, message.offer_id) if message.offer_id else None
    await queue.sent(tx, message, provider_id, outgoing.claimed_at)
    await settling.told(tx, message)
    if message.kind is Kind.ALERT and offer is not None and offer.status not in OPEN:
        await _tell_that_it_was_over(kit, tx, message, offer)


async def _tell_that_it_was_over(kit: Kit, tx: Tx, message: Message, offer: Offer) -> None:
    """The offer ended while its alert was on the way."""
    if offer.status is OfferStatus.EXPIRED:
        return
    template = "taken" if offer.holder else "offer-cancelled"
    alerted = await queue.end_alerts(tx, offer.offer_id, message.message_id)
    others = [each for each in alerted if each.staff_id != offer.holder]
    await handlers.tell_ending(kit, tx, offer, template, others)


async def _record_failure(tx: Tx, message: Message, failure: Failure, reason: str) -> None:
    verdict = after_failure(message, failure, reason, tx.now)
    await queue.put_back(tx, message, verdict)
    await settling.if_nobody_can_be_told(tx, message.alert_id)
    tx.wake(queue.channel(message.lane))


async def give_up_expired(tx: Tx, limit: int) -> Sequence[Message]:
    """Gives up what nobody sent in time: the provider is away, or refuses for now."""
    late = await queue.expired(tx, limit)
    for message in late:
        await _give_up(tx, message, Obstacle.DEADLINE)
    await _settle(tx, late)
    return late
