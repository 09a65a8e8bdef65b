"""How an alert ends, once: somebody was told, nobody can be, or its offer moved on first."""

from services.notify import metrics
from services.notify.delivery import queue, store
from services.notify.delivery.model import ANSWERABLE, Message, failure_of
from services.notify.delivery.store import Alert
from shared.db import Tx
from shared.events.notify import AlertSent, AlertUnreachable
from shared.events.words import UnreachableReason

FIRST_VERSION = 1
"""An alert is said once, and so is an answer: the version of either as an aggregate."""


async def told(tx: Tx, message: Message) -> None:
    """A provider took ``message``: the first of an alert settles it as sent."""
    if message.alert_id is None:
        return
    alert = await store.lock_alert(tx, message.alert_id)
    if alert.outcome is not None:
        return
    tally = await queue.tally(tx, alert.alert_id)
    await store.settle_alert(tx, alert.alert_id, "sent")
    metrics.ALERTS.labels("sent").inc()
    metrics.ALERT_SECONDS.observe((tx.now - alert.requested_at).total_seconds())
    body = AlertSent(
        incident_id=alert.incident_id,
        service_request_id=alert.service_request_id,
        offer_id=alert.offer_id,
        alert_id=alert.alert_id,
        tier=alert.tier,
        channel=message.channel,
        people=tally.people,
        sent_at=tx.now,
    )
    tx.emit(body, subject=alert.alert_id, version=FIRST_VERSION)


async def if_nobody_can_be_told(tx: Tx, alert_id: str | None) -> None:
    """Settles an alert of which no message is left to send and none was taken.

    Referral goes on at once; if the offer is over already, it has, and the record says so.
    """
    if alert_id is None:
        return
    alert = await store.lock_alert(tx, alert_id)
    tally = await queue.tally(tx, alert_id)
    if alert.outcome is not None or tally.live:
        return
    if alert.offer_status in ANSWERABLE:
        await unreachable(tx, alert, failure_of(tally.reasons))
    else:
        await store.settle_alert(tx, alert_id, "moot", alert.offer_status)
        metrics.ALERTS.labels("moot").inc()


async def unreachable(tx: Tx, alert: Alert, reason: UnreachableReason) -> None:
    """Settles an alert as one of which nobody can be told. The caller holds it."""
    await store.settle_alert(tx, alert.alert_id, "unreachable", reason)
    metrics.ALERTS.labels(f"unreachable-{reason}").inc()
    body = AlertUnreachable(
        incident_id=alert.incident_id,
        service_request_id=alert.service_request_id,
        offer_id=alert.offer_id,
        alert_id=alert.alert_id,
        tier=alert.tier,
        reason=reason,
    )
    tx.emit(body, subject=alert.alert_id, version=FIRST_VERSION)
