"""The tree: leaves in their order, full tiles, and a head for each size that it ever had."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.audit.ledger.tiles import TILE_WIDTH, TileId, edge, fold, root
from services.audit.ledger.tree import TILE_BYTES, Tree
from shared.db import Tx

HEAD = "SELECT size, root FROM heads ORDER BY size DESC LIMIT 1"
LEAVES = "SELECT hash FROM leaves WHERE index >= $1 AND index < $2 ORDER BY index"
FULL = """
SELECT level, number, hashes FROM tiles
WHERE (level, number) IN (SELECT * FROM unnest($1::int[], $2::bigint[]))
"""
BELOW = """
SELECT hash FROM tiles WHERE level = $1 AND number >= $2 AND number < $3 ORDER BY number
"""
ADD_LEAVES = """
INSERT INTO leaves (index, heard_id, hash)
SELECT $1 + place - 1, id, hash
FROM unnest($2::bigint[], $3::bytea[]) WITH ORDINALITY AS new (id, hash, place)
"""
ADD_TILES = """
INSERT INTO tiles (level, number, hashes, hash)
SELECT * FROM unnest($1::int[], $2::bigint[], $3::bytea[], $4::bytea[])
"""
ADD_HEAD = "INSERT INTO heads (size, root, grown_at) VALUES ($1, $2, $3)"
KEPT = """
SELECT index, leaves.hash, entry FROM leaves LEFT JOIN heard ON heard.id = leaves.heard_id
WHERE index >= $1 ORDER BY index LIMIT $2
"""
ENTRIES = """
SELECT entry FROM leaves JOIN heard ON heard.id = leaves.heard_id
WHERE index >= $1 AND index < $2 ORDER BY index
"""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One as it is kept, and what it covers, if that is still there."""

    index: int
    hash: bytes
    entry: bytes | None


async def size(tx: Tx) -> int:
    """How many leaves there are."""
    row = await tx.fetchrow(HEAD)
    return row["size"] if row else 0


async def tree(tx: Tx) -> Tree:
    """The tree as it is now, with the edge that it grows on.

    Raises `Unproven` where a tile of the edge is not whole. Whether it has the root that was noted
    is held against that by `services.audit.handlers.checking`.
    """
    row = await tx.fetchrow(HEAD)
    if row is None:
        return Tree()
    return Tree(row["size"], await tiles(tx, edge(row["size"]), row["size"]))


async def tiles(tx: Tx, wanted: Iterable[TileId], of_size: int) -> dict[TileId, bytes]:
    """These tiles, as wide as they are in a tree of that size."""
    found: dict[TileId, bytes] = {}
    full = []
    for each in wanted:
        width = each.width(of_size)
        if width == TILE_WIDTH:
            full.append(each)
        elif width:
            found[each] = await _growing(tx, each, width)
    if full:
        rows = await tx.fetch(FULL, [each.level for each in full], [each.number for each in full])
        found |= {TileId(row["level"], row["number"]): bytes(row["hashes"]) for row in rows}
    return found


async def root_at(tx: Tx, of_size: int) -> bytes:
    """The root that the tree had at this size, by the leaves that are there now."""
    return root(of_size, await tiles(tx, edge(of_size), of_size))


async def _growing(tx: Tx, tile: TileId, width: int) -> bytes:
    first = tile.number * TILE_WIDTH
    if tile.level == 0:
        rows = await tx.fetch(LEAVES, first, first + width)
    else:
        rows = await tx.fetch(BELOW, tile.level - 1, first, first + width)
    return b"".join(row["hash"] for row in rows)


async def grow(tx: Tx, before: Tree, ids: Sequence[int], hashes: Sequence[bytes]) -> Tree:
    """Appends leaves behind what there is."""
    after, changed = before.grown(hashes)
    full = [(each, row) for each, row in changed.items() if len(row) == TILE_BYTES]
    await tx.execute(ADD_LEAVES, before.size, ids, hashes)
    if full:
        await tx.execute(
            ADD_TILES,
            [each.level for each, _ in full],
            [each.number for each, _ in full],
            [row for _, row in full],
            [fold(row) for _, row in full],
        )
    await tx.execute(ADD_HEAD, after.size, after.root(), tx.now)
    return after


async def entries(tx: Tx, first: int, end: int) -> list[bytes]:
    """What these leaves cover, in their order."""
    return [bytes(row["entry"]) for row in await tx.fetch(ENTRIES, first, end)]


async def kept(tx: Tx, first: int, most: int) -> list[Leaf]:
    """The leaves from one on, with what they cover."""
    rows = await tx.fetch(KEPT, first, most)
    return [Leaf(row["index"], bytes(row["hash"]), row["entry"]) for row in rows]
