"""Receipts of messages in PostgreSQL: a provider's word, also one that overtakes our own record."""

from collections.abc import Sequence

from shared import locks
from shared.db import Tx

RECEIPT = """
UPDATE messages SET receipt = $2, receipt_at = $3
-- all that went in one text; a provider may give an id again
WHERE provider_id = $1 AND status = 'sent' AND settled_at = (
    SELECT max(settled_at) FROM messages WHERE provider_id = $1 AND status = 'sent')
RETURNING message_id
"""
EARLY_RECEIPT = """
INSERT INTO receipts_early (provider_id, receipt, receipt_at) VALUES ($1, $2, $3)
ON CONFLICT (provider_id) DO UPDATE SET
    receipt = excluded.receipt, receipt_at = excluded.receipt_at
"""


async def one_at_a_time(tx: Tx, provider_ids: Sequence[str]) -> None:
    """Until the end of the transaction nobody else records a sending or a receipt of these."""
    await locks.hold(tx, *(locks.slot("receipt", each) for each in provider_ids))


async def receipt(tx: Tx, provider_id: str, state: str) -> None:
    """Records a provider's word on a message; keeps one that overtook the record of sending."""
    await one_at_a_time(tx, [provider_id])
    if await tx.fetchval(RECEIPT, provider_id, state, tx.now) is None:
        await tx.execute(EARLY_RECEIPT, provider_id, state, tx.now)
