"""Events about alerts: referral hears that somebody was really told, or that nobody can be."""

from services.notify.delivery.store.alerts import Alert
from shared.db import Tx
from shared.events.notify import AlertSent, AlertUnreachable
from shared.events.words import UnreachableReason

FIRST_VERSION = 1
"""An alert is said once, and so is an answer: the version of either as an aggregate."""


def alert_sent(tx: Tx, alert: Alert, channel: str, people: int) -> None:
    """Emits that a provider took a message of the alert now."""
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


def alert_unreachable(tx: Tx, alert: Alert, reason: UnreachableReason) -> None:
    """Emits that nobody can be told: referral goes on without waiting."""
    body = AlertUnreachable(
        incident_id=alert.incident_id,
        service_request_id=alert.service_request_id,
        offer_id=alert.offer_id,
        alert_id=alert.alert_id,
        tier=alert.tier,
        reason=reason,
    )
    tx.emit(body, subject=alert.alert_id, version=FIRST_VERSION)
