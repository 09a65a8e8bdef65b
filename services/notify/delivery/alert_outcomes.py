"""How an alert ends, once: somebody was told, nobody can be, or its offer moved on first."""

from collections.abc import Mapping

from services.notify import metrics
from services.notify.delivery.model import ANSWERABLE, failure_of
from services.notify.delivery.store import messages, offers
from services.notify.delivery.store.offers import Alert
from shared.db import Tx
from shared.events.notify import AlertSent, AlertUnreachable
from shared.events.words import UnreachableReason

FIRST_VERSION = 1
"""An alert is said once, and so is an answer: the version of either as an aggregate."""


async def settle(tx: Tx, alerts: Mapping[str, str | None]) -> None:
    """Settles those of ``alerts`` that have come to their end. With a channel: somebody was told.

    Without one an alert ends when no message is left to send and none was taken. Referral goes on
    at once; if the offer is over already, it has, and the record says so.
    """
    if not alerts:
        return
    unsettled = [each for each in await offers.lock_alerts(tx, alerts) if each.outcome is None]
    tallies = await messages.tallies(tx, [each.alert_id for each in unsettled])
    for alert in unsettled:
        channel, tally = alerts[alert.alert_id], tallies.get(alert.alert_id, messages.NOTHING)
        if channel is not None:
            await _told(tx, alert, channel, tally.people)
        elif tally.live:
            continue
        elif alert.offer_status in ANSWERABLE or _excluded(tally):
            await unreachable(tx, alert, failure_of(tally.reasons))
        else:
            await offers.settle_alert(tx, alert.alert_id, "moot", alert.offer_status)
            metrics.ALERTS.labels("moot").inc()


def _excluded(tally: messages.Tally) -> bool:
    """Whether referral must hear of it although the offer is over: the unit may have the case."""
    return failure_of(tally.reasons) is UnreachableReason.UNIT_EXCLUDED


async def _told(tx: Tx, alert: Alert, channel: str, people: int) -> None:
    """A provider took a message of it: the first settles it as sent."""
    await offers.settle_alert(tx, alert.alert_id, "sent")
    metrics.ALERTS.labels("sent").inc()
    metrics.ALERT_SECONDS.observe((tx.now - alert.requested_at).total_seconds())
    body = AlertSent(
        incident_id=alert.incident_id,
        service_request_id=alert.service_request_id,
        offer_id=alert.offer_id,
        alert_id=alert.alert_id,
        tier=alert.tier,
        channel=channel,
        people=people,
        sent_at=tx.now,
    )
    tx.emit(body, subject=alert.alert_id, version=FIRST_VERSION)


async def unreachable(tx: Tx, alert: Alert, reason: UnreachableReason) -> None:
    """Settles an alert as one of which nobody can be told. The caller holds it."""
    await offers.settle_alert(tx, alert.alert_id, "unreachable", reason)
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
