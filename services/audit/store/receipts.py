"""Entries of an offer: what the ledger holds of it, and where."""

from dataclasses import dataclass

from shared.db import Tx

OF = """
SELECT heard.entry, heard.type, leaves.index FROM said
JOIN heard ON heard.event_id = said.event_id AND heard.source = said.source
    AND heard.producer_seq = said.producer_seq
JOIN leaves ON leaves.heard_id = heard.id
WHERE said.offer_id = $1 ORDER BY leaves.index LIMIT $2
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a leaf covers, of which type of event, and its place from 0."""

    octets: bytes
    type: str
    index: int


async def entries_of(tx: Tx, offer_id: str, most: int) -> list[Entry]:
    """In the order of the ledger."""
    rows = await tx.fetch(OF, offer_id, most)
    return [Entry(bytes(row["entry"]), row["type"], row["index"]) for row in rows]
