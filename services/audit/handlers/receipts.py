"""Receipts: that what was said of an offer stands in the ledger, for whoever is handed them."""

from services.audit.ledger.checkpoints import Checkpoint
from services.audit.ledger.policy import Policy
from services.audit.ledger.proofs import inclusion_ranges
from services.audit.ledger.receipts import Receipt
from services.audit.ledger.tiles import inclusion_proof, tiles_of
from services.audit.store import receipts, tree
from services.audit.store.receipts import Entry
from services.audit.witnesses.handlers import enough
from shared.db import Tx
from shared.errors import NotFound

MOST = 50
"""Entries of one offer: what is said of it, and who looked at it."""


async def of_offer(tx: Tx, policy: Policy, offer_id: str) -> list[tuple[Entry, Receipt | None]]:
    """What the ledger holds of an offer, each with a receipt under the earliest checkpoint that
    enough witnesses have cosigned, or none as long as there is no such. Raises `NotFound`."""
    entries = await receipts.entries_of(tx, offer_id, MOST)
    if not entries:
        raise NotFound
    return [(each, await _receipt(tx, policy, each.index)) for each in entries]


async def _receipt(tx: Tx, policy: Policy, index: int) -> Receipt | None:
    note = await enough(tx, policy, index, newest_first=False)
    if note is None:
        return None
    size = Checkpoint.parse(note.text).size
    tiles = await tree.tiles(tx, tiles_of(inclusion_ranges(index, size)), size)
    return Receipt(index, tuple(inclusion_proof(index, size, tiles)), note)
