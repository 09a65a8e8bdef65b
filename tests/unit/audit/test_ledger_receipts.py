"""Receipts and exports: an entry is proven from files, and torn or foreign ones are told."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.audit.ledger.checkpoints import Checkpoint
from services.audit.ledger.errors import Unproven, Unreadable
from services.audit.ledger.export import (
    all_tiles,
    bundle,
    bundle_path,
    tile_file,
    tile_path,
    unbundle,
)
from services.audit.ledger.hashes import leaf_hash
from services.audit.ledger.keys import Kind, SignerKey
from services.audit.ledger.notes import Note
from services.audit.ledger.policy import Policy
from services.audit.ledger.receipts import Receipt
from services.audit.ledger.signing import sign
from services.audit.ledger.tiles import TileId, inclusion_proof
from services.audit.ledger.tree import Tree

ENTRIES = [b'{"n":%d}' % number for number in range(300)]
LOG = SignerKey("ledger.example", Kind.NOTE, bytes(32))
POLICY = Policy((LOG.verifier,), {}, {})
TREE, TILES = Tree().grown([leaf_hash(each) for each in ENTRIES])
TEXT = str(Checkpoint("ledger.example", TREE.size, TREE.root()))
NOTE = Note(TEXT, (sign(TEXT, LOG),))


def receipt(index: int, extra: bytes | None = None) -> Receipt:
    """The receipt of one entry."""
    return Receipt(index, tuple(inclusion_proof(index, TREE.size, TILES)), NOTE, extra)


@pytest.mark.parametrize("extra", [None, b"", b"for whoever asks"])
def test_a_receipt_proves_its_entry_and_no_other(extra: bytes | None) -> None:
    """From its file alone, with the entry beside it."""
    proof = Receipt.parse(bytes(receipt(257, extra)))
    assert proof == receipt(257, extra)
    assert proof.prove(ENTRIES[257], POLICY).checkpoint == Checkpoint.parse(TEXT)
    with pytest.raises(Unproven):
        proof.prove(ENTRIES[256], POLICY)


def test_the_receipt_of_the_only_entry_has_no_path() -> None:
    """An empty line follows its place."""
    tree, _ = Tree().grown([leaf_hash(b"only")])
    text = str(Checkpoint("ledger.example", 1, tree.root()))
    octets = bytes(Receipt(0, (), Note(text, (sign(text, LOG),))))
    assert octets.startswith(b"c2sp.org/tlog-proof@v1\nindex 0\n\nledger.example\n1\n")
    Receipt.parse(octets).prove(b"only", POLICY)


@settings(max_examples=60)
@given(st.integers(0, len(bytes(receipt(257))) - 1))
def test_a_receipt_that_is_cut_short_is_refused(end: int) -> None:
    """Wherever it ends."""
    with pytest.raises(Unreadable):
        Receipt.parse(bytes(receipt(257))[:end])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("@v1", "@v2"),
        ("index 257", "index 0257"),
        ("index 257", "extra AAA\nindex 257"),
        ("index 257", "extra AAAA\nextra AAAA\nindex 257"),
        ("index 257\n", "index 257\nAAAA\n"),
        ("index 257", "extra AAAA"),
        ("index", "índex"),
    ],
)
def test_what_is_no_receipt_is_refused(old: str, new: str) -> None:
    """Of another version, with a number or hash spelled another way, or without its place."""
    text = bytes(receipt(257)).decode()
    assert old in text
    with pytest.raises(Unreadable):
        Receipt.parse(text.replace(old, new, 1).encode())


def test_files_lie_where_the_specification_says() -> None:
    """Its example of a path, and its example of a tree."""
    assert tile_path(TileId(0, 1_234_067), 10**10) == "tile/0/x001/x234/067"
    paths = [tile_path(each, 70_000) for each in all_tiles(70_000)]
    assert paths[272:] == [
        "tile/0/272",
        "tile/0/273.p/112",
        "tile/1/000",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ]
    assert [tile_path(each, 256) for each in all_tiles(256)] == ["tile/0/000", "tile/1/000.p/1"]
    assert bundle_path(1, 300) == "tile/entries/001.p/44"
    assert list(all_tiles(0)) == []


def test_an_export_of_an_older_tree_has_its_tiles() -> None:
    """A tile that has grown since is cut to what it was."""
    _, older = Tree().grown([leaf_hash(each) for each in ENTRIES[:290]])
    assert {each: tile_file(each, TILES[each], 290) for each in all_tiles(290)} == older


@given(st.lists(st.binary(max_size=40), max_size=5))
def test_bundles_come_apart_as_they_were_put_together(entries: list[bytes]) -> None:
    """And one that is cut short does not."""
    octets = bundle(entries)
    assert unbundle(octets) == entries
    if entries:
        with pytest.raises(Unreadable):
            unbundle(octets[:-1])


def test_an_entry_is_at_most_as_long_as_its_length_can_say() -> None:
    """65,535 bytes."""
    assert unbundle(bundle([b"x" * 65_535])) == [b"x" * 65_535]
    with pytest.raises(ValueError, match="an entry of 65536 bytes"):
        bundle([b"x" * 65_536])
