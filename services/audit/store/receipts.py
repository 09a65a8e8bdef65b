"""Entries of an offer, or of a need and all its offers: what the ledger holds, and where."""

from dataclasses import dataclass
from datetime import datetime

from shared.db import Tx

OF = """
WITH offers AS (
    SELECT $1::text AS id UNION SELECT offer_id FROM said WHERE service_request_id = $1
), about AS (
    SELECT event_id FROM said WHERE service_request_id = $1
    UNION SELECT event_id FROM said WHERE offer_id IN (SELECT id FROM offers)
)
SELECT heard.event_id, heard.entry, heard.type, heard.source, heard.time, leaves.index
FROM about JOIN said USING (event_id)
JOIN heard ON heard.event_id = said.event_id AND heard.source = said.source
    AND heard.producer_seq = said.producer_seq
JOIN leaves ON leaves.heard_id = heard.id
ORDER BY leaves.index LIMIT $2
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a leaf covers, its place from 0, and of its event the type, and who said it when."""

    event_id: str
    octets: bytes
    type: str
    source: str
    time: datetime
    index: int


async def entries_of(tx: Tx, about: str, most: int) -> list[Entry]:
    """In the order of the ledger."""
    rows = await tx.fetch(OF, about, most)
    return [
        Entry(
            row["event_id"],
            bytes(row["entry"]),
            row["type"],
            row["source"],
            row["time"],
            row["index"],
        )
        for row in rows
    ]
