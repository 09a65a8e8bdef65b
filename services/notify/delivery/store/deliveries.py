"""Deliveries of an offer: who was told, when, how, and what became of it. No numbers.

A message that was not sent because its reader must not know of the case is left out: beside a name
it would say who is accused.
"""

from dataclasses import dataclass
from datetime import datetime

from shared.db import Tx

DELIVERIES = """
SELECT m.message_id, m.alert_id, a.tier, m.staff_id, p.name, m.kind, m.template, m.channel,
       m.status, m.reason, m.attempts, m.maybe_sent, m.queued_at, m.settled_at,
       m.receipt, m.receipt_at
FROM messages m JOIN people p USING (staff_id) LEFT JOIN alerts a USING (alert_id)
WHERE m.offer_id = $1 AND (m.reason IS NULL OR m.reason NOT IN ('excluded', 'unit-excluded'))
ORDER BY m.queued_at, m.message_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message of an offer. ``settled_at`` with status ``sent``: when the provider took it."""

    message_id: str
    alert_id: str | None
    tier: int | None
    staff_id: str
    name: str
    kind: str
    template: str
    channel: str
    status: str
    reason: str | None
    attempts: int
    maybe_repeated: bool
    queued_at: datetime
    settled_at: datetime | None
    receipt: str | None
    receipt_at: datetime | None


async def deliveries(tx: Tx, offer_id: str) -> list[Delivery]:
    """All messages of an offer to people whom the caller may see, the oldest first."""
    shown = []
    for row in await tx.fetch(DELIVERIES, offer_id):
        fields = dict(row)
        maybe_repeated = fields.pop("maybe_sent") > 0
        shown.append(Delivery(**fields, maybe_repeated=maybe_repeated))
    return shown
