"""Receipts: that what was said of an offer stands in the ledger, for whoever is handed them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.audit.facts import store
from services.audit.facts.model.said import Said
from services.audit.ledger.checkpoints import Checkpoint
from services.audit.ledger.policy import Policy
from services.audit.ledger.proofs import inclusion_ranges
from services.audit.ledger.receipts import Receipt
from services.audit.ledger.signing import verified
from services.audit.ledger.tiles import inclusion_proof, tiles_of
from services.audit.store import receipts, tree
from services.audit.store.receipts import Entry
from services.audit.witnesses.handlers import enough
from shared.db import Tx
from shared.errors import NotFound

MOST = 200
"""Entries of one need: what is said of it and of its offers, and who looked at them."""


@dataclass(frozen=True, slots=True)
class Proven:
    """An entry, what audit knows of its words, and its receipt with the witnesses who are enough,
    each with the time of its clock. Without a receipt there are none."""

    entry: Entry
    said: Said
    receipt: Receipt | None
    clocks: Mapping[str, datetime]


async def about(tx: Tx, policy: Policy, offer_or_need: str) -> list[Proven]:
    """What the ledger holds of an offer, or of a need and all its offers, each with a receipt under
    the earliest checkpoint that enough witnesses have cosigned, if there is one. Raises `NotFound`.
    """
    entries = await receipts.entries_of(tx, offer_or_need, MOST)
    if not entries:
        raise NotFound
    said = await store.of_events(tx, [each.event_id for each in entries])
    return [await _proven(tx, policy, each, said[each.event_id]) for each in entries]


async def _proven(tx: Tx, policy: Policy, entry: Entry, said: Said) -> Proven:
    note = await enough(tx, policy, entry.index, newest_first=False)
    if note is None:
        return Proven(entry, said, None, {})
    size = Checkpoint.parse(note.text).size
    tiles = await tree.tiles(tx, tiles_of(inclusion_ranges(entry.index, size)), size)
    receipt = Receipt(entry.index, tuple(inclusion_proof(entry.index, size, tiles)), note)
    times = {each.key: each.at for each in verified(note, policy.witnesses.values())}
    named = {name: at for name, key in policy.witnesses.items() if (at := times.get(key))}
    return Proven(entry, said, receipt, policy.earliest(named))
