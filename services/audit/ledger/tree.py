"""A Merkle tree that grows: its size and the tiles on its right edge, and no others."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from services.audit.ledger.errors import Unproven
from services.audit.ledger.hashes import HASH_BYTES
from services.audit.ledger.tiles import TILE_WIDTH, TileId, Tiles, edge, fold, root

TILE_BYTES = TILE_WIDTH * HASH_BYTES


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree of ``size`` leaves; ``tiles`` has at least those of ``edge(size)``.

    Raises `Unproven` where one of them is missing or holds fewer or more hashes than it must.
    """

    size: int = 0
    tiles: Tiles = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for each in edge(self.size):
            if len(self.tiles.get(each, b"")) != each.width(self.size) * HASH_BYTES:
                raise Unproven(f"tile {each.number} of level {each.level} is no tile of this tree")

    def root(self) -> bytes:
        """The root, 32 bytes."""
        return root(self.size, self.tiles)

    def grown(self, leaves: Iterable[bytes]) -> tuple[Self, dict[TileId, bytes]]:
        """The tree with more leaf hashes, and the tiles that are new or longer than before."""
        changed: dict[TileId, bytes] = {}
        hashes, level, size = b"".join(leaves), 0, self.size
        added = len(hashes) // HASH_BYTES
        while hashes:
            number, width = divmod(size, TILE_WIDTH)
            row = self.tiles[TileId(level, number)] + hashes if width else hashes
            tiles = [row[at : at + TILE_BYTES] for at in range(0, len(row), TILE_BYTES)]
            changed |= {TileId(level, number + at): tile for at, tile in enumerate(tiles)}
            hashes = b"".join(fold(tile) for tile in tiles if len(tile) == TILE_BYTES)
            level, size = level + 1, number
        size = self.size + added
        known = {**self.tiles, **changed}
        return type(self)(size, {each: known[each] for each in edge(size)}), changed
