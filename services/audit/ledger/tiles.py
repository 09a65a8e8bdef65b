"""Tiles of a Merkle tree, C2SP `tlog-tiles`: rows of 256 hashes, and the hash of any range.

At level 0 a tile holds leaf hashes; above, each hash is that of a full tile below. A full tile
never changes; the last one of a level is replaced as it grows, so whoever reads it for an older,
smaller tree takes its beginning.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from services.audit.ledger.errors import Unproven
from services.audit.ledger.hashes import EMPTY_ROOT, HASH_BYTES, node_hash
from services.audit.ledger.proofs import Range, consistency_ranges, inclusion_ranges

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT


class TileId(NamedTuple):
    """Where a tile stands: its level from the leaves up, and its number within it, from 0."""

    level: int
    number: int

    def width(self, size: int) -> int:
        """How many hashes the tile has in a tree of ``size`` leaves; 0 where it has none yet."""
        hashes = (size >> TILE_HEIGHT * self.level) - self.number * TILE_WIDTH
        return min(max(hashes, 0), TILE_WIDTH)


Tiles = Mapping[TileId, bytes]
"""Tiles by their place, each its hashes in a row: 32 bytes to 8,192."""


def root(size: int, tiles: Tiles) -> bytes:
    """The root of the first ``size`` leaves; it needs no more than the tiles of `edge`."""
    return range_hash(Range(0, size), tiles) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, tiles: Tiles) -> list[bytes]:
    """The hashes from a leaf's sibling up; needs `tiles_of` `inclusion_ranges`."""
    return [range_hash(each, tiles) for each in inclusion_ranges(index, size)]


def consistency_proof(old: int, new: int, tiles: Tiles) -> list[bytes]:
    """What leads from one root to a later one; needs `tiles_of` `consistency_ranges`."""
    return [range_hash(each, tiles) for each in consistency_ranges(old, new)]


def edge(size: int) -> list[TileId]:
    """The tiles of a tree that are not full: to go on with it, and for its root."""
    return [
        TileId(level, size >> TILE_HEIGHT * (level + 1))
        for level in range(-(-size.bit_length() // TILE_HEIGHT))
        if (size >> TILE_HEIGHT * level) % TILE_WIDTH
    ]


def tiles_of(ranges: Iterable[Range]) -> set[TileId]:
    """The tiles that the hashes of these ranges need, to be read at once."""
    return {_tile(height, at)[0] for each in ranges for height, at in _subtrees(each)}


def range_hash(leaves: Range, tiles: Tiles) -> bytes:
    """`MTH(D[first:end])` of a range of the tree that a proof may name.

    Raises `KeyError` where a tile is missing, `Unproven` where one is too short.
    """
    *left, last = (_subtree_hash(height, at, tiles) for height, at in _subtrees(leaves))
    for each in reversed(left):
        last = node_hash(each, last)
    return last


def _subtrees(leaves: Range) -> Iterable[tuple[int, int]]:
    """The full subtrees of a range from the left: height, and number within that height."""
    first, end = leaves
    while first < end:
        height = (end - first).bit_length() - 1
        yield height, first >> height
        first += 1 << height


def _tile(height: int, at: int) -> tuple[TileId, int, int]:
    """Where the leaves of a subtree stand: the tile, the first hash, and how many hashes."""
    level, within = divmod(height, TILE_HEIGHT)
    number, first = divmod(at << within, TILE_WIDTH)
    return TileId(level, number), first, 1 << within


def _subtree_hash(height: int, at: int, tiles: Tiles) -> bytes:
    tile, first, count = _tile(height, at)
    row = tiles[tile][first * HASH_BYTES : (first + count) * HASH_BYTES]
    if len(row) != count * HASH_BYTES:
        raise Unproven(f"tile {tile.number} of level {tile.level} is cut short")
    return fold(row)


def fold(row: bytes) -> bytes:
    """The hash over a row of hashes, as many as are a power of two: of a full tile, its own."""
    hashes = [row[at : at + HASH_BYTES] for at in range(0, len(row), HASH_BYTES)]
    while len(hashes) > 1:
        hashes = [node_hash(*pair) for pair in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]
