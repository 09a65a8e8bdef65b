"""Hashes of a Merkle tree, RFC 6962 section 2.1: SHA-256, leaves and nodes told apart by a byte."""

import hashlib

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256().digest()
"""The root of a tree without leaves."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry as it stands at level 0 of the tree: 32 bytes."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees: 32 bytes."""
    return hashlib.sha256(b"\x01" + left + right).digest()
