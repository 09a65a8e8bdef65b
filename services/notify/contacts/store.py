"""Checks of contacts in PostgreSQL: one somebody and channel, the last."""

from typing import Any

from services.notify.contacts.model import Check
from shared.db import Tx

HELD = """
SELECT message_id, destination, sent_at, tries, sendings, counted_since FROM contact_checks
WHERE staff_id = $1 AND channel = $2 FOR UPDATE
"""
SAVE = """
INSERT INTO contact_checks
    (staff_id, channel, message_id, destination, sent_at, tries, sendings, counted_since)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (staff_id, channel) DO UPDATE SET
    message_id = excluded.message_id, destination = excluded.destination,
    sent_at = excluded.sent_at, tries = excluded.tries, sendings = excluded.sendings,
    counted_since = excluded.counted_since
"""
VERIFIED = {
    "sms": "UPDATE people SET phone_verified_at = $2 WHERE staff_id = $1 AND phone = $3",
    "email": "UPDATE people SET email_verified_at = $2 WHERE staff_id = $1 AND email = $3",
}


async def hold(tx: Tx, staff_id: str, channel: str) -> Check | None:
    """The last check; others of the same contact wait until this transaction ends."""
    row: Any = await tx.fetchrow(HELD, staff_id, channel)
    return None if row is None else Check(**dict(row))


async def save(tx: Tx, staff_id: str, channel: str, check: Check) -> None:
    """Writes the last check of a contact."""
    await tx.execute(
        SAVE,
        staff_id,
        channel,
        check.message_id,
        check.destination,
        check.sent_at,
        check.tries,
        check.sendings,
        check.counted_since,
    )


async def verified(tx: Tx, staff_id: str, channel: str, destination: str) -> None:
    """Somebody reads what goes there, unless it goes elsewhere by now."""
    await tx.execute(VERIFIED[channel], staff_id, tx.now, destination)
