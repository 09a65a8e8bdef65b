"""Which stretch of a report's way takes how long, read from what each service wrote down.

A time in a row is that of its transaction's beginning, and a mark of publishing comes after the
acknowledgement: so stretches are good to a few milliseconds, and one may come out below nothing.
"""

from collections.abc import Mapping
from itertools import pairwise
from statistics import median

import asyncpg

from benchmarks.figures import Json

_WAYS = """
SELECT m.incident_id, m.provider_id,
       extract(epoch FROM i.time)::float8 AS taken_in,
       extract(epoch FROM i.published_at)::float8 AS said_by_intake,
       extract(epoch FROM r.time)::float8 AS decided,
       extract(epoch FROM r.published_at)::float8 AS said_by_referral,
       extract(epoch FROM m.queued_at)::float8 AS queued,
       extract(epoch FROM m.claimed_at)::float8 AS claimed
FROM intake.outbox i
JOIN referral.outbox r ON r.causation_id = i.event_id AND r.type = 'tirek.offer.requested.v1'
JOIN notify.offers o ON o.service_request_id = r.subject
JOIN notify.messages m ON m.offer_id = o.offer_id
WHERE m.kind = 'alert' AND m.channel = 'sms' AND m.status = 'sent'
"""
_WRITTEN = ("taken_in", "said_by_intake", "decided", "said_by_referral", "queued", "claimed")
_POINTS = ("posted", *_WRITTEN, "at_gateway")


async def stretches(
    database: asyncpg.Connection, posted: Mapping[str, float], arrived: Mapping[str, float]
) -> Json:
    """Median milliseconds of each stretch, for the first alert of each incident ``posted``.

    ``arrived``: when the gateway had an SMS, by its id.
    """
    first: dict[str, dict[str, float]] = {}
    for row in await database.fetch(_WAYS):
        incident, at = row["incident_id"], arrived[row["provider_id"]]
        if incident in posted and at < first.get(incident, {}).get("at_gateway", float("inf")):
            way = {name: row[name] for name in _WRITTEN}
            first[incident] = {"posted": posted[incident], **way, "at_gateway": at}
    return {
        f"{begins} to {ends}": round(
            median((way[ends] - way[begins]) * 1000 for way in first.values()), 1
        )
        for begins, ends in pairwise(_POINTS)
        if first
    }
