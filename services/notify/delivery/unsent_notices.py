"""Notices of which nobody was told: each message of one has ended, and none was sent.

No service waits for a notice, and the case it was about may sleep until a person looks. So a metric
counts it, by template alone, and an alert pages.
"""

from collections.abc import Iterable

import structlog

from services.notify import metrics
from services.notify.delivery.model import Kind, Message
from shared.db import Tx

log = structlog.get_logger()

# The messages of a notice are bound together by their keys alone: see `notices`.
LOCK = """
SELECT dedup_key FROM notices WHERE dedup_key IN (
    SELECT substr(left(dedup_key, -length(staff_id || channel) - 2), length('notice:') + 1)
    FROM messages WHERE message_id = ANY ($1::text[]))
ORDER BY dedup_key FOR NO KEY UPDATE
"""
UNHEARD = """
SELECT notice_id, template FROM notices n WHERE dedup_key = ANY ($1::text[]) AND NOT EXISTS (
    SELECT FROM people p CROSS JOIN unnest(ARRAY['sms', 'email']) AS way
    JOIN messages m ON m.dedup_key = concat_ws(':', 'notice', n.dedup_key, p.staff_id, way)
    WHERE m.status IN ('queued', 'claimed', 'sent'))
"""


async def count(tx: Tx, ended: Iterable[Message]) -> None:
    """Counts the notices that end with these messages, which were not sent.

    The notice is held first: of two senders that end the last two messages of one at the same time,
    the second sees what the first did.
    """
    message_ids = [each.message_id for each in ended if each.kind is Kind.NOTICE]
    if not message_ids:
        return
    held = [row["dedup_key"] for row in await tx.fetch(LOCK, message_ids)]
    for row in await tx.fetch(UNHEARD, held):
        metrics.NOTICES_UNHEARD.labels(row["template"]).inc()
        log.error("notice.unheard", notice_id=row["notice_id"], template=row["template"])
