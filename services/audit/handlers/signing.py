"""Signing: a checkpoint every few minutes while there is something new."""

from datetime import datetime

from services.audit.deps import Deps
from services.audit.publish import checkpoint_signed
from services.audit.store import checkpoints, tree
from shared import locks
from shared.db import Tx

LOCK = "checkpoint"


async def sign(tx: Tx, deps: Deps) -> datetime | None:
    """Signs the tree as it is, if it is time; when it is the next time, none if nothing is new."""
    await locks.hold(tx, LOCK)
    due = await checkpoints.due_at(tx, deps.checkpoint_every)
    if due is None or due > tx.now:
        return due
    grown = await tree.tree(tx)
    root = grown.root()
    await checkpoints.add(tx, grown.size, deps.signing.checkpoint(grown.size, root))
    checkpoint_signed(tx, deps.signing.origin, grown.size, root)
    return tx.now + deps.checkpoint_every
