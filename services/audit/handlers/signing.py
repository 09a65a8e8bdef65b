"""Signing: a checkpoint every few minutes while there is something new."""

from datetime import datetime

from services.audit.deps import Deps
from services.audit.publish import checkpoint_signed
from services.audit.store import checkpoints, origins, tree
from shared import locks
from shared.db import Tx


async def sign(tx: Tx, deps: Deps) -> datetime | None:
    """Signs the tree as it is, if it is time; when it is the next time, none if nothing is new."""
    await locks.hold(tx, checkpoints.LOCK)
    due = await checkpoints.due_at(tx, deps.checkpoint_every)
    if due is None or due > tx.now:
        return due
    grown = await tree.tree(tx)
    root = grown.root()
    origin = (await origins.current(tx, deps.signing.origin)).name
    await checkpoints.add(tx, grown.size, deps.signing.checkpoint(origin, grown.size, root))
    checkpoint_signed(tx, origin, grown.size, root)
    return tx.now + deps.checkpoint_every
