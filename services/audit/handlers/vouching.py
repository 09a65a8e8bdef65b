"""Vouching: rows that are kept beside the ledger are held against the MACs that they were written
with, over and over (docs/decisions/0040)."""

from services.audit.handlers.checking import AT_ONCE
from services.audit.publish import raise_finding
from services.audit.store import proofs
from shared.db import Tx


async def vouch(tx: Tx, size: int, behind: str) -> str:
    """Looks beside the next leaves from ``size`` on, at the next findings behind an id, and at all
    outages; behind which finding to go on."""
    page = await proofs.of_findings(tx, behind, AT_ONCE)
    leaves = await proofs.of_leaves(tx, size, size + AT_ONCE)
    for each in (*page.wrong, *leaves, *await proofs.of_outages(tx)):
        await raise_finding(tx, each)
    return page.last or ""
