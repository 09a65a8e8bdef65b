"""Unsent notices: each message of one has ended, and nobody was told.

No service waits for a notice, and the case it was about may sleep until a person looks. So a metric
counts it, by template alone, and an alert pages.
"""

from collections.abc import Iterable

import structlog

from services.notify import metrics
from services.notify.delivery.model import Kind, Message
from services.notify.delivery.store import notices
from shared.db import Tx

log = structlog.get_logger()


async def count(tx: Tx, ended: Iterable[Message]) -> None:
    """Counts the notices that end with these messages, which were not sent.

    The notice is held first: of two senders that end the last two messages of one at the same time,
    the second sees what the first did.
    """
    message_ids = [each.message_id for each in ended if each.kind is Kind.NOTICE]
    if not message_ids:
        return
    for notice in await notices.unsent(tx, await notices.lock(tx, message_ids)):
        metrics.NOTICES_UNHEARD.labels(notice.template).inc()
        log.error("notice.unheard", notice_id=notice.notice_id, template=notice.template)
