"""Results of sends, written down; what follows for the alerts is `alert_outcomes`'."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.notify.channels import Content
from services.notify.delivery.courtesies import Over, tell_endings
from services.notify.delivery.model import Failure, Kind, Message, Offer, after_failure
from services.notify.delivery.store import messages, offers
from services.notify.deps import Deps
from shared.db import Tx
from shared.events.words import OPEN, OfferStatus


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Claimed messages with all it takes to send them as one text: one, or gathered notices.

    Lives in memory only.
    """

    messages: tuple[Message, ...]
    destination: str
    content: Content
    claimed_at: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """How one send ended: taken by the provider under its id, or failed."""

    outgoing: Outgoing
    failure: Failure | None = None
    reason: str = ""
    provider_id: str = ""


async def record(deps: Deps, tx: Tx, ended: Sequence[Ended]) -> dict[str, str | None]:
    """Writes the ends of sends; the alerts they belong to, with the channel of one that was told.

    Offers are kept from changing first, all in one order.
    """
    if not ended:
        return {}
    attempted = [message for each in ended for message in each.outgoing.messages]
    held = await offers.share(tx, {each.offer_id for each in attempted if each.offer_id})
    sent = [each for each in ended if each.failure is None]
    await messages.sent(
        tx,
        [
            (message, each.provider_id, each.outgoing.claimed_at)
            for each in sent
            for message in each.outgoing.messages
        ],
    )
    for each in ended:
        if each.failure is not None:
            await _put_back(tx, each.outgoing, each.failure, each.reason)
    over: list[Over] = []
    for each in sent:
        message = each.outgoing.messages[0]
        offer = held.get(message.offer_id or "")
        if message.kind is Kind.ALERT and offer is not None and offer.status not in OPEN:
            over += await _over_since(tx, message, offer)
    await tell_endings(deps, tx, over)
    alerts: dict[str, str | None] = {each.alert_id: None for each in attempted if each.alert_id}
    for each in reversed(sent):  # the first to be taken is what an alert is said to have gone by
        alert = each.outgoing.messages[0]
        if alert.alert_id:
            alerts[alert.alert_id] = alert.channel
    return alerts


async def _put_back(tx: Tx, outgoing: Outgoing, failure: Failure, reason: str) -> None:
    for message in outgoing.messages:
        verdict = after_failure(message, failure, reason, tx.now)
        await messages.put_back(tx, message, verdict, outgoing.claimed_at)
    tx.wake(messages.channel(outgoing.messages[0].lane))


async def _over_since(tx: Tx, message: Message, offer: Offer) -> list[Over]:
    """Whom to tell that the offer ended while its alert was on the way."""
    if offer.status is OfferStatus.EXPIRED:
        return []
    template = "taken" if offer.holder else "offer-cancelled"
    alerted = await messages.end_alerts(tx, offer.offer_id, message.message_id)
    return [(offer, template, each) for each in alerted if each.staff_id != offer.holder]
