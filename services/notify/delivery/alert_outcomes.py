"""Outcomes of alerts, each once: somebody was told, nobody can be, or the offer moved on."""

from collections.abc import Mapping

from services.notify import metrics
from services.notify.delivery import publish
from services.notify.delivery.model import ANSWERABLE, failure_of
from services.notify.delivery.store import alerts, messages
from services.notify.delivery.store.alerts import Alert
from shared.db import Tx
from shared.events.words import UnreachableReason


async def settle(tx: Tx, told_by: Mapping[str, str | None]) -> None:
    """Settles those of these alerts that have come to their end. With a channel: somebody was told.

    Without one an alert ends when no message is left to send and none was taken. Referral goes on
    at once; if the offer is over already, it has, and the record says so.
    """
    if not told_by:
        return
    unsettled = [alert for alert in await alerts.lock(tx, told_by) if alert.outcome is None]
    tallies = await messages.tallies(tx, [alert.alert_id for alert in unsettled])
    for alert in unsettled:
        channel, tally = told_by[alert.alert_id], tallies.get(alert.alert_id, messages.NOTHING)
        if channel is not None:
            await _told(tx, alert, channel, tally.people)
        elif tally.live:
            continue
        elif alert.offer_status in ANSWERABLE or _excluded(tally):
            await unreachable(tx, alert, failure_of(tally.reasons))
        else:
            await alerts.settle(tx, alert.alert_id, "moot", alert.offer_status)
            metrics.ALERTS.labels("moot").inc()


def _excluded(tally: messages.Tally) -> bool:
    """Whether referral must hear of it although the offer is over: the unit may have the case."""
    return failure_of(tally.reasons) is UnreachableReason.UNIT_EXCLUDED


async def _told(tx: Tx, alert: Alert, channel: str, people: int) -> None:
    """A provider took a message of it: the first settles it as sent."""
    await alerts.settle(tx, alert.alert_id, "sent")
    metrics.ALERTS.labels("sent").inc()
    metrics.ALERT_SECONDS.observe((tx.now - alert.requested_at).total_seconds())
    publish.alert_sent(tx, alert, channel, people)


async def unreachable(tx: Tx, alert: Alert, reason: UnreachableReason) -> None:
    """Settles an alert as one of which nobody can be told. The caller holds it."""
    await alerts.settle(tx, alert.alert_id, "unreachable", reason)
    metrics.ALERTS.labels(f"unreachable-{reason}").inc()
    publish.alert_unreachable(tx, alert, reason)
