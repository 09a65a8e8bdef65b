"""A tree that grows in tiles: the same roots and proofs as without tiles, whatever came at once."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.audit.ledger.errors import Unproven
from services.audit.ledger.hashes import EMPTY_ROOT, HASH_BYTES, leaf_hash, node_hash
from services.audit.ledger.proofs import (
    consistency_ranges,
    inclusion_ranges,
    verify_consistency,
    verify_inclusion,
)
from services.audit.ledger.tiles import (
    TileId,
    consistency_proof,
    edge,
    inclusion_proof,
    root,
    tiles_of,
)
from services.audit.ledger.tree import Tree

LEAVES = [leaf_hash(b"%d" % number) for number in range(70_000)]
"""As many as `tlog-tiles` takes for its example: three levels."""


def whole(leaves: list[bytes]) -> tuple[Tree, dict[TileId, bytes]]:
    """A tree of these leaves, and all its tiles."""
    return Tree().grown(leaves)


TREE, TILES = whole(LEAVES)


def naive(leaves: list[bytes]) -> bytes:
    """The root without tiles: neighbours are hashed, and who has none goes up as it is."""
    while len(leaves) > 1:
        pairs = [node_hash(*leaves[at : at + 2]) for at in range(0, len(leaves) - 1, 2)]
        leaves = pairs + leaves[len(pairs) * 2 :]
    return leaves[0] if leaves else EMPTY_ROOT


def test_the_example_of_the_specification() -> None:
    """70,000 leaves: 273 full tiles and one of 112, one full and one of 17 above, one of 1."""
    widths = [(each.level, len(tile) // HASH_BYTES) for each, tile in TILES.items()]
    assert widths == [(0, 256)] * 273 + [(0, 112)] + [(1, 256), (1, 17)] + [(2, 1)]
    assert [each.width(70_000) for each in edge(70_000)] == [112, 17, 1]
    assert TREE.root() == naive(LEAVES)


def test_an_empty_tree_has_the_root_of_rfc_6962() -> None:
    """The hash of nothing."""
    assert Tree().root() == EMPTY_ROOT == hashlib.sha256(b"").digest()
    assert Tree().grown([]) == (Tree(), {})


@settings(max_examples=40)
@given(st.lists(st.sampled_from([0, 1, 2, 255, 256, 257, 1000]), max_size=6))
def test_it_does_not_matter_how_leaves_come(portions: list[int]) -> None:
    """One by one or many at once: the same tiles, and no full tile is ever written again."""
    tree, tiles = Tree(), dict[TileId, bytes]()
    for portion in portions:
        grown, changed = tree.grown(LEAVES[tree.size : tree.size + portion])
        for each, tile in changed.items():
            before = tiles.get(each, b"")
            assert tile.startswith(before)
            assert len(before) < len(tile)
        tree, tiles = grown, tiles | changed
    assert (tree, tiles) == whole(LEAVES[: sum(portions)])
    assert tree.root() == naive(LEAVES[: sum(portions)])


@pytest.mark.parametrize("size", [1, 255, 256, 257, 4711, 65_535, 65_536, 65_537])
def test_old_roots_come_from_the_tiles_of_today(size: int) -> None:
    """Of a tile that has grown since, its beginning counts."""
    assert root(size, {each: TILES[each] for each in edge(size)}) == naive(LEAVES[:size])


@settings(max_examples=40)
@given(st.integers(1, len(LEAVES)), st.data())
def test_a_proof_needs_the_tiles_it_names(size: int, data: st.DataObject) -> None:
    """Those of the leaf, and those of an older tree; no other is read."""
    index = data.draw(st.integers(0, size - 1))
    tiles = {each: TILES[each] for each in tiles_of(inclusion_ranges(index, size))}
    verify_inclusion(
        index, size, LEAVES[index], inclusion_proof(index, size, tiles), root(size, TILES)
    )
    old = index + 1
    tiles = {each: TILES[each] for each in tiles_of(consistency_ranges(old, size))}
    verify_consistency(
        old, size, root(old, TILES), root(size, TILES), consistency_proof(old, size, tiles)
    )


def test_ten_million_leaves_are_proven_from_a_handful_of_tiles() -> None:
    """The path of one leaf lies in no more tiles than the tree has levels on either side."""
    size = 10_000_000
    for index in (0, 4_711_815, size - 1):
        assert len(tiles_of(inclusion_ranges(index, size))) <= 2 * len(edge(size))


def test_tiles_that_do_not_fit_are_told() -> None:
    """A tree does not go on from tiles of another, nor does a proof come out of a torn one."""
    tree, tiles = whole(LEAVES[:300])
    with pytest.raises(Unproven, match="tile 1 of level 0 is no tile of this tree"):
        Tree(301, tree.tiles)
    with pytest.raises(Unproven, match="tile 0 of level 0 is cut short"):
        inclusion_proof(254, 300, tiles | {TileId(0, 0): tiles[TileId(0, 0)][:-1]})
