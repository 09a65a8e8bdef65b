"""Checking: the ledger as it is kept here is held against what was signed of it, over and over."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.audit.ledger.checkpoints import Checkpoint
from services.audit.ledger.hashes import leaf_hash
from services.audit.ledger.tiles import TILE_HEIGHT, TileId
from services.audit.ledger.tree import TILE_BYTES, Tree
from services.audit.model.findings import Finding, Kind
from services.audit.publish import raise_finding
from services.audit.store import checkpoints, tree
from services.audit.store.tree import Leaf
from shared.db import Tx

AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Wrong:
    """From the ``first`` leaf to the ``last``, from 1, something is not as it was."""

    first: int
    last: int


async def check(tx: Tx, held: Tree) -> Tree | None:
    """Looks at the leaves behind those that held; none where there are no more, or where something
    does not hold: it is found, and whoever goes on begins anew."""
    signed = await checkpoints.above(tx, held.size)  # before the leaves, of which there may be more
    leaves = await tree.kept(tx, held.size, AT_ONCE)
    grown = await _held(tx, held, leaves, signed) if leaves else _ended(held, signed)
    if isinstance(grown, Wrong):
        await raise_finding(tx, Finding(Kind.LEDGER, "audit", grown.first, grown.last))
        return None
    return grown if leaves else None


def _ended(held: Tree, signed: Sequence[Checkpoint]) -> Tree | Wrong:
    return Wrong(held.size + 1, signed[0].size) if signed else held


async def _held(
    tx: Tx, held: Tree, leaves: Sequence[Leaf], signed: Sequence[Checkpoint]
) -> Tree | Wrong:
    for at, leaf in enumerate(leaves, held.size):
        if leaf.index != at or leaf.entry is None or leaf_hash(leaf.entry) != leaf.hash:
            return Wrong(at + 1, at + 1)
    first, hashes, full = held.size, [leaf.hash for leaf in leaves], dict[TileId, bytes]()
    sizes = {each.size: each.root for each in signed if each.size <= first + len(hashes)}
    for size in sorted({*sizes, first + len(hashes)}):
        good = held.size
        held, changed = held.grown(hashes[good - first : size - first])
        full |= {each: row for each, row in changed.items() if len(row) == TILE_BYTES}
        if sizes.get(size, held.root()) != held.root():
            return Wrong(good + 1, size)
    kept = await tree.tiles(tx, full, held.size)
    for each, row in full.items():
        if kept.get(each) != row:
            width = 1 << TILE_HEIGHT * (each.level + 1)
            return Wrong(each.number * width + 1, (each.number + 1) * width)
    return held
