"""Merkle proofs: judged by the vectors of another project, and by RFC 9162 written as it reads."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.ledger.errors import Unproven
from services.audit.ledger.hashes import EMPTY_ROOT, leaf_hash, node_hash
from services.audit.ledger.proofs import (
    Range,
    consistency_ranges,
    inclusion_ranges,
    verify_consistency,
    verify_inclusion,
)

VECTORS = json.loads((Path(__file__).parent / "vectors/merkle_proofs.json").read_text())
HASHES = [base64.b64decode(each) for each in VECTORS["hashes"]]
LEAVES = [leaf_hash(b"entry %d" % number) for number in range(70)]
SIZES = st.integers(1, len(LEAVES))


def mth(leaves: list[bytes]) -> bytes:
    """`MTH` of RFC 9162 section 2.1.1, as it reads."""
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY_ROOT
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return node_hash(mth(leaves[:half]), mth(leaves[half:]))


def hashes(ranges: list[Range]) -> list[bytes]:
    """The proof that these ranges name."""
    return [mth(LEAVES[first:end]) for first, end in ranges]


def proves(verify: Callable[..., None], *arguments: Any) -> bool:
    """Whether a proof is taken."""
    try:
        verify(*arguments)
    except Unproven:
        return False
    return True


def test_inclusion_is_judged_as_elsewhere() -> None:
    """98 proofs of transparency-dev/merkle, most of them wrong in one place."""
    judged = {
        name: proves(
            verify_inclusion, index, size, HASHES[leaf], [HASHES[at] for at in proof], HASHES[root]
        )
        for name, index, size, leaf, root, proof, _ in VECTORS["inclusion"]
    }
    assert judged == {name: expected for name, *_, expected in VECTORS["inclusion"]}
    assert len(judged) == 98


def test_consistency_is_judged_as_elsewhere() -> None:
    """98 proofs of transparency-dev/merkle, most of them wrong in one place."""
    judged = {
        name: proves(
            verify_consistency, old, new, HASHES[was], HASHES[root], [HASHES[at] for at in proof]
        )
        for name, old, new, was, root, proof, _ in VECTORS["consistency"]
    }
    assert judged == {name: expected for name, *_, expected in VECTORS["consistency"]}
    assert len(judged) == 98


@given(SIZES, st.data())
def test_every_leaf_of_every_tree_has_its_proof(size: int, data: st.DataObject) -> None:
    """And the proof is no other leaf's, no other place's and no other tree's."""
    index = data.draw(st.integers(0, size - 1))
    root, proof = mth(LEAVES[:size]), hashes(inclusion_ranges(index, size))
    verify_inclusion(index, size, LEAVES[index], proof, root)
    assert not proves(verify_inclusion, index, size, leaf_hash(b"another"), proof, root)
    assert not proves(verify_inclusion, index, size, LEAVES[index], proof, leaf_hash(b"another"))
    for other in range(size):
        if other != index:
            assert not proves(verify_inclusion, other, size, LEAVES[index], proof, root)


@given(SIZES, SIZES)
def test_every_tree_begins_with_every_smaller_one(one: int, other: int) -> None:
    """And with no other of that size."""
    old, new = sorted((one, other))
    proof = hashes(consistency_ranges(old, new))
    roots = mth(LEAVES[:old]), mth(LEAVES[:new])
    verify_consistency(old, new, *roots, proof)
    assert not proves(verify_consistency, old, new, leaf_hash(b"forked"), roots[1], proof)
    assert not proves(verify_consistency, old, new, roots[0], leaf_hash(b"forked"), proof)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (-1, 3), (3, 3)])
def test_a_leaf_that_is_none_has_no_proof(index: int, size: int) -> None:
    """Nothing stands outside the tree."""
    with pytest.raises(ValueError, match="has no leaf"):
        inclusion_ranges(index, size)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3), (-1, 3)])
def test_no_proof_leads_back_or_from_nothing(old: int, new: int) -> None:
    """From the empty tree none is needed, from a larger one none exists."""
    with pytest.raises(ValueError, match="no proof leads"):
        consistency_ranges(old, new)
