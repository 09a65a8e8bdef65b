"""Merkle proofs, RFC 9162 section 2.1: which hashes prove a leaf or an older tree, and the check.

A proof is made of ranges: each names neighbouring leaves whose hash (`MTH(D[first:end])`) is the
next hash of the proof. What reads the hashes is in `tiles`.
"""

from collections.abc import Sequence
from typing import NamedTuple

from services.audit.ledger.errors import Unproven
from services.audit.ledger.hashes import HASH_BYTES, node_hash


class Range(NamedTuple):
    """The leaves from ``first`` to before ``end``, counted from 0."""

    first: int
    end: int


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The path from a leaf's sibling up; `ValueError` unless ``0 <= index < size``."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    ranges: list[Range] = []
    first, end = 0, size
    while end - first > 1:
        middle = first + _split(end - first)
        if index < middle:
            ranges.append(Range(middle, end))
            end = middle
        else:
            ranges.append(Range(first, middle))
            first = middle
    return ranges[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """What shows that ``new`` leaves begin with ``old``; `ValueError` unless ``0 < old <= new``."""
    if not 0 < old <= new:
        raise ValueError(f"no proof leads from {old} leaves to {new}")
    ranges: list[Range] = []
    first, end = 0, new
    while end != old:
        middle = first + _split(end - first)
        if old <= middle:
            ranges.append(Range(middle, end))
            end = middle
        else:
            ranges.append(Range(first, middle))
            first = middle
    if first > 0:
        ranges.append(Range(first, end))
    return ranges[::-1]


def verify_inclusion(
    index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> None:
    """Raises `Unproven` unless ``leaf``, a leaf hash, stands at ``index`` under ``root``."""
    if not 0 <= index < size:
        raise Unproven(f"a tree of {size} leaves has no leaf {index}")
    _whole(leaf, root, *proof)
    at, last, above = index, size - 1, leaf
    for each in proof:
        if last == 0:
            raise Unproven("the proof is longer than the path to the root")
        if at % 2 == 1 or at == last:
            above = node_hash(each, above)
            at, last = _up(at, last)
        else:
            above = node_hash(above, each)
        at, last = at // 2, last // 2
    if last != 0:
        raise Unproven("the proof is shorter than the path to the root")
    if above != root:
        raise Unproven("the proof leads from this leaf to another root")


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Raises `Unproven` unless the tree of ``new`` leaves begins with the one of ``old``.

    An empty tree is the beginning of every other and needs no proof: ``old`` is 1 or more.
    """
    if not 0 < old <= new:
        raise Unproven(f"no proof leads from {old} leaves to {new}")
    if old == new:
        if proof or old_root != new_root:
            raise Unproven("two roots of as many leaves differ, or come with a proof")
        return
    _whole(old_root, new_root, *proof)
    start = [old_root] if old & (old - 1) == 0 else []
    if _joined(*_up(old - 1, new - 1, odd=True), [*start, *proof]) != (old_root, new_root):
        raise Unproven("the proof joins two other roots")


def _joined(at: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The old and the new root that a consistency proof joins."""
    if not path:
        raise Unproven("the proof is shorter than the path to the root")
    before = after = path[0]
    for each in path[1:]:
        if last == 0:
            raise Unproven("the proof is longer than the path to the root")
        if at % 2 == 1 or at == last:
            before, after = node_hash(each, before), node_hash(each, after)
            at, last = _up(at, last)
        else:
            after = node_hash(after, each)
        at, last = at // 2, last // 2
    if last != 0:
        raise Unproven("the proof is shorter than the path to the root")
    return before, after


def _split(width: int) -> int:
    """The largest power of two below ``width``, which is 2 or more."""
    return 1 << (width - 1).bit_length() - 1


def _up(at: int, last: int, *, odd: bool = False) -> tuple[int, int]:
    """Past the levels at which a node on the right edge has no sibling; or, ``odd``, has one."""
    while at != 0 and (at % 2 == 1) is odd:
        at, last = at // 2, last // 2
    return at, last


def _whole(*hashes: bytes) -> None:
    if any(len(each) != HASH_BYTES for each in hashes):
        raise Unproven(f"a hash that is not {HASH_BYTES} bytes long")
